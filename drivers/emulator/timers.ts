/**
 * Wall-clock time for the emulated board: what its UART, retransmission and watchdog run on, injected so that tests
 * can move it by hand. (The slot clock runs on a `BoardTimebase` instead.)
 */
export interface Timers {
  /** Seconds since an arbitrary origin; never goes backwards. */
  nowS(): number;
  /**
   * Calls back once after `delayS`, never before this returns; returns a function that cancels. A timer of the machine is good to a millisecond or
   * two; `precise` waits the last millisecond busily, for short waits that matter.
   */
  after(delayS: number, callback: () => void, precise?: boolean): () => void;
}

const TIMER_GRAIN_S = 1e-3;

export const wallTimers: Timers = {
  nowS: () => performance.now() / 1e3,
  after: (delayS, callback, precise = false) => {
    const dueS = wallTimers.nowS() + delayS;
    let immediate: NodeJS.Immediate | undefined;
    let timer: NodeJS.Timeout | undefined;
    const spin = () => {
      if (wallTimers.nowS() >= dueS) callback();
      else immediate = setImmediate(spin);
    };
    if (!precise) timer = setTimeout(callback, Math.max(0, delayS * 1e3));
    // Never at once: the caller would keep the function that cancels a timer that has already fired.
    else if (delayS < 2 * TIMER_GRAIN_S) immediate = setImmediate(spin);
    else timer = setTimeout(spin, (delayS - TIMER_GRAIN_S) * 1e3);
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  },
};

/** Time that moves only when told to. */
export class ManualTimers implements Timers {
  #nowS = 0;
  readonly #waiting = new Set<{ readonly dueS: number; readonly callback: () => void }>();

  nowS(): number {
    return this.#nowS;
  }

  after(delayS: number, callback: () => void): () => void {
    const entry = { dueS: this.#nowS + Math.max(0, delayS), callback };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Lets `durationS` pass; what falls due is called in order of time, at its time. */
  advance(durationS: number): void {
    const endS = this.#nowS + durationS;
    for (;;) {
      let next: { dueS: number; callback: () => void } | undefined;
      for (const entry of this.#waiting) {
        if (entry.dueS <= endS && (next === undefined || entry.dueS < next.dueS)) next = entry;
      }
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.#nowS = Math.max(this.#nowS, next.dueS);
      next.callback();
    }
    this.#nowS = endS;
  }
}
