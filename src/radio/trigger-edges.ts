/** Rising edges of a marker, and which of them are too soon after another to be one. */

export class TriggerEdges {
  readonly #leastSamples: number;
  /** Of the sample before; null where it is not known. */
  #level: number | null = null;
  #lastEdge = Number.NEGATIVE_INFINITY;
  #bounces = 0;

  /** @param leastSamples between edges; what comes sooner bounces. */
  constructor(leastSamples: number) {
    this.#leastSamples = leastSamples;
  }

  get bounces(): number {
    return this.#bounces;
  }

  /** Null before the first sample, and after a gap until the next. */
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
    this.#level = null;
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
