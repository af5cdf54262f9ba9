/** A thread that simulates one job after the other. */
import { Worker } from 'node:worker_threads';
import { errorOf, type Failure } from '../core/failure.js';
import type { Simulation } from './executor.js';
import type { UserJob } from './user-job.js';

/** What a thread is made with. */
export interface WorkerData {
  readonly simulation: Simulation;
  /** Files of the plugins that it must load first. */
  readonly plugins: readonly string[];
}

/** What a thread says of a job. */
export type JobAnswer =
  | { readonly result: unknown }
  | { readonly numUsersDone: number }
  | { readonly failure: Failure };

interface Underway {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onPart: (numUsersDone: number) => void;
}

export class JobThread {
  readonly #worker: Worker;
  #underway: Underway | null = null;
  #ended: { readonly reason: unknown } | null = null;

  /** @param module of the thread: it is given `WorkerData` and calls `answerJobs`. */
  constructor(module: URL, workerData: WorkerData) {
    this.#worker = new Worker(module, { workerData, execArgv: [] });
    this.#worker.on('message', (answer: JobAnswer) => this.#hear(answer));
    this.#worker.on('error', (error) => this.end(error));
    this.#worker.on('exit', (code) => this.end(new Error(`A thread ended with ${code}`)));
  }

  /**
   * One at a time.
   *
   * @throws what the simulator throws; the reason for which the thread was ended.
   */
  run(job: UserJob, onPart: (numUsersDone: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended.reason);
        return;
      }
      this.#underway = { resolve, reject, onPart };
      this.#worker.postMessage(job);
    });
  }

  /** A job that is underway fails with the reason. */
  end(reason: unknown): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    void this.#worker.terminate();
    this.#underway?.reject(reason);
    this.#underway = null;
  }

  #hear(answer: JobAnswer): void {
    const underway = this.#underway;
    if (underway === null) return;
    if ('numUsersDone' in answer) {
      underway.onPart(answer.numUsersDone);
      return;
    }
    this.#underway = null;
    if ('failure' in answer) underway.reject(errorOf(answer.failure));
    else underway.resolve(answer.result);
  }
}
