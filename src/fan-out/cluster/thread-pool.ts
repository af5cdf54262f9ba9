/** Threads of a worker that simulate shards of one study; one that makes no progress is ended and replaced. */
import { BeamloopError } from '../../core/errors.js';
import type { Simulation } from '../executor.js';
import { JobThread } from '../job-thread.js';
import type { UserJob } from '../user-job.js';

export interface PoolOptions {
  readonly numThreads: number;
  /** Module of a thread, as for `JobThread`. */
  readonly threadModule: URL;
  readonly simulation: Simulation;
  /** A thread that tells of no progress for so long is ended. */
  readonly stallS: number;
}

/** Why a thread was ended. */
export class Stalled extends Error {}

export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #idle: JobThread[] = [];
  readonly #busy = new Set<JobThread>();
  #isEnded = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get numThreads(): number {
    return this.#options.numThreads;
  }

  /**
   * Simulates a job; there must be a free thread.
   *
   * @throws BeamloopError as the simulator throws it; Stalled; what else ended the thread.
   */
  async run(job: UserJob): Promise<unknown> {
    const { stallS, threadModule, simulation } = this.#options;
    const thread = this.#idle.pop() ?? new JobThread(threadModule, { simulation, plugins: [] });
    this.#busy.add(thread);
    const isStalled = () => thread.end(new Stalled(`made no progress for ${stallS} s`));
    let timer = setTimeout(isStalled, 1e3 * stallS);
    try {
      const result = await thread.run(job, () => {
        clearTimeout(timer);
        timer = setTimeout(isStalled, 1e3 * stallS);
      });
      if (!this.#isEnded) this.#idle.push(thread);
      return result;
    } catch (error) {
      // A simulator that has thrown may be in any state.
      thread.end(error);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#busy.delete(thread);
    }
  }

  end(): void {
    this.#isEnded = true;
    const reason = new BeamloopError('INTERRUPTED', { what: 'The worker ends' });
    for (const thread of [...this.#idle, ...this.#busy]) thread.end(reason);
  }
}
