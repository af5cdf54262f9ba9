/**
 * The board's own clock, in ticks since power-up. The slot clock runs on it and on nothing else.
 *
 * Ticks are plain numbers: at 100 MHz they stay exact for 2.8 years.
 */
import type { Timers } from '../timers.js';

export interface BoardTimebase {
  readonly rateHz: number;
  nowTicks(): number;
  /** When the board's clock shows `ticks`: s on the clock of its timers; on virtual time, where no other clock runs, on its own. */
  timeOfS(ticks: number): number;
  /** The one alarm: `ring` is called once board time has reached `ticks`. A new alarm replaces the last; null clears. */
  setAlarm(ticks: number | null, ring?: () => void): void;
  /** A message from the host took this long on the line. Only virtual time needs to be told. */
  charge(durationTicks: number): void;
  /** Back to tick 0, no alarm. */
  restart(): void;
}

/** Board time follows the wall clock, off by a constant drift. */
export class RealTimebase implements BoardTimebase {
  readonly rateHz: number;
  readonly #timers: Timers;
  readonly #ticksPerS: number;
  #originS: number;
  #cancel: (() => void) | undefined;

  constructor(timers: Timers, rateHz: number, driftPpm = 0) {
    this.rateHz = rateHz;
    this.#timers = timers;
    this.#ticksPerS = rateHz * (1 + driftPpm * 1e-6);
    this.#originS = timers.nowS();
  }

  nowTicks(): number {
    return Math.floor((this.#timers.nowS() - this.#originS) * this.#ticksPerS);
  }

  timeOfS(ticks: number): number {
    return this.#originS + ticks / this.#ticksPerS;
  }

  setAlarm(ticks: number | null, ring: () => void = () => {}): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (ticks === null) return;
    this.#cancel = this.#timers.after(this.timeOfS(ticks) - this.#timers.nowS(), () => {
      // A timer of the machine may fire a little early.
      if (this.nowTicks() < ticks) this.setAlarm(ticks, ring);
      else ring();
    });
  }

  charge(): void {}

  restart(): void {
    this.setAlarm(null);
    this.#originS = this.#timers.nowS();
  }
}

/**
 * Board time stands still except that `advanceTo` lets it run through its alarms, at once, and messages charge their time
 * on the line. Nothing here looks at the wall clock, so slot times depend on what was asked of the board alone.
 */
export class VirtualTimebase implements BoardTimebase {
  readonly rateHz: number;
  #nowTicks = 0;
  #alarm: { readonly ticks: number; readonly ring: () => void } | null = null;
  #running = false;
  /** Charged while time was already running. */
  #owedTicks = 0;
  #restarts = 0;

  constructor(rateHz: number) {
    this.rateHz = rateHz;
  }

  nowTicks(): number {
    return this.#nowTicks;
  }

  timeOfS(ticks: number): number {
    return ticks / this.rateHz;
  }

  setAlarm(ticks: number | null, ring: () => void = () => {}): void {
    this.#alarm = ticks === null ? null : { ticks, ring };
  }

  charge(durationTicks: number): void {
    if (this.#running) this.#owedTicks += durationTicks;
    else this.advanceTo(this.#nowTicks + durationTicks);
  }

  /** Runs to `ticks`; does nothing where that is already past. A restart on the way ends it. */
  advanceTo(ticks: number): void {
    if (this.#running) throw new Error('virtual time is already running');
    const restarts = this.#restarts;
    this.#running = true;
    let target = ticks;
    try {
      for (;;) {
        const alarm = this.#alarm;
        if (alarm === null || alarm.ticks > target) {
          if (this.#owedTicks === 0) break;
          target = Math.max(target, this.#nowTicks) + this.#owedTicks;
          this.#owedTicks = 0;
          continue;
        }
        this.#alarm = null;
        this.#nowTicks = Math.max(this.#nowTicks, alarm.ticks);
        alarm.ring();
        if (this.#restarts !== restarts) return;
      }
      this.#nowTicks = Math.max(this.#nowTicks, target);
    } finally {
      this.#running = false;
    }
  }

  restart(): void {
    this.#restarts++;
    this.#nowTicks = 0;
    this.#owedTicks = 0;
    this.#alarm = null;
  }
}
