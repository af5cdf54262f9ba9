/**
 * The board's time as an interval that is guaranteed to hold the truth.
 *
 * One ReadClock exchange: sent at host time s, the board reads `receivedTicks` on arrival and `sentTicks` on departure,
 * the answer is here at host time r. Whatever the delays were, the board's time was at most receivedTicks + 1 at s (a tick
 * count is rounded down) and at least sentTicks at r. Between exchanges the board's clock runs at 1 ± maxDrift of the
 * host's, which carries both bounds forward as straight lines. Lines of one slope never cross, so the intersection of all
 * exchanges so far is just the lowest upper and the highest lower line (SPEC 7.7; the intersection of intervals is Marzullo's).
 */

/**
 * What rounding of times as doubles may add up to along one line, relative to the times. Bounds are moved apart by it, or
 * two lines that touch, as those of a clock at the drift bound do, could seem to cross.
 */
const ROUNDING = 4 * Number.EPSILON;

export interface ClockExchange {
  /** Host time before the request was written and after the answer was read, s. */
  readonly sentS: number;
  readonly receivedS: number;
  /** Board ticks when the request arrived and when the answer left. */
  readonly boardReceivedTicks: bigint;
  readonly boardSentTicks: bigint;
}

export interface TimeInterval {
  readonly loS: number;
  readonly hiS: number;
}

/** A bound on board time that moves on with the host's: `boardS` at `hostS`. */
interface Bound {
  readonly hostS: number;
  readonly boardS: number;
}

export class ClockSync {
  readonly #clockRateHz: number;
  readonly #maxDrift: number;
  #lower: Bound | null = null;
  #upper: Bound | null = null;
  #inconsistencies = 0;

  /** `maxDrift`: largest relative rate difference of the two clocks, e.g. 100e-6. */
  constructor(clockRateHz: number, maxDrift: number) {
    this.#clockRateHz = clockRateHz;
    this.#maxDrift = maxDrift;
  }

  add(exchange: ClockExchange): void {
    const latestS = this.#seconds(exchange.boardSentTicks);
    const roundingS = ROUNDING * (latestS + Math.abs(exchange.receivedS));
    const lower = { hostS: exchange.receivedS, boardS: latestS - roundingS };
    const upper = {
      hostS: exchange.sentS,
      boardS: this.#seconds(exchange.boardReceivedTicks + 1n) + roundingS,
    };
    const atS = exchange.receivedS;
    if (this.#lower === null || this.#lowerAt(lower, atS) > this.#lowerAt(this.#lower, atS))
      this.#lower = lower;
    if (this.#upper === null || this.#upperAt(upper, atS) < this.#upperAt(this.#upper, atS))
      this.#upper = upper;
    if (this.#lowerAt(this.#lower, atS) > this.#upperAt(this.#upper, atS)) {
      // The board's clock was set, or it drifts beyond the bound: only the newest exchange can be trusted.
      this.#inconsistencies++;
      this.#lower = lower;
      this.#upper = upper;
    }
  }

  /** Board time at host time `hostS` (not before the last exchange); null before the first exchange. */
  at(hostS: number): TimeInterval | null {
    if (this.#lower === null || this.#upper === null) return null;
    return { loS: this.#lowerAt(this.#lower, hostS), hiS: this.#upperAt(this.#upper, hostS) };
  }

  /** Exchanges that contradicted the ones before them. */
  get inconsistencies(): number {
    return this.#inconsistencies;
  }

  #seconds(ticks: bigint): number {
    return Number(ticks) / this.#clockRateHz;
  }

  #lowerAt(bound: Bound, hostS: number): number {
    return bound.boardS + (hostS - bound.hostS) * (1 - this.#maxDrift);
  }

  #upperAt(bound: Bound, hostS: number): number {
    return bound.boardS + (hostS - bound.hostS) * (1 + this.#maxDrift);
  }
}
