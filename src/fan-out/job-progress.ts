/** How far jobs are: users of those that are done, and what is told of those that are underway. */
import type { JobOptions } from './executor.js';
import { type JobList, numUsersOf } from './user-job.js';

export class JobProgress {
  readonly #jobs: JobList;
  readonly #onProgress: JobOptions['onProgress'];
  readonly #numUsers: number;
  #numDone = 0;
  /** Of jobs that somebody is at, by their index. */
  readonly #parts = new Map<number, number>();

  constructor(jobs: JobList, { onProgress }: JobOptions) {
    this.#jobs = jobs;
    this.#onProgress = onProgress;
    this.#numUsers = onProgress === undefined ? 0 : numUsersOf(jobs);
  }

  part(index: number, numUsersDone: number): void {
    this.#parts.set(index, numUsersDone);
    this.#tell();
  }

  finish(index: number): void {
    this.#parts.delete(index);
    this.#numDone += this.#jobs.at(index)!.numUsers;
    this.#tell();
  }

  #tell(): void {
    if (this.#onProgress === undefined) return;
    let numUnderway = 0;
    for (const numUsersDone of this.#parts.values()) numUnderway += numUsersDone;
    this.#onProgress(this.#numDone + numUnderway, this.#numUsers);
  }
}
