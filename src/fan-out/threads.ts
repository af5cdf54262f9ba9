/** Spreads the users of a study over threads. */
import { setImmediate } from 'node:timers/promises';
import type { Executor, RunOptions, Simulation, Simulator } from './executor.js';
import { JobProgress } from './job-progress.js';
import { JobQueue } from './job-queue.js';
import { JobThread } from './job-thread.js';
import type { JobList } from './user-job.js';

export interface ThreadOptions {
  readonly numThreads: number;
  /** Module of the worker threads: it is given `WorkerData` and calls `answerJobs`. */
  readonly worker: URL;
  /** Files of the plugins that a worker must load first. */
  readonly plugins: readonly string[];
  /** Of one thread: it is this one. */
  readonly simulatorOf: (simulation: Simulation) => Simulator;
}

/** Threads that each simulate run after run of users; one thread is the one that asks. */
export function threadExecutor(threads: ThreadOptions): Executor {
  return {
    async *runJobs<Result>(
      simulation: Simulation,
      jobs: JobList,
      options: RunOptions,
    ): AsyncGenerator<Result> {
      const numThreads = Math.min(threads.numThreads, jobs.length);
      if (numThreads === 1) yield* runHere<Result>(threads.simulatorOf(simulation), jobs, options);
      else if (numThreads > 1) yield* runInWorkers<Result>(numThreads, threads, simulation, jobs, options);
    },
  };
}

async function* runHere<Result>(
  simulator: Simulator,
  jobs: JobList,
  options: RunOptions,
): AsyncGenerator<Result> {
  const { signal, onResult } = options;
  const progress = new JobProgress(jobs, options);
  for (let index = 0; index < jobs.length; index++) {
    signal?.throwIfAborted();
    const watch = { signal, onPart: (numUsersDone: number) => progress.part(index, numUsersDone) };
    const result = (await simulator.run(jobs.at(index)!, watch)) as Result;
    onResult?.(index, result);
    progress.finish(index);
    yield result;
    await setImmediate();
  }
}

async function* runInWorkers<Result>(
  numThreads: number,
  { worker: module, plugins }: ThreadOptions,
  simulation: Simulation,
  jobs: JobList,
  options: RunOptions,
): AsyncGenerator<Result> {
  const { signal } = options;
  signal?.throwIfAborted();
  const queue = new JobQueue(jobs, options);
  const threads = Array.from({ length: numThreads }, () => new JobThread(module, { simulation, plugins }));
  const end = (reason: unknown) => {
    queue.fail(reason);
    for (const thread of threads) thread.end(reason);
  };
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const runs = threads.map((thread) => runInThread(thread, jobs, queue).catch(end));
  try {
    yield* queue.results<Result>();
  } finally {
    // One failed, all are done, or nobody wants more: none may go on by itself.
    signal?.removeEventListener('abort', onAbort);
    end(new Error('The study is over'));
    await Promise.all(runs);
  }
}

async function runInThread(thread: JobThread, jobs: JobList, queue: JobQueue): Promise<void> {
  for (let index = await queue.take(); index !== undefined; index = await queue.take()) {
    const at = index;
    const result = await thread.run(jobs.at(at)!, (numUsersDone) => queue.part(at, numUsersDone));
    queue.finish(at, result);
  }
  thread.end(null);
}
