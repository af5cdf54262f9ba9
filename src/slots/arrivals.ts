import type { Clock } from '../core/clock.js';
import { Stop, type StopSignal } from '../core/stop-signal.js';

/** A sleep that takes so much longer than asked for shows that this machine stood still, s. */
const STOOD_STILL_S = 0.5;

/** Waits until all slots of a chunk are over, or nothing more comes of them. */
export class Arrivals {
  readonly #clock: Clock;
  /** Slots that still lack something. */
  #numOpen: number;
  #lastArrivalS: number;
  /** Ends the wait. */
  #wait: Stop | null = null;

  constructor(clock: Clock, numOpen: number) {
    this.#clock = clock;
    this.#numOpen = numOpen;
    this.#lastArrivalS = clock.nowS();
  }

  /** Something came of a slot, and whether it lacks nothing any more. */
  arrived(isOver: boolean): void {
    this.#lastArrivalS = this.#clock.nowS();
    if (isOver && --this.#numOpen === 0) this.#wait?.end('complete');
  }

  /**
   * Rejects with the signal's reason when it is raised.
   *
   * @param enough raised when nothing is waited for any longer, whatever lacks.
   */
  async completeOrQuiet(patienceS: number, signal: StopSignal, enough?: StopSignal): Promise<void> {
    const wait = new Stop(signal, ...(enough === undefined ? [] : [enough]));
    this.#wait = wait;
    try {
      while (
        enough?.aborted !== true &&
        this.#numOpen > 0 &&
        this.#clock.nowS() - this.#lastArrivalS < patienceS
      ) {
        const beforeS = this.#clock.nowS();
        const leftS = Math.max(this.#lastArrivalS + patienceS - beforeS, 1e-3);
        await this.#clock.sleep(leftS, wait).catch(() => undefined);
        signal.throwIfAborted();
        // Timers come before what has arrived meanwhile: while this machine stood still nobody could have heard anything.
        if (this.#clock.nowS() - beforeS > leftS + STOOD_STILL_S) this.#lastArrivalS = this.#clock.nowS();
      }
    } finally {
      wait.end('over');
    }
  }
}
