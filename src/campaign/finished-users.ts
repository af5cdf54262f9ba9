/**
 * Tells of users that have had their turn, when what was recorded of them is on disk: meanwhile the next one is trained, which must not
 * wait for the disk. Where many finish within a moment they are told of together: each telling asks the recording for what it holds.
 */
import type { Clock } from '../core/clock.js';
import type { Recording } from '../record/recording.js';
import { type UserOutcome, userOutcomes } from './outcome.js';

/** From one telling to the next, s. */
const PAUSE_S = 0.25;

export class FinishedUsers {
  readonly #recording: Recording;
  readonly #clock: Clock;
  readonly #tell: (outcome: UserOutcome, turn: number) => void;
  /** Turns of users that nobody was told of, by their ids. */
  #waiting = new Map<string, number>();
  #telling: Promise<void> = Promise.resolve();
  #toldAtS = Number.NEGATIVE_INFINITY;
  /** Raised when nobody else is going to finish. */
  readonly #last = new AbortController();
  #failure: unknown;
  #isClosed = false;

  constructor(recording: Recording, clock: Clock, tell: (outcome: UserOutcome, turn: number) => void) {
    this.#recording = recording;
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * Everything that belongs to the user has been appended.
   *
   * @throws what kept it from telling of one before: RECORDING_LOST, say.
   */
  add(id: string, turn: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.set(id, turn);
    if (this.#waiting.size > 1) return;
    this.#telling = this.#telling.then(() => this.#tellAll());
    this.#telling.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Nobody else is going to finish. Resolves when everybody was told of. Rejects when the recording could not be written or read. */
  told(): Promise<void> {
    this.#last.abort('nobody else');
    return this.#telling;
  }

  /** Nobody is told of any more. */
  close(): void {
    this.#isClosed = true;
    this.#last.abort('closed');
  }

  async #tellAll(): Promise<void> {
    const pauseS = this.#toldAtS + PAUSE_S - this.#clock.nowS();
    if (pauseS > 0) await this.#clock.sleep(pauseS, this.#last.signal).catch(() => {}); // wakes for the last
    const turns = this.#waiting;
    this.#waiting = new Map();
    await this.#recording.flushed();
    if (this.#isClosed) return;
    const ids = [...turns.keys()].map((id) => `'${id}'`).join(', ');
    for (const outcome of await userOutcomes(this.#recording, `WHERE ue IN (${ids})`)) {
      if (!this.#isClosed) this.#tell(outcome, turns.get(outcome.ue)!);
    }
    this.#toldAtS = this.#clock.nowS();
  }
}
