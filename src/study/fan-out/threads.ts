/** Spreads the users of a study over threads. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BeamloopError, type ErrorCode, type ErrorParts } from '../../core/errors.js';
import { loadedPlugins } from '../../training/plugins/plugin-file.js';
import { createSimulator, type Simulation } from './simulation.js';
import type { UserJob } from './user-job.js';

export interface ThreadOptions {
  readonly numThreads: number;
  readonly traced: boolean;
  readonly signal?: AbortSignal;
  /** Called after each job with the users done so far and the users in all. */
  readonly onProgress?: (numDone: number, numUsers: number) => void;
}

/** What a thread says of a job. An error that crosses threads by itself loses its code. */
export type JobAnswer =
  | { readonly result: unknown }
  | { readonly failure: ErrorParts & { readonly code: ErrorCode } };

/**
 * Runs all jobs.
 *
 * @typeParam Result what the simulation's simulator makes of a job.
 * @returns results in the order of the jobs whatever the threads did.
 */
export async function runJobs<Result>(
  simulation: Simulation,
  jobs: readonly UserJob[],
  options: ThreadOptions,
): Promise<Result[]> {
  const numUsers = jobs.reduce((sum, job) => sum + job.numUsers, 0);
  const results = new Array<Result>(jobs.length);
  let numTaken = 0;
  let numDone = 0;
  const take = (): number | undefined => (numTaken < jobs.length ? numTaken++ : undefined);
  const finish = (index: number, result: unknown) => {
    results[index] = result as Result;
    numDone += jobs[index]!.numUsers;
    options.onProgress?.(numDone, numUsers);
  };
  const numThreads = Math.min(options.numThreads, jobs.length);
  if (numThreads === 1) await runHere(simulation, jobs, take, finish, options);
  else {
    const stop = new AbortController();
    const workers = Array.from({ length: numThreads }, () =>
      runInWorker(simulation, jobs, take, finish, options, stop.signal),
    );
    try {
      await Promise.all(workers);
    } finally {
      // One failed or all are done: none may go on by itself.
      stop.abort();
      await Promise.allSettled(workers);
    }
  }
  return results;
}

type Take = () => number | undefined;
type Finish = (index: number, result: unknown) => void;

async function runHere(
  simulation: Simulation,
  jobs: readonly UserJob[],
  take: Take,
  finish: Finish,
  { signal }: ThreadOptions,
): Promise<void> {
  const simulator = createSimulator(simulation);
  for (let index = take(); index !== undefined; index = take()) {
    signal?.throwIfAborted();
    finish(index, simulator.run(jobs[index]!));
    await setImmediate();
  }
}

function runInWorker(
  simulation: Simulation,
  jobs: readonly UserJob[],
  take: Take,
  finish: Finish,
  { signal }: ThreadOptions,
  stop: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { simulation, plugins: loadedPlugins() },
    });
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
      finish(current!, answer.result);
      current = take();
      next();
    });
    worker.on('error', end);
    if (signal?.aborted) onAbort();
    else next();
  });
}
