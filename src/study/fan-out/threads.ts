/** Spreads the users of a study over threads. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BeamloopError, type ErrorCode, type ErrorParts } from '../../core/errors.js';
import type { Executor, JobOptions, Simulation, Simulator } from './executor.js';
import type { UserJob } from './user-job.js';

export interface ThreadOptions {
  readonly numThreads: number;
  /** Module of the worker threads: it is given `WorkerData` and calls `answerJobs`. */
  readonly worker: URL;
  /** Files of the plugins that a worker must load first. */
  readonly plugins: readonly string[];
  /** Of one thread: it is this one. */
  readonly simulatorOf: (simulation: Simulation) => Simulator;
}

export interface WorkerData {
  readonly simulation: Simulation;
  readonly plugins: readonly string[];
}

/** What a thread says of a job. An error that crosses threads by itself loses its code. */
export type JobAnswer =
  | { readonly result: unknown }
  | { readonly numUsersDone: number }
  | { readonly failure: ErrorParts & { readonly code: ErrorCode } };

/** Threads that each simulate run after run of users; one thread is the one that asks. */
export function threadExecutor(threads: ThreadOptions): Executor {
  return {
    async runJobs<Result>(
      simulation: Simulation,
      jobs: readonly UserJob[],
      options: JobOptions,
    ): Promise<Result[]> {
      const numUsers = jobs.reduce((sum, job) => sum + job.numUsers, 0);
      const results = new Array<Result>(jobs.length);
      let numTaken = 0;
      let numDone = 0;
      /** Of jobs that somebody is at, by their index. */
      const parts = new Map<number, number>();
      const tell = () => {
        const underway = [...parts.values()].reduce((sum, done) => sum + done, 0);
        options.onProgress?.(numDone + underway, numUsers);
      };
      const queue: Queue = {
        jobs,
        take: () => (numTaken < jobs.length ? numTaken++ : undefined),
        part: (index, numUsersDone) => {
          parts.set(index, numUsersDone);
          tell();
        },
        finish: (index, result) => {
          results[index] = result as Result;
          parts.delete(index);
          numDone += jobs[index]!.numUsers;
          tell();
        },
      };
      const numThreads = Math.min(threads.numThreads, jobs.length);
      if (numThreads === 1) await runHere(threads.simulatorOf(simulation), queue, options.signal);
      else await runInWorkers(numThreads, threads, simulation, queue, options.signal);
      return results;
    },
  };
}

interface Queue {
  readonly jobs: readonly UserJob[];
  /** Index of the next job that nobody has. */
  readonly take: () => number | undefined;
  readonly part: (index: number, numUsersDone: number) => void;
  readonly finish: (index: number, result: unknown) => void;
}

async function runHere(
  simulator: Simulator,
  { jobs, take, part, finish }: Queue,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let index = take(); index !== undefined; index = take()) {
    signal?.throwIfAborted();
    const at = index;
    const watch = { signal, onPart: (numUsersDone: number) => part(at, numUsersDone) };
    finish(index, await simulator.run(jobs[index]!, watch));
    await setImmediate();
  }
}

async function runInWorkers(
  numThreads: number,
  { worker: module, plugins }: ThreadOptions,
  simulation: Simulation,
  queue: Queue,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController();
  const workerData: WorkerData = { simulation, plugins };
  const workers = Array.from({ length: numThreads }, () =>
    runInWorker(new Worker(module, { workerData }), queue, signal, stop.signal),
  );
  try {
    await Promise.all(workers);
  } finally {
    // One failed or all are done: none may go on by itself.
    stop.abort();
    await Promise.allSettled(workers);
  }
}

function runInWorker(
  worker: Worker,
  { jobs, take, part, finish }: Queue,
  signal: AbortSignal | undefined,
  stop: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current = take();
    const end = (error?: unknown) => {
      signal?.removeEventListener('abort', onAbort);
      void worker.terminate();
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = () => end(signal?.reason);
    const next = () => {
      if (current === undefined) end();
      else worker.postMessage(jobs[current]!);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    stop.addEventListener('abort', () => end(), { once: true });
    worker.on('message', (answer: JobAnswer) => {
      if ('failure' in answer) {
        const { code, ...parts } = answer.failure;
        end(new BeamloopError(code, parts));
        return;
      }
      if ('numUsersDone' in answer) {
        part(current!, answer.numUsersDone);
        return;
      }
      finish(current!, answer.result);
      current = take();
      next();
    });
    worker.on('error', end);
    if (signal?.aborted) onAbort();
    else next();
  });
}
