/** Rising edges of a marker, and which of them are too soon after another to be one. */

export class TriggerEdges {
  readonly #leastSamples: number;
  readonly #levelBefore: 0 | null;
  /** Of the sample before; null where it is not known. */
  #level: number | null;
  #lastEdge = Number.NEGATIVE_INFINITY;
  #bounces = 0;

  /**
   * @param leastSamples between edges; what comes sooner bounces.
   * @param levelBefore of the first sample, and of the first after a gap; null where that is not known, so that a high one is no edge.
   */
  constructor(leastSamples: number, levelBefore: 0 | null) {
    this.#leastSamples = leastSamples;
    this.#levelBefore = levelBefore;
    this.#level = levelBefore;
  }

  get bounces(): number {
    return this.#bounces;
  }

  /** Of the last sample; null where it is not known. */
  get level(): number | null {
    return this.#level;
  }

  /**
   * @param marks of samples, 0 or 1.
   * @param first number in the stream of the first of them.
   * @returns numbers of the first high samples.
   */
  in(marks: Uint8Array, count: number, first: number): number[] {
    const edges: number[] = [];
    let level = this.#level ?? marks[0] ?? null;
    for (let k = 0; k < count; k++) {
      const now = marks[k]!;
      if (now > level!) this.#rises(first + k, edges);
      level = now;
    }
    this.#level = level;
    return edges;
  }

  /** Samples are missing. */
  restart(): void {
    this.#level = this.#levelBefore;
    this.#lastEdge = Number.NEGATIVE_INFINITY;
  }

  #rises(number: number, edges: number[]): void {
    if (number - this.#lastEdge < this.#leastSamples) {
      this.#bounces++;
      return;
    }
    this.#lastEdge = number;
    edges.push(number);
  }
}
