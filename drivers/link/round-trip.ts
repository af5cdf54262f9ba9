/** Smoothed round trip and retransmission timeout (Jacobson and Karels 1988, with the bounds of SPEC 5.7). */

const MIN_TIMEOUT_S = 0.02;
const MAX_TIMEOUT_S = 0.5;
/** Doubling goes no further: what a line loses is noise, not congestion, and waiting does not make it quieter. */
const MAX_BACKED_OFF_S = 0.1;
const INITIAL_TIMEOUT_S = 0.1;
/** Weight of a new sample in the mean and in the mean deviation. */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;

export class RoundTrip {
  #meanS: number | null = null;
  #deviationS = 0;
  #shortestS = Number.POSITIVE_INFINITY;
  #backoff = 1;

  /** Only for frames that were sent once: the answer to a retransmitted frame is ambiguous (Karn). */
  sample(roundTripS: number): void {
    this.#shortestS = Math.min(this.#shortestS, roundTripS);
    if (this.#meanS === null) {
      this.#meanS = roundTripS;
      this.#deviationS = roundTripS / 2;
      return;
    }
    this.#deviationS += DEVIATION_GAIN * (Math.abs(roundTripS - this.#meanS) - this.#deviationS);
    this.#meanS += MEAN_GAIN * (roundTripS - this.#meanS);
  }

  /** A timeout ran out: the next one is twice as long, until `progress`. */
  backOff(): void {
    if (this.timeoutS < MAX_BACKED_OFF_S) this.#backoff *= 2;
  }

  progress(): void {
    this.#backoff = 1;
  }

  get smoothedS(): number | null {
    return this.#meanS;
  }

  /** Infinity before the first sample. */
  get shortestS(): number {
    return this.#shortestS;
  }

  get timeoutS(): number {
    const estimateS = this.#meanS === null ? INITIAL_TIMEOUT_S : this.#meanS + 4 * this.#deviationS;
    const boundedS = Math.min(MAX_TIMEOUT_S, Math.max(MIN_TIMEOUT_S, estimateS));
    return Math.max(boundedS, Math.min(MAX_BACKED_OFF_S, boundedS * this.#backoff));
  }
}
