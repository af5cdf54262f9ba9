/**
 * From samples to the powers of slots. A slot is reported only where its number is beyond doubt: where the stream tells of its gaps, by the
 * line on which all slots lie; where it does not, when its own symbols prove it, or slots before and after it that lie on one line.
 */
import type { SlotTiming } from '../ue/host-clock.js';
import { Acquisition } from './acquisition.js';
import type { MeasuredSlot } from './measured-slot.js';
import type { RadioStatistics } from './radio.js';
import { SampleBuffer } from './sample-buffer.js';
import { SlotJudge } from './slot-judge.js';
import { SlotLine } from './slot-line.js';
import { pairsOf, powersOf, type SlotMeter } from './slot-meter.js';
import { type TimeSpan, WantedSlots } from './wanted-slots.js';
import type { Waveform } from './waveform.js';

export interface SlotReceiverOptions {
  readonly waveform: Waveform;
  readonly meter: SlotMeter;
  /** Whether the stream says where samples are missing. */
  readonly tellsGaps: boolean;
  readonly onSlot: (slot: MeasuredSlot) => void;
  /** Told of samples in which no slot was found, as long as none ever was. */
  readonly onNothing?: (re: Float32Array, im: Float32Array, from: number, count: number) => void;
}

/** Slots that are searched at once. */
const SEARCHED_SLOTS = 12;
/** Slots without a proof after which slots are looked for anew. */
const UNPROVED_SLOTS = 6;
const MAX_PENDING = 4096;
/** A drift is told when it is known to this, ppm. */
const TOLD_DRIFT_PPM = 20;

export class SlotReceiver {
  readonly #options: SlotReceiverOptions;
  readonly #waveform: Waveform;
  readonly #buffer = new SampleBuffer();
  readonly #wanted = new WantedSlots();
  readonly #acquisition: Acquisition;
  readonly #judge: SlotJudge;
  #time: (TimeSpan & { readonly number: number }) | null = null;
  #line: SlotLine | null = null;
  /** The line before, of the same clock. */
  #lineBefore: SlotLine | null = null;
  #next = 0;
  /** Search from here on. */
  #searchFrom = 0;
  /** End of what was searched last. */
  #searchedTo = 0;
  #unproved = 0;
  /** The last slot of this line that was proved. */
  #proved: number | null = null;
  #pending: MeasuredSlot[] = [];
  #slots = 0;
  #gaps = 0;
  #found = 0;
  #driftPpm: number | null = null;
  #snrDb: number | null = null;

  constructor(options: SlotReceiverOptions) {
    this.#options = options;
    this.#waveform = options.waveform;
    this.#acquisition = new Acquisition(options.waveform, options.meter, options.tellsGaps);
    this.#judge = new SlotJudge(options.waveform, options.tellsGaps);
  }

  /** @param slots ascending. */
  listenFor(slots: readonly number[], timing: SlotTiming): void {
    this.#wanted.add(slots, timing);
  }

  /** All slots that come are measured, by their count. */
  listenToAll(): void {
    this.#wanted.addAll(this.#waveform.countModulus);
  }

  /** Where the caller puts `count` samples, which `received` then takes. */
  room(count: number): { readonly re: Float32Array; readonly im: Float32Array; readonly at: number } {
    const at = this.#buffer.room(count);
    return { re: this.#buffer.re, im: this.#buffer.im, at };
  }

  /** @param first when the first of them was sampled, on the UE's clock. */
  received(count: number, first: TimeSpan): void {
    this.#time = { number: this.#buffer.end, ...first };
    this.#buffer.added(count);
    this.#work(false);
  }

  /** Samples are missing, nobody knows how many; before them, what came is worked off. */
  gap(): void {
    this.#work(true);
    this.#gaps++;
    this.#lose();
    this.#buffer.restart(this.#buffer.end);
    this.#searchFrom = this.#buffer.end;
  }

  /** No more samples come for now: what can be told by what came is told. */
  flush(): void {
    this.#work(true);
  }

  statistics(): Omit<RadioStatistics, 'clipped' | 'trigger'> {
    return {
      samples: this.#buffer.end,
      slots: this.#slots,
      leftOut: this.#wanted.numMissed,
      gaps: this.#gaps,
      found: this.#found,
      isLocked: this.#line !== null,
      driftPpm: this.#driftPpm,
      offsetHz: this.#judge.offsetTurns * this.#waveform.sampleRateHz,
      snrDb: this.#snrDb,
    };
  }

  /** From a slot's start to what is looked at last. */
  get #neededSamples(): number {
    const { lead, numSymbols, symbolSamples, prefix } = this.#waveform;
    return lead + numSymbols * symbolSamples + prefix;
  }

  #work(isLast: boolean): void {
    while (!this.#wanted.isIdle && this.#time !== null) {
      if (this.#line === null) {
        if (!this.#search(isLast)) break;
        continue;
      }
      this.#skipTo(this.#buffer.begin);
      const start = Math.round(this.#line.startOf(this.#next));
      if (start + this.#neededSamples > this.#buffer.end) break;
      this.#takeSlot(this.#line, this.#next, start);
    }
    this.#forget();
  }

  #spanOf(number: number): TimeSpan {
    const { number: reference, leastS, mostS } = this.#time!;
    const sinceS = (number - reference) / this.#waveform.sampleRateHz;
    const driftS = Math.abs(sinceS) * 100e-6;
    return { leastS: leastS + sinceS - driftS, mostS: mostS + sinceS + driftS };
  }

  /** Looks for slots; false when that has to wait for samples. */
  #search(isLast: boolean): boolean {
    const { slotSamples, sampleRateHz } = this.#waveform;
    const early = this.#time!.number + (this.#wanted.fromS - this.#time!.mostS) * sampleRateHz;
    const from = Math.max(this.#buffer.begin, this.#searchFrom, Math.floor(early - slotSamples));
    // What is before the first slot that is wanted need not be kept until then.
    this.#searchFrom = Math.min(from, this.#buffer.end);
    const left = this.#buffer.end - from;
    const count = Math.ceil((SEARCHED_SLOTS + 1) * slotSamples);
    if (left < count && !isLast) return false;
    if (left < slotSamples) return false;
    if (this.#adopt(from, Math.min(left, count))) return true;
    if (this.#found === 0)
      this.#options.onNothing?.(
        this.#buffer.re,
        this.#buffer.im,
        this.#buffer.index(from),
        Math.min(left, count),
      );
    this.#searchFrom =
      left <= count ? this.#buffer.end : from + Math.floor((SEARCHED_SLOTS / 2) * slotSamples);
    this.#wanted.passTo(this.#spanOf(this.#searchFrom));
    return true;
  }

  /** Looks for slots among `count` samples and goes on with what it finds. */
  #adopt(from: number, count: number): boolean {
    const { re, im } = this.#buffer;
    const base = this.#buffer.begin;
    this.#searchedTo = from + count;
    const found = this.#acquisition.find(
      re,
      im,
      from - base,
      count,
      (index) => this.#wanted.beginning(this.#tolerant(this.#spanOf(base + index))),
      (slot) => this.#wanted.has(slot),
    );
    if (found === null) return false;
    const { prefix, slotSamples } = this.#waveform;
    const start = found.start + base;
    const before = this.#line;
    const tolerance = prefix / 4 + 3 * found.deviation;
    if (before !== null && Math.abs(before.startOf(found.slot) - start) < tolerance) return false;
    this.#lose();
    this.#found++;
    this.#judge.adoptOffset(found.offsetTurns);
    this.#line = new SlotLine(slotSamples, found.slot, start, found.deviation, this.#lineBefore);
    this.#next = found.slot;
    return true;
  }

  /** Times are of samples, and slots begin between them. */
  #tolerant({ leastS, mostS }: TimeSpan): TimeSpan {
    const toleranceS = 0.1 * this.#waveform.slotDurationS;
    return { leastS: leastS - toleranceS, mostS: mostS + toleranceS };
  }

  #takeSlot(line: SlotLine, slot: number, start: number): void {
    this.#next = slot + 1;
    const span = this.#tolerant(this.#spanOf(start));
    if (!this.#wanted.mayBegin(slot, span)) {
      // Slots are numbered anew, or the stream is not where it was thought to be.
      this.#lose();
      this.#searchFrom = start + Math.ceil(this.#waveform.slotSamples / 2);
      return;
    }
    this.#wanted.passTo(span);
    if (line.deviationOf(slot) > this.#waveform.prefix / 2) {
      this.#lose();
      this.#searchFrom = start + Math.ceil(this.#waveform.slotSamples / 2);
      return;
    }
    const { re, im } = this.#buffer;
    const at = this.#buffer.index(start);
    const sums = this.#options.meter.measure(re, im, at, this.#judge.offsetTurns);
    const { powers, noiseFloor } = powersOf(this.#waveform, sums, slot);
    const measured = { slot, start, powers, noiseFloor };
    const pairs = pairsOf(this.#waveform, sums, slot);
    const { isWhole, isProved } = this.#judge.judge(line, measured, pairs, re, im, at);
    if (line.driftDeviationPpm < TOLD_DRIFT_PPM) this.#driftPpm = line.driftPpm;
    if (isWhole) {
      if (isProved) this.#noteSnr(measured);
      this.#report(measured, isProved);
    } else {
      // Samples are missing in the midst of it, or something else was on the air.
      this.#pending = [];
      this.#proved = null;
    }
    if (isWhole && isProved) this.#unproved = 0;
    else if (++this.#unproved >= UNPROVED_SLOTS) this.#searchAnew(line, slot);
  }

  #report(measured: MeasuredSlot, isProved: boolean): void {
    if (this.#options.tellsGaps) {
      this.#emit(measured);
      return;
    }
    if (!isProved) {
      if (this.#pending.length < MAX_PENDING) this.#pending.push(measured);
      return;
    }
    // What lies between two that were proved on the same line was sampled without a gap.
    if (this.#proved !== null) for (const between of this.#pending) this.#emit(between);
    this.#pending = [];
    this.#proved = measured.slot;
    this.#emit(measured);
  }

  #emit(measured: MeasuredSlot): void {
    if (!this.#wanted.take(measured.slot)) return;
    this.#slots++;
    this.#options.onSlot(measured);
  }

  /** Only what came since the last search makes another one worth while. */
  #searchAnew(line: SlotLine, slot: number): void {
    this.#unproved = 0;
    if (this.#buffer.end < this.#searchedTo + (UNPROVED_SLOTS / 2) * this.#waveform.slotSamples) return;
    const since = Math.max(this.#buffer.begin, Math.round(line.startOf(slot - UNPROVED_SLOTS)));
    this.#adopt(since, this.#buffer.end - since);
  }

  #noteSnr({ powers, noiseFloor }: MeasuredSlot): void {
    const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
    this.#snrDb = 10 * Math.log10(Math.max(mean - noiseFloor, 1e-30) / Math.max(noiseFloor, 1e-30));
  }

  #lose(): void {
    this.#pending = [];
    this.#lineBefore = this.#line ?? this.#lineBefore;
    this.#line = null;
    this.#proved = null;
    this.#unproved = 0;
  }

  /** Goes on with the first slot of the line that begins from `number` on. */
  #skipTo(number: number): void {
    const line = this.#line!;
    const behind = (number - line.startOf(this.#next)) / this.#waveform.slotSamples;
    if (behind > 0) this.#next += Math.ceil(behind);
  }

  #forget(): void {
    const { slotSamples } = this.#waveform;
    if (this.#wanted.isIdle) {
      this.#buffer.forgetBefore(this.#buffer.end - Math.ceil(2 * slotSamples));
      return;
    }
    const from = this.#line === null ? this.#searchFrom : this.#line.startOf(this.#next - 2 * UNPROVED_SLOTS);
    this.#buffer.forgetBefore(Math.floor(Math.min(from, this.#buffer.end)));
  }
}
