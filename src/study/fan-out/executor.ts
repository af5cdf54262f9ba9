/**
 * Runs the users of a study wherever it can: in threads today. An executor knows no kind of study: what it hands to whoever
 * simulates is plain data, and whoever simulates finds the simulator by the kind's name.
 */
import type { UserJob } from './user-job.js';

/** What to simulate. Plain data: it goes to other threads. */
export interface Simulation {
  readonly kind: string;
  /** As its file reads. */
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

export interface Executor {
  /**
   * Runs all jobs.
   *
   * @typeParam Result what the simulation's simulator makes of a job.
   * @returns results in the order of the jobs, whoever ran them and whenever.
   * @throws the signal's reason; what a simulator throws.
   */
  runJobs<Result>(
    simulation: Simulation,
    jobs: readonly UserJob[],
    options: JobOptions,
  ): Promise<readonly Result[]>;
}
