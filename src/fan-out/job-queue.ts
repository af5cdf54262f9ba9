/** Who may take which job, and results in the order of jobs though they come in another. */
import type { RunOptions } from './executor.js';
import { JobProgress } from './job-progress.js';
import type { JobList } from './user-job.js';

/**
 * Jobs may be done by so many ahead of the first that is not: enough that nobody waits where jobs take alike, few enough that
 * their results take no memory to speak of.
 */
const MOST_AHEAD = 1024;

export class JobQueue {
  readonly #numJobs: number;
  readonly #progress: JobProgress;
  readonly #onResult: RunOptions['onResult'];
  /** That were not given yet, by index. */
  readonly #results = new Map<number, unknown>();
  #numTaken = 0;
  #numGiven = 0;
  #failure: { readonly error: unknown } | null = null;
  /** Whoever waits for something to change. */
  #waiting: (() => void)[] = [];

  constructor(jobs: JobList, options: RunOptions) {
    this.#numJobs = jobs.length;
    this.#progress = new JobProgress(jobs, options);
    this.#onResult = options.onResult;
  }

  /** Index of the next job that nobody has; undefined when there is none or one has failed. */
  async take(): Promise<number | undefined> {
    while (this.#numTaken - this.#numGiven >= MOST_AHEAD && this.#failure === null) await this.#change();
    return this.#numTaken < this.#numJobs && this.#failure === null ? this.#numTaken++ : undefined;
  }

  part(index: number, numUsersDone: number): void {
    this.#progress.part(index, numUsersDone);
  }

  finish(index: number, result: unknown): void {
    this.#onResult?.(index, result);
    this.#results.set(index, result);
    this.#progress.finish(index);
    this.#changed();
  }

  /** Whoever takes results meets the first failure. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#changed();
  }

  async *results<Result>(): AsyncGenerator<Result> {
    while (this.#numGiven < this.#numJobs) {
      while (this.#failure === null && !this.#results.has(this.#numGiven)) await this.#change();
      if (this.#failure !== null) throw this.#failure.error;
      const result = this.#results.get(this.#numGiven) as Result;
      this.#results.delete(this.#numGiven++);
      this.#changed();
      yield result;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
