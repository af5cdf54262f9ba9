/** The lowest mean power that the samples of a while had: there was at most so much noise. */

/** Blocks after which what was lowest before is forgotten, twice. */
const MEMORY_BLOCKS = 1024;
/** The lowest of so many means is too low by about so many of their deviations. */
const LOWEST_SIGMAS = 3;

export class QuietLevel {
  readonly #blockSamples: number;
  #sum = 0;
  #count = 0;
  #numBlocks = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #lowestBefore = Number.POSITIVE_INFINITY;

  constructor(blockSamples: number) {
    this.#blockSamples = Math.max(1, Math.round(blockSamples));
  }

  /** Infinity before the first block. */
  get power(): number {
    return Math.min(this.#lowest, this.#lowestBefore) * (1 + LOWEST_SIGMAS / Math.sqrt(this.#blockSamples));
  }

  add(re: Float32Array, im: Float32Array, from: number, count: number): void {
    for (let done = 0; done < count; ) {
      const more = Math.min(count - done, this.#blockSamples - this.#count);
      let sum = 0;
      for (let n = from + done; n < from + done + more; n++) sum += re[n]! * re[n]! + im[n]! * im[n]!;
      this.#sum += sum;
      this.#count += more;
      done += more;
      if (this.#count === this.#blockSamples) this.#blockIsOver();
    }
  }

  #blockIsOver(): void {
    // Radios begin with zeros, which are no noise.
    if (this.#sum > 0) this.#lowest = Math.min(this.#lowest, this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
    if (++this.#numBlocks < MEMORY_BLOCKS) return;
    this.#numBlocks = 0;
    this.#lowestBefore = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
  }
}
