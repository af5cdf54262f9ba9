/** Whether released labels count beams from 0 or from 1: found out from the powers, or from the labels alone. */

export type LabelBase = 0 | 1;

/** Counts how often a label is the strongest beam, counted either way. */
export class LabelBaseFinder {
  #numCompared = 0;
  readonly #agreeing: [number, number] = [0, 0];
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  /** @param strongest index of the largest power, from 0; null where there is none. */
  add(label: number, strongest: number | null): void {
    this.#least = Math.min(this.#least, label);
    this.#most = Math.max(this.#most, label);
    if (strongest === null) return;
    this.#numCompared += 1;
    if (label === strongest) this.#agreeing[0] += 1;
    if (label === strongest + 1) this.#agreeing[1] += 1;
  }

  /** @param numBeams of the codebook; null where nobody knows. */
  result(numBeams: number | null): {
    /** Null where it cannot be told. */
    readonly base: LabelBase | null;
    readonly numCompared: number;
    /** Labels that are the strongest beam, counted from that base. */
    readonly numAgreeing: number;
  } {
    const [fromZero, fromOne] = this.#agreeing;
    if (fromZero !== fromOne) {
      const base = fromOne > fromZero ? 1 : 0;
      return { base, numCompared: this.#numCompared, numAgreeing: this.#agreeing[base] };
    }
    // Without powers the extremes may tell.
    const base = this.#least === 0 ? 0 : numBeams !== null && this.#most === numBeams ? 1 : null;
    return { base, numCompared: this.#numCompared, numAgreeing: 0 };
  }
}
