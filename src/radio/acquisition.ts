/** Finds slots in samples of which nothing is known but that they may be there: when they begin, and which they are. */
import { likelihood, noSum, PrefixSums, significance, sumsOfSlot, turnsPerSample } from './prefix-timing.js';
import { SignEvidence, type SlotMeter } from './slot-meter.js';
import type { Waveform } from './waveform.js';

/** Multiples of the expected size without a signal, which are exceeded by chance in exp(-x^2) of cases. */
const TIMING_THRESHOLD = 4.5;
const NUMBER_THRESHOLD = 5.5;
/** By how much the best number must be better than the second best. */
const NUMBER_MARGIN = 2;
/** Symbols by which timing alone may be wrong: it compares symbols, which are alike. */
const SYMBOLS_OFF = [0, -1, 1, -2, 2];
/** Subcarriers by which the carrier may be off. */
const MOST_BINS_OFF = 8;

/** Slots between which signs are searched for without their prefixes. */
const MOST_CANDIDATES = 32;

export interface Found {
  readonly slot: number;
  /** Index in the samples that were searched. */
  readonly start: number;
  /** How well that is known, samples. */
  readonly deviation: number;
  readonly offsetTurns: number;
}

interface Numbered {
  readonly slot: number;
  readonly start: number;
  readonly significance: number;
  /** Of the next best number. */
  readonly second: number;
}

interface Searched {
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly from: number;
  readonly end: number;
  /** The slots that may begin at an index, [least, most]; null when none is wanted. */
  readonly beginning: (index: number) => readonly [number, number] | null;
  readonly isWanted: (slot: number) => boolean;
}

export class Acquisition {
  readonly #waveform: Waveform;
  readonly #meter: SlotMeter;
  readonly #sums: PrefixSums;
  /** How the carrier turned when it was last found out. */
  #knownTurns = 0;

  constructor(waveform: Waveform, meter: SlotMeter) {
    this.#waveform = waveform;
    this.#meter = meter;
    this.#sums = new PrefixSums(waveform);
  }

  /**
   * @param from,count which samples to search.
   * @param beginning the slots that may begin at an index, [least, most].
   * @param isWanted of which slots it is known that they are on the air.
   */
  find(
    re: Float32Array,
    im: Float32Array,
    from: number,
    count: number,
    beginning: (index: number) => readonly [number, number] | null,
    isWanted: (slot: number) => boolean,
  ): Found | null {
    const samples = { re, im, from, end: from + count, beginning, isWanted };
    return this.#byPrefixes(samples) ?? this.#bySigns(samples);
  }

  /** Quick, and needs to know nothing of the carrier. */
  #byPrefixes(samples: Searched): Found | null {
    const { re, im, from, end } = samples;
    const timing = this.#timing(re, im, from, end - from);
    if (timing === null) return null;
    const { fftSize, symbolSamples, prefix } = this.#waveform;
    for (let bins = 0; bins <= MOST_BINS_OFF; bins++) {
      for (const sign of bins === 0 ? [1] : [1, -1]) {
        const offsetTurns = timing.turns + (sign * bins) / fftSize;
        let best: (Found & Numbered) | null = null;
        for (const symbols of SYMBOLS_OFF) {
          const start = from + timing.start + symbols * symbolSamples;
          const number = this.#number(samples, start, offsetTurns);
          if (number === null || !isClear(number) || number.significance < (best?.significance ?? 0))
            continue;
          best = { ...number, offsetTurns, deviation: prefix / 8 };
        }
        if (best !== null) {
          this.#knownTurns = best.offsetTurns;
          return best;
        }
      }
    }
    return null;
  }

  /** Hears weaker slots, when little is open but the time: signs are compared at steps of a part of a symbol. */
  #bySigns(samples: Searched): Found | null {
    const { from, beginning } = samples;
    const { fftSize, slotSamples } = this.#waveform;
    const possible = beginning(from);
    if (possible === null || possible[1] - possible[0] > MOST_CANDIDATES) return null;
    const step = fftSize / 4;
    const offsetTurns = this.#knownTurns;
    let best: Numbered | null = null;
    for (let late = 0; late < slotSamples; late += step) {
      const number = this.#number(samples, from + late, offsetTurns);
      if (number !== null && number.significance > (best?.significance ?? 0)) best = number;
    }
    if (best === null || !isClear(best)) return null;
    // It falls evenly to either side: the middle of what is above half of it.
    let [sum, weights] = [0, 0];
    for (let late = -fftSize; late <= fftSize; late += step / 2) {
      const { slot, start, significance: most } = best;
      const size = this.#score(samples, start + late, slot, offsetTurns);
      const weight = Math.max(0, size - most / 2);
      sum += weight * late;
      weights += weight;
    }
    const deviation = fftSize / (8 * best.significance);
    return { ...best, start: Math.round(best.start + sum / weights), offsetTurns, deviation };
  }

  /** The likeliest start of a slot, from `from` on, and how the carrier turns. */
  #timing(re: Float32Array, im: Float32Array, from: number, count: number) {
    const { slotSamples, prefix, fftSize } = this.#waveform;
    this.#sums.compute(re, im, from, count);
    const numSlots = Math.ceil(count / slotSamples);
    const at = (start: number) => {
      const sum = noSum();
      for (let i = -1; i < numSlots; i++) {
        const { all } = sumsOfSlot(this.#sums, this.#waveform, Math.round(start + i * slotSamples));
        sum.re += all.re;
        sum.im += all.im;
        sum.energy += all.energy;
        sum.square += all.square;
      }
      return sum;
    };
    const step = Math.max(1, prefix >> 3);
    let best = { start: 0, sum: at(0) };
    for (let start = step; start < slotSamples; start += step) {
      const sum = at(start);
      if (significance(sum) > significance(best.sum)) best = { start, sum };
    }
    if (significance(best.sum) < TIMING_THRESHOLD) return null;
    const likeness = Math.hypot(best.sum.re, best.sum.im) / best.sum.energy;
    const middle = best.start;
    for (let start = middle - 2 * step; start <= middle + 2 * step; start++) {
      const sum = at(start);
      if (likelihood(sum, likeness) > likelihood(best.sum, likeness)) best = { start, sum };
    }
    return { start: best.start, turns: turnsPerSample(best.sum, fftSize) };
  }

  /** Which slot begins at `start`, or a whole number of slots from it, by the signs of all slots that were searched. */
  #number(
    { re, im, from, end, beginning, isWanted }: Searched,
    start: number,
    offsetTurns: number,
  ): Numbered | null {
    const { slotSamples } = this.#waveform;
    const first = start + Math.ceil((from - start) / slotSamples) * slotSamples;
    const candidates = beginning(first);
    if (candidates === null) return null;
    const evidence = this.#evidence(re, im, first, end, offsetTurns);
    if (evidence.length === 0) return null;
    let best = { slot: 0, significance: 0 };
    let second = 0;
    for (let slot = candidates[0]; slot <= candidates[1]; slot++) {
      // Others than those that are wanted may be on the air or not.
      const value = Math.max(together(evidence, slot, isWanted), together(evidence, slot, isAny));
      if (value > best.significance) {
        second = best.significance;
        best = { slot, significance: value };
      } else second = Math.max(second, value);
    }
    return { ...best, second, start: first };
  }

  #score(
    { re, im, from, end, isWanted }: Searched,
    start: number,
    slot: number,
    offsetTurns: number,
  ): number {
    const skipped = Math.max(0, Math.ceil((from - start) / this.#waveform.slotSamples));
    const first = start + skipped * this.#waveform.slotSamples;
    const evidence = this.#evidence(re, im, first, end, offsetTurns);
    return Math.max(together(evidence, slot + skipped, isWanted), together(evidence, slot + skipped, isAny));
  }

  /** Of every slot from the one that begins at `first` to `end`. */
  #evidence(
    re: Float32Array,
    im: Float32Array,
    first: number,
    end: number,
    offsetTurns: number,
  ): SignEvidence[] {
    const { slotSamples } = this.#waveform;
    const evidence: SignEvidence[] = [];
    for (let start = first; start + slotSamples <= end + 1; start += slotSamples)
      evidence.push(
        new SignEvidence(this.#waveform, this.#meter.measure(re, im, Math.round(start), offsetTurns)),
      );
    return evidence;
  }
}

/** How well slots are numbered that way, in multiples of what chance gives. */
function together(
  evidence: readonly SignEvidence[],
  firstSlot: number,
  counts: (slot: number) => boolean,
): number {
  let sumRe = 0;
  let sumIm = 0;
  let size = 0;
  evidence.forEach((each, k) => {
    if (!counts(firstSlot + k)) return;
    const pairs = each.of(firstSlot + k);
    sumRe += pairs.firstRe + pairs.lastRe;
    sumIm += pairs.firstIm + pairs.lastIm;
    size += pairs.firstSize + pairs.lastSize;
  });
  return size > 0 ? Math.hypot(sumRe, sumIm) / Math.sqrt(size) : 0;
}

const isAny = () => true;

function isClear({ significance, second }: Numbered): boolean {
  return significance >= NUMBER_THRESHOLD && significance - second >= NUMBER_MARGIN;
}
