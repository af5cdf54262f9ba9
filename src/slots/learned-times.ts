/** How long a UE or the board took for what it was asked before, so that the next slots lie far enough ahead for it. */

/** Room on top of what was taken before. */
const MARGIN = 1.25;

export class LearnedTimes {
  readonly #expectedS = new Map<string, number>();

  /** Rises at once, and falls by half of the difference each time: one long wait (a lost connection) does not stay for ever. */
  took(what: string, durationS: number): void {
    const beforeS = this.#expectedS.get(what) ?? 0;
    this.#expectedS.set(what, Math.max(durationS, (beforeS + durationS) / 2));
  }

  /** How long it may take the next time, s; 0 before the first. Each has its own: no UE waits for a slower one. */
  allowS(what: string): number {
    return MARGIN * (this.#expectedS.get(what) ?? 0);
  }
}
