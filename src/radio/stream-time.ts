/**
 * When the samples of a stream were taken. Two things tell: how many samples there are, and when they came. Where the two contradict each
 * other, samples were lost or held back, and nobody can tell which: then no time is told until the stream has kept its pace for a while.
 */
import type { TimeSpan } from './wanted-slots.js';

/** Of the time that a stream settles: enough where it is new, or where it turns out that samples were lost. What was held back comes at once then. */
const SHORT = 0.1;
/** Sample clocks are off by so much at most. */
const MAX_DRIFT = 100e-6;

interface KnownTime extends TimeSpan {
  /** Of the sample that was taken then. */
  readonly number: number;
}

export class StreamTime {
  readonly #rateHz: number;
  readonly #settleS: number;
  /** Of the last samples, by themselves. */
  #last: KnownTime | null = null;
  /** Of the same, by all that came since the last contradiction. */
  #known: KnownTime | null = null;
  /** Since when times are not believed, and until when; null = they are. */
  #doubt: { readonly sinceS: number; readonly untilS: number } | null = null;
  #contradictions = 0;

  /** @param settleS for how long a stream keeps its pace before it is believed; 0 where times are true whenever samples come. */
  constructor(rateHz: number, settleS: number) {
    this.#rateHz = rateHz;
    this.#settleS = settleS;
  }

  get contradictions(): number {
    return this.#contradictions;
  }

  /** @param first when sample `number`, the first of what comes now, was taken. */
  came(number: number, first: TimeSpan): void {
    const fresh = { number, leastS: first.leastS, mostS: first.mostS };
    // What waited for somebody to read it comes late.
    if (this.#last === null) this.#doubtFrom(fresh.mostS, SHORT * this.#settleS);
    this.#last = fresh;
    const counted = this.#countedTo(number);
    const both = counted && {
      number,
      leastS: Math.max(counted.leastS, fresh.leastS),
      mostS: Math.min(counted.mostS, fresh.mostS),
    };
    this.#known = both ?? fresh;
    if (both !== null && both.leastS > both.mostS) this.contradicted();
    else if (this.#doubt !== null && fresh.mostS >= this.#doubt.untilS) {
      this.#doubt = null;
      this.#known = fresh;
    }
  }

  /** Samples are missing somewhere before the last ones: only these say when they were taken. */
  restart(): void {
    this.#known = this.#last;
    if (this.#doubt !== null) this.#doubtFrom(this.#doubt.sinceS, SHORT * this.#settleS);
  }

  /** Samples are missing before the next ones, which say when they were taken. */
  gap(): void {
    this.#known = null;
  }

  /** What is known cannot be. */
  contradicted(): void {
    this.#contradictions++;
    this.#known = this.#last;
    if (this.#last !== null) this.#doubtFrom(this.#last.mostS, this.#settleS);
  }

  /** When sample `number` was taken; null where that is not known. */
  of(number: number): TimeSpan | null {
    return this.#doubt === null ? this.#countedTo(number) : null;
  }

  #doubtFrom(sinceS: number, durationS: number): void {
    if (durationS > 0) this.#doubt = { sinceS, untilS: sinceS + durationS };
  }

  #countedTo(number: number): TimeSpan | null {
    if (this.#known === null) return null;
    const sinceS = (number - this.#known.number) / this.#rateHz;
    const driftS = Math.abs(sinceS) * MAX_DRIFT;
    return { leastS: this.#known.leastS + sinceS - driftS, mostS: this.#known.mostS + sinceS + driftS };
  }
}
