/**
 * From samples with a trigger to the powers of slots (docs/radio.md, "A hardware trigger"). An edge tells where a slot begins and not which one it
 * is: time does. A slot is reported when time gives its edge a number, gives the next edge one, and the samples between the two are as
 * many as the slots between these numbers have: then none is missing, and the power is of this slot alone.
 */
import type { SlotTiming } from '../ue/host-clock.js';
import { QuietLevel } from './quiet-level.js';
import type { RadioStatistics } from './radio.js';
import { SampleBuffer } from './sample-buffer.js';
import { SlotLine } from './slot-line.js';
import { type WindowPower, windowPower } from './slot-power.js';
import { StreamTime } from './stream-time.js';
import { TriggerEdges } from './trigger-edges.js';
import { type TriggerCounts, TriggerWatch } from './trigger-watch.js';
import { type TimeSpan, WantedSlots } from './wanted-slots.js';

export interface TriggeredSlot {
  readonly slot: number;
  /** Number of the sample at which it begins. */
  readonly start: number;
  readonly power: number;
  readonly noiseFloor: number;
}

export interface TriggerReceiverOptions {
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  /** See StreamTime. */
  readonly settleS: number;
  /** Of the marker, before samples come and after a gap; null where it is not known. */
  readonly levelBefore: 0 | null;
  readonly onSlot: (slot: TriggeredSlot) => void;
  /** Told what is wrong with the trigger while slots are waited for, now and then. */
  readonly onTrouble?: (what: string) => void;
}

interface Edge {
  readonly number: number;
  /** In its run, on the line. */
  readonly index: number;
  /** Null where time does not tell it. */
  readonly slot: number | null;
  /** Of the stream's time by then. */
  readonly contradictions: number;
  /** Null until its samples have come. */
  window: WindowPower | null;
}

/** The part of a slot that is measured, from and until. */
const WINDOW = [0.25, 0.75] as const;
/** Edges that come sooner after another, of a slot, bounce. */
const BOUNCE = 1 / 16;
/** An edge is known to this, samples: it is between two of them. */
const EDGE_DEVIATION = 0.5;
/** Edges in step may be off by so many samples and deviations of where they are expected. */
const IN_STEP_SAMPLES = 2;
const IN_STEP_SIGMAS = 3;
/** Of a slot: what may be off by more is in step with nothing. */
const MOST_OFF = 1 / 8;
/** Intervals whose median is told. */
const TOLD_INTERVALS = 15;
/** A drift is told when it is known to this, ppm. */
const TOLD_DRIFT_PPM = 20;
/** Slots after which an edge that no other followed is not waited for. */
const MOST_SLOTS_APART = 64;
/** Edges in a row that fit no slot before times are begun anew. */
const MOST_UNFIT = 8;
/** Blocks of a slot of which the quietest tells the noise. */
const QUIET_BLOCKS = 4;

export class TriggerReceiver {
  readonly #options: TriggerReceiverOptions;
  readonly #slotSamples: number;
  readonly #buffer = new SampleBuffer();
  readonly #wanted = new WantedSlots();
  readonly #edges: TriggerEdges;
  readonly #quiet: QuietLevel;
  readonly #watch: TriggerWatch;
  readonly #time: StreamTime;
  #marks = new Uint8Array(0);
  #listensToAll = false;
  /** The last one, whose slot is not known to be whole. */
  #edge: Edge | null = null;
  #line: SlotLine | null = null;
  /** The last line that an interval was in step with. */
  #lineBefore: SlotLine | null = null;
  #intervals: number[] = [];
  #counts: TriggerCounts = { edges: 0, bounces: 0, inStep: 0, numbered: 0, unfit: 0 };
  /** Edges in a row that were where no slot begins. */
  #unfit = 0;
  #slots = 0;
  #gaps = 0;
  #found = 0;
  #broken = 0;
  #contradictions = 0;
  #isInStep = false;
  #driftPpm: number | null = null;
  #snrDb: number | null = null;

  constructor(options: TriggerReceiverOptions) {
    const { sampleRateHz, slotDurationS, settleS, levelBefore } = options;
    this.#options = options;
    this.#slotSamples = sampleRateHz * slotDurationS;
    this.#edges = new TriggerEdges(BOUNCE * this.#slotSamples, levelBefore);
    this.#quiet = new QuietLevel(this.#slotSamples / QUIET_BLOCKS);
    this.#watch = new TriggerWatch(this.#slotSamples, sampleRateHz);
    this.#time = new StreamTime(sampleRateHz, settleS);
  }

  /** @param slots ascending. */
  listenFor(slots: readonly number[], timing: SlotTiming): void {
    this.#wanted.add(slots, timing);
  }

  /** All slots that come are measured, numbered from 0 on. */
  listenToAll(): void {
    this.#listensToAll = true;
    this.#wanted.addAll(Infinity);
  }

  /** Where the caller puts `count` samples, from `at` on, and their marks, 0 or 1, from 0 on; `received` then takes them. */
  room(count: number) {
    const at = this.#buffer.room(count);
    if (this.#marks.length < count) this.#marks = new Uint8Array(count);
    return { re: this.#buffer.re, im: this.#buffer.im, at, marks: this.#marks, first: this.#buffer.end };
  }

  /** @param first when the first of them was sampled, on the UE's clock. */
  received(count: number, first: TimeSpan): void {
    const from = this.#buffer.end;
    this.#time.came(from, first);
    this.#quiet.add(this.#buffer.re, this.#buffer.im, this.#buffer.index(from), count);
    this.#buffer.added(count);
    for (const number of this.#edges.in(this.#marks, count, from)) this.#rises(number);
    this.#counts = { ...this.#counts, bounces: this.#edges.bounces };
    this.#measure();
    this.#look(count);
    this.#forget();
  }

  /** Samples are missing here, nobody knows how many. */
  gap(): void {
    this.#gaps++;
    this.#edge = null;
    this.#line = null;
    this.#isInStep = false;
    this.#edges.restart();
    this.#time.gap();
  }

  /** What is wrong, of a stream that ends and brought no slot; null when nothing is. */
  get trouble(): string | null {
    return this.#watch.wrong(this.#counts, this.#now);
  }

  statistics(): Omit<RadioStatistics, 'clipped'> {
    const { edges, bounces } = this.#counts;
    const period = this.#now.periodSamples;
    return {
      samples: this.#buffer.end,
      slots: this.#slots,
      leftOut: this.#wanted.numMissed,
      gaps: this.#gaps,
      found: this.#found,
      isLocked: this.#isInStep,
      driftPpm: this.#driftPpm,
      offsetHz: null,
      snrDb: this.#snrDb,
      trigger: {
        edges,
        bounces,
        broken: this.#broken,
        contradictions: this.#contradictions + this.#time.contradictions,
        periodS: period === null ? null : period / this.#options.sampleRateHz,
      },
    };
  }

  get #now() {
    const sorted = this.#intervals.toSorted((a, b) => a - b);
    return {
      level: this.#edges.level,
      periodSamples: sorted[sorted.length >> 1] ?? null,
      hasTime: this.#time.of(this.#buffer.end) !== null,
    };
  }

  #rises(number: number): void {
    this.#measure();
    const before = this.#edge;
    const steps = this.#stepsTo(number);
    if (before !== null && steps === null) {
      this.#broken++;
      this.#time.restart();
    }
    const slot = this.#listensToAll ? this.#counted(number, steps) : this.#slotAt(number);
    this.#counts = {
      ...this.#counts,
      edges: this.#counts.edges + 1,
      inStep: this.#counts.inStep + (steps === null ? 0 : 1),
      numbered: this.#counts.numbered + (steps === null || slot === null ? 0 : 1),
    };
    this.#isInStep = steps !== null;
    const { contradictions } = this.#time;
    if (before !== null && steps !== null) {
      if (before.slot !== null && slot === before.slot + steps && before.contradictions === contradictions)
        this.#report(before, before.slot);
      else if (before.slot !== null && slot !== null && slot !== before.slot + steps) this.#contradictions++;
    }
    const index = this.#onLine(number, steps);
    this.#edge = { number, index, slot, contradictions, window: null };
  }

  /** How many slots it is after the edge before; null when that is no whole number. */
  #stepsTo(number: number): number | null {
    const [before, line] = [this.#edge, this.#line];
    if (before === null || line === null) return null;
    const interval = number - before.number;
    if (this.#intervals.push(interval) > TOLD_INTERVALS) this.#intervals.shift();
    const steps = Math.max(1, Math.round(interval / this.#slotSamples));
    const off = Math.abs(number - line.startOf(before.index + steps));
    const mayBeOff = IN_STEP_SAMPLES + IN_STEP_SIGMAS * line.deviationOf(before.index + steps);
    return off <= mayBeOff && mayBeOff <= MOST_OFF * this.#slotSamples ? steps : null;
  }

  /** Goes on with the line, or with another one where that ends; returns which of its slots it is. */
  #onLine(number: number, steps: number | null): number {
    if (steps === null || this.#edge === null || this.#line === null) {
      this.#line = new SlotLine(this.#slotSamples, 0, number, EDGE_DEVIATION, this.#lineBefore);
      return 0;
    }
    const index = this.#edge.index + steps;
    if (this.#lineBefore !== this.#line) this.#found++;
    this.#lineBefore = this.#line;
    this.#line.saw(index, number, EDGE_DEVIATION);
    if (this.#line.driftDeviationPpm < TOLD_DRIFT_PPM) this.#driftPpm = this.#line.driftPpm;
    return index;
  }

  /** The one slot that may begin there by the clock. */
  #slotAt(number: number): number | null {
    const span = this.#time.of(number);
    if (span === null) return null;
    const toleranceS = IN_STEP_SAMPLES / this.#options.sampleRateHz;
    const possible = this.#wanted.beginning({
      leastS: span.leastS - toleranceS,
      mostS: span.mostS + toleranceS,
    });
    if (possible === null) return null;
    if (possible[0] === possible[1]) {
      this.#unfit = 0;
      return possible[0];
    }
    if (possible[0] > possible[1]) this.#fitsNone();
    return null;
  }

  /** No slot begins there by the clock. Where that goes on, what is known of time is wrong. */
  #fitsNone(): void {
    this.#counts = { ...this.#counts, unfit: this.#counts.unfit + 1 };
    if (++this.#unfit % MOST_UNFIT === 0) this.#time.contradicted();
  }

  /** Of who has no clock of slots. */
  #counted(number: number, steps: number | null): number {
    const before = this.#edge;
    if (before === null || before.slot === null) return Math.round(number / this.#slotSamples);
    return before.slot + (steps ?? Math.max(1, Math.round((number - before.number) / this.#slotSamples)));
  }

  #report({ number, window }: Edge, slot: number): void {
    if (window === null || !this.#wanted.take(slot)) return;
    const { power } = window;
    const noiseFloor = Math.min(window.noise, this.#quiet.power, power);
    this.#snrDb = 10 * Math.log10(Math.max(power - noiseFloor, 1e-30) / Math.max(noiseFloor, 1e-30));
    this.#slots++;
    this.#options.onSlot({ slot, start: number, power, noiseFloor });
  }

  #measure(): void {
    const edge = this.#edge;
    if (edge === null || edge.window !== null) return;
    const [from, until] = WINDOW.map((part) => edge.number + Math.round(part * this.#slotSamples));
    if (until! > this.#buffer.end) return;
    edge.window = windowPower(this.#buffer.re, this.#buffer.im, this.#buffer.index(from!), until! - from!);
  }

  #look(count: number): void {
    const end = this.#buffer.end;
    const span = this.#time.of(end);
    const isDue = !this.#wanted.isIdle && (span === null || span.leastS > this.#wanted.fromS);
    if (isDue) {
      const wrong = this.#watch.add(count, this.#counts, this.#now);
      if (wrong !== null) this.#options.onTrouble?.(wrong);
    } else this.#watch.rest(this.#counts);
    const past = Math.max(this.#edge?.number ?? 0, end - MOST_SLOTS_APART * this.#slotSamples);
    const passed = this.#time.of(Math.min(past, end));
    if (passed !== null) this.#wanted.passTo(passed);
  }

  #forget(): void {
    const { end } = this.#buffer;
    const edge = this.#edge;
    const from = edge === null || edge.window !== null ? end : edge.number;
    this.#buffer.forgetBefore(Math.min(from, end));
  }
}
