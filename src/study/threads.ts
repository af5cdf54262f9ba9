/** Spreads the users of an accuracy study over threads. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { AccuracyStudy } from './accuracy-file.js';
import { placesOf } from './places.js';
import { type JobResult, Simulator, type UserJob } from './simulator.js';
import type { WorkerSetup } from './worker.js';

export interface ThreadOptions {
  readonly numThreads: number;
  readonly traced: boolean;
  readonly signal?: AbortSignal;
  /** Called after each job with the users done so far and the users in all. */
  readonly onProgress?: (numDone: number, numUsers: number) => void;
}

/** Small enough that a progress bar moves and Ctrl-C is heard at once, large enough to drown the messages' cost. */
const USERS_PER_JOB = 50;

/** Results of all jobs, in the order of places and users whatever the threads did. */
export async function simulateUsers(study: AccuracyStudy, options: ThreadOptions): Promise<JobResult[]> {
  const jobs = placesOf(study).flatMap(({ numUsers }, placeIndex) => jobsOf(placeIndex, numUsers));
  const numUsers = jobs.reduce((sum, job) => sum + job.numUsers, 0);
  const results = new Array<JobResult>(jobs.length);
  let numTaken = 0;
  let numDone = 0;
  const take = (): number | undefined => (numTaken < jobs.length ? numTaken++ : undefined);
  const finish = (index: number, result: JobResult) => {
    results[index] = result;
    numDone += jobs[index]!.numUsers;
    options.onProgress?.(numDone, numUsers);
  };
  const numThreads = Math.min(options.numThreads, jobs.length);
  if (numThreads === 1) await runHere(study, jobs, take, finish, options);
  else {
    const stop = new AbortController();
    const workers = Array.from({ length: numThreads }, () =>
      runInWorker(study, jobs, take, finish, options, stop.signal),
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

function jobsOf(placeIndex: number, numUsers: number): UserJob[] {
  return Array.from({ length: Math.ceil(numUsers / USERS_PER_JOB) }, (_, k) => ({
    placeIndex,
    firstUser: 1 + k * USERS_PER_JOB,
    numUsers: Math.min(USERS_PER_JOB, numUsers - k * USERS_PER_JOB),
  }));
}

type Take = () => number | undefined;
type Finish = (index: number, result: JobResult) => void;

async function runHere(
  study: AccuracyStudy,
  jobs: readonly UserJob[],
  take: Take,
  finish: Finish,
  { traced, signal }: ThreadOptions,
): Promise<void> {
  const simulator = new Simulator(study, traced);
  for (let index = take(); index !== undefined; index = take()) {
    signal?.throwIfAborted();
    finish(index, simulator.run(jobs[index]!));
    await setImmediate();
  }
}

function runInWorker(
  study: AccuracyStudy,
  jobs: readonly UserJob[],
  take: Take,
  finish: Finish,
  { traced, signal }: ThreadOptions,
  stop: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const workerData: WorkerSetup = { study, traced };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
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
    worker.on('message', (result: JobResult) => {
      finish(current!, result);
      current = take();
      next();
    });
    worker.on('error', end);
    if (signal?.aborted) onAbort();
    else next();
  });
}
