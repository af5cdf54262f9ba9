/** Where slots begin in the stream: on a straight line, whose place and slope are known better with every slot (a Kalman filter). */

/** Clocks of radios differ by so much of each other at most. */
const MAX_DRIFT = 100e-6;
/** How much a clock's rate may change from slot to slot, relative. */
const WANDER = 1e-9;

export class SlotLine {
  readonly #slotSamples: number;
  /** Of slot `#slot`, samples. */
  #start: number;
  #slope: number;
  #slot: number;
  /** Variances and covariance of start and slope. */
  #pp: number;
  #ps = 0;
  #ss: number;

  /**
   * @param start of `slot`, samples, known to `deviation`.
   * @param before another line of the same clock, from which the slope is known.
   */
  constructor(slotSamples: number, slot: number, start: number, deviation: number, before: SlotLine | null) {
    this.#slotSamples = slotSamples;
    this.#slot = slot;
    this.#start = start;
    this.#slope = before === null ? slotSamples : before.#slope;
    this.#pp = deviation ** 2;
    this.#ss = before === null ? ((MAX_DRIFT / 2) * slotSamples) ** 2 : before.#ss;
  }

  startOf(slot: number): number {
    return this.#start + (slot - this.#slot) * this.#slope;
  }

  /** How well the start of a slot is known, samples. */
  deviationOf(slot: number): number {
    const k = slot - this.#slot;
    return Math.sqrt(this.#pp + 2 * k * this.#ps + k * k * this.#ss);
  }

  /** Slots have so many samples more than they should, of a million: the radio's clock is as much too fast. */
  get driftPpm(): number {
    return (this.#slope / this.#slotSamples - 1) * 1e6;
  }

  /** Its deviation. */
  get driftDeviationPpm(): number {
    return (Math.sqrt(this.#ss) / this.#slotSamples) * 1e6;
  }

  /** A slot was seen to begin at `start`, known to `deviation`. */
  saw(slot: number, start: number, deviation: number): void {
    const k = slot - this.#slot;
    this.#start += k * this.#slope;
    this.#slot = slot;
    this.#pp += 2 * k * this.#ps + k * k * this.#ss;
    this.#ps += k * this.#ss;
    this.#ss += Math.abs(k) * (WANDER * this.#slotSamples) ** 2;
    const variance = this.#pp + deviation ** 2;
    const [gain, slopeGain] = [this.#pp / variance, this.#ps / variance];
    const error = start - this.#start;
    this.#start += gain * error;
    this.#slope += slopeGain * error;
    this.#ss -= slopeGain * this.#ps;
    this.#ps -= gain * this.#ps;
    this.#pp -= gain * this.#pp;
  }
}
