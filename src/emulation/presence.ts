/** When an emulated UE is connected: all of the time, but for stretches of it. */
import { isWithin, type WindowS } from '../channel/motion/sensors.js';

export class Presence {
  readonly #awayS: readonly WindowS[];
  readonly #onLeave: () => void;
  #isAway = false;
  #wake: () => void = () => undefined;

  /** @param onLeave told when a stretch begins. */
  constructor(awayS: readonly WindowS[], onLeave: () => void) {
    this.#awayS = awayS;
    this.#onLeave = onLeave;
  }

  /** The time is now `motionS`. */
  at(motionS: number): void {
    const isAway = isWithin(motionS, this.#awayS);
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (isAway) this.#onLeave();
    else this.#wake();
  }

  /** Resolves when the UE may connect again; with false when the signal is raised. */
  async returns(signal: AbortSignal): Promise<boolean> {
    if (this.#isAway && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return !signal.aborted;
  }
}
