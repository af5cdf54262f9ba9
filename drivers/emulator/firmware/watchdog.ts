import type { Timers } from '../timers.js';

/** Notices when nothing has been heard from the host for a set time. SPEC 8. */
export class Watchdog {
  readonly #timers: Timers;
  readonly #onBark: (silenceS: number) => void;
  #periodS = 0;
  #heardAtS = 0;
  #cancel: (() => void) | undefined;

  constructor(timers: Timers, onBark: (silenceS: number) => void) {
    this.#timers = timers;
    this.#onBark = onBark;
  }

  /** Watches from now on; 0 = never. */
  start(periodS: number): void {
    this.#periodS = periodS;
    this.#cancel?.();
    this.#cancel = undefined;
    this.heard();
  }

  /** A good frame came. */
  heard(): void {
    this.#heardAtS = this.#timers.nowS();
    if (this.#periodS > 0) this.#cancel ??= this.#timers.after(this.#periodS, () => this.#look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#periodS = 0;
  }

  /** One timer at a time, not one per frame: looks whether the silence was long enough and sleeps on if not. */
  #look(): void {
    this.#cancel = undefined;
    const remainingS = this.#heardAtS + this.#periodS - this.#timers.nowS();
    // A timer of the machine may fire a little early.
    if (remainingS > 1e-4) {
      this.#cancel = this.#timers.after(remainingS, () => this.#look());
      return;
    }
    this.#onBark(this.#periodS);
  }
}
