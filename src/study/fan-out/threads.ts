/** Spreads the users of a study over threads. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Executor, JobOptions, Simulation, Simulator } from './executor.js';
import type { UserJob } from './user-job.js';

export interface ThreadOptions {
  readonly numThreads: number;
  /** Module of the worker threads: it takes the simulation as `workerData` and calls `answerJobs`. */
  readonly worker: URL;
  /** Of one thread: it is this one. */
  readonly simulatorOf: (simulation: Simulation) => Simulator;
}

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
      const queue: Queue = {
        jobs,
        take: () => (numTaken < jobs.length ? numTaken++ : undefined),
        finish: (index, result) => {
          results[index] = result as Result;
          numDone += jobs[index]!.numUsers;
          options.onProgress?.(numDone, numUsers);
        },
      };
      const numThreads = Math.min(threads.numThreads, jobs.length);
      if (numThreads === 1) await runHere(threads.simulatorOf(simulation), queue, options.signal);
      else await runInWorkers(numThreads, threads.worker, simulation, queue, options.signal);
      return results;
    },
  };
}

interface Queue {
  readonly jobs: readonly UserJob[];
  /** Index of the next job that nobody has. */
  readonly take: () => number | undefined;
  readonly finish: (index: number, result: unknown) => void;
}

async function runHere(
  simulator: Simulator,
  { jobs, take, finish }: Queue,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let index = take(); index !== undefined; index = take()) {
    signal?.throwIfAborted();
    finish(index, simulator.run(jobs[index]!));
    await setImmediate();
  }
}

async function runInWorkers(
  numThreads: number,
  module: URL,
  simulation: Simulation,
  queue: Queue,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController();
  const workers = Array.from({ length: numThreads }, () =>
    runInWorker(new Worker(module, { workerData: simulation }), queue, signal, stop.signal),
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
  { jobs, take, finish }: Queue,
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
    worker.on('message', (result: unknown) => {
      finish(current!, result);
      current = take();
      next();
    });
    worker.on('error', end);
    if (signal?.aborted) onAbort();
    else next();
  });
}
