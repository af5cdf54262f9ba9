/**
 * Has users of a study simulated, or data drawn that trackers learn from, wherever it can: by threads, or by workers of a NATS
 * server. An executor knows no kind of them: what it hands to whoever simulates is plain data, and whoever simulates finds the
 * simulator by the kind's name.
 */
import type { JobList, UserJob } from './user-job.js';

/** What to simulate. Plain data: it goes to other threads. */
export interface Simulation {
  readonly kind: string;
  /** A study as its file reads; of data, all that they depend on. */
  readonly study: unknown;
  /** Whether every pilot is told. */
  readonly traced: boolean;
}

/** Whoever waits for a job. */
export interface JobWatch {
  /** Asks to stop: a job that takes long looks at it now and then. */
  readonly signal?: AbortSignal | undefined;
  /** Told, now and then, how many of the job's users are done. */
  readonly onPart?: ((numUsersDone: number) => void) | undefined;
}

export interface Simulator {
  /** @returns plain data, which only the kind of study understands; or a promise of it. */
  run(job: UserJob, watch?: JobWatch): unknown;
}

export interface JobOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each job, and within long ones, with the users done so far and the users in all. */
  readonly onProgress?: ((numDone: number, numUsers: number) => void) | undefined;
}

/** What whoever stands between a study and its executor asks for as well. */
export interface RunOptions extends JobOptions {
  /** Told of every result as soon as it is there, in whatever order, before it is given in its turn. */
  readonly onResult?: ((index: number, result: unknown) => void) | undefined;
}

export interface Executor {
  /**
   * Runs all jobs, and keeps no more results than whoever waits has yet to take and those behind one that takes long.
   *
   * @typeParam Result what the simulation's simulator makes of a job.
   * @returns results in the order of the jobs, whoever ran them and whenever. Who takes no more of them ends the run.
   * @throws while results are taken: the signal's reason; what a simulator throws.
   */
  runJobs<Result>(simulation: Simulation, jobs: JobList, options: RunOptions): AsyncIterable<Result>;
}

/** For kinds of study that need all results at once. */
export async function allOf<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const all: Result[] = [];
  for await (const result of results) all.push(result);
  return all;
}
