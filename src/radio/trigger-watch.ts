/** What is wrong with a trigger that brings no slots, in words. */
import { formatQuantity } from '../core/units.js';

/** What a trigger has done so far. */
export interface TriggerCounts {
  readonly edges: number;
  readonly bounces: number;
  /** Edges that came whole slots after another. */
  readonly inStep: number;
  /** Of those, the ones of which time told the number. */
  readonly numbered: number;
  /** Edges where no slot begins by the clock. */
  readonly unfit: number;
}

/** What it does now. */
export interface TriggerLook {
  readonly level: number | null;
  /** Median of the last intervals, samples; null before there are some. */
  readonly periodSamples: number | null;
  /** Whether times are told at all. */
  readonly hasTime: boolean;
}

/** So much of the stream is looked at, whichever is more. */
const LOOK_S = 0.5;
const LOOK_SLOTS = 20;
/** More bounces than that for an edge are no bounces. */
const MOST_BOUNCES = 4;

export class TriggerWatch {
  readonly #slotSamples: number;
  readonly #rateHz: number;
  readonly #lookSamples: number;
  #samples = 0;
  #before: TriggerCounts = { edges: 0, bounces: 0, inStep: 0, numbered: 0, unfit: 0 };
  /** Looks in a row that found something wrong; it is told of ever fewer of them. */
  #numWrong = 0;
  #nextTold = 1;

  constructor(slotSamples: number, rateHz: number) {
    this.#slotSamples = slotSamples;
    this.#rateHz = rateHz;
    this.#lookSamples = Math.ceil(Math.max(LOOK_S * rateHz, LOOK_SLOTS * slotSamples));
  }

  /** More samples while slots were waited for; returns what is wrong when it is time to say so. */
  add(samples: number, counts: TriggerCounts, now: TriggerLook): string | null {
    this.#samples += samples;
    if (this.#samples < this.#lookSamples) return null;
    const wrong = this.wrong(counts, now);
    this.#samples = 0;
    this.#before = counts;
    if (wrong === null) {
      this.#numWrong = 0;
      this.#nextTold = 1;
      return null;
    }
    if (++this.#numWrong < this.#nextTold) return null;
    this.#nextTold *= 4;
    return wrong;
  }

  /** Nobody waits for slots: what comes meanwhile is not looked at. */
  rest(counts: TriggerCounts): void {
    this.#samples = 0;
    this.#before = counts;
  }

  /** What is wrong since the last look; null when nothing is. */
  wrong(counts: TriggerCounts, { level, periodSamples, hasTime }: TriggerLook): string | null {
    const since = (pick: keyof TriggerCounts) => counts[pick] - this.#before[pick];
    const [edges, bounces] = [since('edges'), since('bounces')];
    const inTime = `in ${this.#seconds(this.#samples)}`;
    if (edges === 0)
      return `the trigger has no edge ${inTime}, and is ${level === 1 ? 'high' : 'low'}: see whether the board's slots run, its slot output reaches the radio's trigger input, and the radio puts that into the lowest bit of I`;
    if (bounces > MOST_BOUNCES * edges)
      return `the trigger rises ${edges + bounces} times ${inTime}: the lowest bit of I is noise, so the radio does not put its trigger input there; or --format is not the radio's`;
    if (since('inStep') === 0 && edges > 1)
      return `edges of the trigger come every ${this.#seconds(periodSamples ?? 0)}, and slots last ${this.#seconds(this.#slotSamples)}: give the board's --slot-duration and the radio's --rate; if these are right, the stream loses samples in every slot`;
    if (since('numbered') > 0) return null;
    if (since('unfit') > 0)
      return 'edges of the trigger are where no slot begins by the clock: --latency is less than samples take, or the output that triggers is not that of the slots';
    if (!hasTime)
      return 'samples come now late, now all at once, so when they were taken is not known: have the radio and what is between give them out evenly';
    return null;
  }

  #seconds(samples: number): string {
    return formatQuantity(Number((samples / this.#rateHz).toPrecision(4)), 's');
  }
}
