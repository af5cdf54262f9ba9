/** Finds slots in samples of which nothing is known but that they may be there: when they begin, and which they are. */
import { addSlot, likelihood, noSum, PrefixSums, significance, turnsPerSample } from './prefix-timing.js';
import { SignEvidence, type SlotMeter } from './slot-meter.js';
import { modulo, type Waveform } from './waveform.js';

/** Multiples of the expected size without a signal, which are exceeded by chance in exp(-x^2) of cases. */
const TIMING_THRESHOLD = 4.5;
const NUMBER_THRESHOLD = 5.5;
/** Prefixes are clearly there where they explain so much of the energy. */
const CLEAR_SHARE = 0.7;
/** Of all prefixes that are clearly there, what must be where slots were found. */
const LEAST_SHARE = 0.4;
/** By how much the best number must be better than the second best. */
const NUMBER_MARGIN = 2;
/** Symbols by which timing alone may be wrong: it compares symbols, which are alike. */
const SYMBOLS_OFF = [0, -3, 3];
const MORE_SYMBOLS_OFF = [-1, 1, -2, 2];
/** Subcarriers by which the carrier may be off. */
const MOST_BINS_OFF = 8;

/** Share of a slot that may lack at an edge of what is searched. */
const MOST_CUT_OFF = 0.25;
/** Numbers that are all tried; of more, first the count but for whole turns of the signs is found. */
const MOST_TRIED = 64;
/** Slots by which it is found. */
const MOST_FOR_COUNT = 4;
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
  /** The first of those that were searched, and its start. */
  readonly slot: number;
  readonly start: number;
  readonly significance: number;
  /** Of the sum over pilots, in the unit of their powers. */
  readonly size: number;
  readonly numSlots: number;
  /** Of the next best number. */
  readonly second: number;
}

/** Samples with nothing around them. */
interface Block {
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
  readonly #isWhole: boolean;
  readonly #sums: PrefixSums;
  /** How the carrier turned when it was last found out. */
  #knownTurns = 0;

  /** @param isWhole no samples are missing among those that are searched. */
  constructor(waveform: Waveform, meter: SlotMeter, isWhole: boolean) {
    this.#isWhole = isWhole;
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
    const { symbolSamples, slotSamples, fftSize } = this.#waveform;
    // Slots at the edges can be tried a little earlier and later, too: there is nothing.
    const pad = Math.ceil(slotSamples / 4) + Math.max(Math.max(...SYMBOLS_OFF) * symbolSamples, fftSize) + 1;
    const padded = (values: Float32Array) => {
      const out = new Float32Array(count + 2 * pad);
      out.set(values.subarray(from, from + count), pad);
      return out;
    };
    const shift = from - pad;
    const block: Block = {
      ...{ re: padded(re), im: padded(im), from: pad, end: pad + count, isWanted },
      beginning: (index) => beginning(index + shift),
    };
    const found = this.#byPrefixes(block) ?? this.#bySigns(block);
    return found && { ...found, start: found.start + shift };
  }

  /** Quick, and needs to know nothing of the carrier. */
  #byPrefixes(block: Block): Found | null {
    const timing = this.#timing(block.re, block.im, block.from, block.end - block.from);
    if (timing === null) return null;
    const { fftSize, symbolSamples, prefix } = this.#waveform;
    const middle = block.from + timing.start;
    // Places are compared by the same slots: one that is cut off must not count for one place alone.
    const slots = this.#slotsWithin(block, middle);
    let most: (Found & Numbered) | null = null;
    for (let bins = 0; bins <= MOST_BINS_OFF; bins++) {
      for (const sign of bins === 0 ? [1] : [1, -1]) {
        const offsetTurns = timing.turns + (sign * bins) / fftSize;
        for (const symbols of [...SYMBOLS_OFF, ...MORE_SYMBOLS_OFF]) {
          // Whole repeats off, symbols are of the same kind.
          if (symbols === MORE_SYMBOLS_OFF[0] && most !== null) break;
          const number = this.#number(block, middle + symbols * symbolSamples, slots, offsetTurns);
          // Some symbols off, those that are left fit as well: there are fewer.
          if (number === null || !isClear(number) || number.size < (most?.size ?? 0)) continue;
          most = { ...number, offsetTurns, deviation: prefix / 8 };
        }
      }
      // A carrier that is not off needs no search.
      if (bins === 0 && most !== null) break;
    }
    if (most !== null) this.#knownTurns = most.offsetTurns;
    return most;
  }

  /** Hears weaker slots, when little is open but the time: signs are compared at steps of a part of a symbol. */
  #bySigns(block: Block): Found | null {
    const possible = block.beginning(block.from);
    if (possible === null || possible[1] - possible[0] > MOST_CANDIDATES) return null;
    const { fftSize, slotSamples } = this.#waveform;
    const step = fftSize / 4;
    const offsetTurns = this.#knownTurns;
    let best: Numbered | null = null;
    for (let late = 0; late < slotSamples; late += step) {
      const start = block.from + late;
      const number = this.#number(block, start, this.#slotsWithin(block, start), offsetTurns);
      if (number !== null && number.significance > (best?.significance ?? 0)) best = number;
    }
    if (best === null || !isClear(best)) return null;
    // It falls evenly to either side: the middle of what is above half of it.
    let [sum, weights] = [0, 0];
    for (let late = -fftSize; late <= fftSize; late += step / 2) {
      const evidence = this.#evidence(block, best.start + late, best.numSlots, offsetTurns);
      const of = (counts: (slot: number) => boolean) => together(evidence, best.slot, counts).significance;
      const weight = Math.max(0, Math.max(of(block.isWanted), of(isAny)) - best.significance / 2);
      sum += weight * late;
      weights += weight;
    }
    const deviation = fftSize / (8 * best.significance);
    return { ...best, start: Math.round(best.start + sum / weights), offsetTurns, deviation };
  }

  /** Which slots, counted from the one that begins at `start`, were searched, all of them or most: [first, after the last]. */
  #slotsWithin({ from, end }: Block, start: number): readonly [number, number] {
    const { slotSamples } = this.#waveform;
    return [
      Math.ceil((from - start) / slotSamples - MOST_CUT_OFF),
      Math.floor((end - start) / slotSamples + MOST_CUT_OFF),
    ];
  }

  /** The likeliest start of a slot, from `from` on, and how the carrier turns. */
  #timing(re: Float32Array, im: Float32Array, from: number, count: number) {
    const { slotSamples, prefix, fftSize } = this.#waveform;
    this.#sums.compute(re, im, from, count);
    const numSlots = Math.ceil(count / slotSamples);
    const at = (start: number) => {
      const sum = noSum();
      for (let i = -1; i < numSlots; i++)
        addSlot(sum, this.#sums, this.#waveform, Math.round(start + i * slotSamples));
      return sum;
    };
    const step = Math.max(1, prefix >> 3);
    let best = { start: 0, sum: at(0) };
    for (let start = step; start < slotSamples; start += step) {
      const sum = at(start);
      if (significance(sum) > significance(best.sum)) best = { start, sum };
    }
    if (significance(best.sum) < TIMING_THRESHOLD) return null;
    const size = Math.hypot(best.sum.re, best.sum.im);
    // Prefixes that are clearly there, and elsewhere, are of slots of another length.
    if (this.#isWhole && prefix * size < LEAST_SHARE * this.#sums.clearSize(CLEAR_SHARE)) return null;
    const likeness = size / best.sum.energy;
    const middle = best.start;
    for (let start = middle - 2 * step; start <= middle + 2 * step; start++) {
      const sum = at(start);
      if (likelihood(sum, likeness) > likelihood(best.sum, likeness)) best = { start, sum };
    }
    return { start: best.start, turns: turnsPerSample(best.sum, fftSize) };
  }

  /** Which slot the first of these is, by the signs of all of them. */
  #number(
    block: Block,
    start: number,
    [from, to]: readonly [number, number],
    offsetTurns: number,
  ): Numbered | null {
    const { signs, slotSamples, countModulus } = this.#waveform;
    const first = start + from * slotSamples;
    const candidates = block.beginning(first);
    if (candidates === null || to <= from) return null;
    const evidence = this.#evidence(block, first, to - from, offsetTurns);
    const place = { start: first, numSlots: to - from };
    const period = signs.length;
    const [least, most] = candidates;
    if (most - least < MOST_TRIED) {
      const slots = Array.from({ length: most - least + 1 }, (_, k) => least + k);
      return { ...bestOf(evidence, slots, block.isWanted), ...place };
    }
    // Too many to try: the second kind's signs tell the count but for whole turns of them, the third kind's the turns.
    const few = strongest(evidence);
    const turn = countWithin(few, period);
    const counts = Array.from({ length: period }, (_, k) => k * period + turn);
    const best = bestOf(few, counts, isAny);
    const slot = least + modulo(best.slot - least, countModulus);
    if (slot > most || slot + countModulus <= most) return null;
    // All of them must agree, not only those by which it was found.
    return { ...best, ...together(evidence, slot, isAny), ...place, slot };
  }

  /** Of so many slots from the one that begins at `first` on. */
  #evidence({ re, im }: Block, first: number, numSlots: number, offsetTurns: number): SignEvidence[] {
    const { slotSamples } = this.#waveform;
    return Array.from({ length: numSlots }, (_, k) => {
      const at = Math.round(first + k * slotSamples);
      return new SignEvidence(this.#waveform, this.#meter.measure(re, im, at, offsetTurns));
    });
  }
}

/** The best of numbers of the first slot, and how good the second best is. */
function bestOf(
  evidence: readonly SignEvidence[],
  slots: readonly number[],
  isWanted: (slot: number) => boolean,
) {
  let best = { slot: 0, significance: 0, size: 0 };
  let second = 0;
  for (const slot of slots) {
    // Others than those that are wanted may be on the air or not.
    const ofAll = together(evidence, slot, isAny);
    const significance =
      isWanted === isAny
        ? ofAll.significance
        : Math.max(together(evidence, slot, isWanted).significance, ofAll.significance);
    if (significance > best.significance) {
      second = best.significance;
      best = { slot, significance, size: ofAll.size };
    } else second = Math.max(second, significance);
  }
  return { ...best, second };
}

/** Those in which there is the most to see, at their places. */
function strongest(evidence: readonly SignEvidence[]): SignEvidence[] {
  const most = evidence.map((each, k) => ({ each, k })).sort((a, b) => b.each.size - a.each.size);
  const out: SignEvidence[] = [];
  for (const { each, k } of most.slice(0, MOST_FOR_COUNT)) out[k] = each;
  return out;
}

/** The count of the first slot but for whole turns of the signs. */
function countWithin(evidence: readonly SignEvidence[], period: number): number {
  let best = { count: 0, size: 0 };
  for (let count = 0; count < period; count++) {
    let sumRe = 0;
    let sumIm = 0;
    evidence.forEach((each, k) => {
      const [re, im] = each.ofCount(count + k);
      sumRe += re;
      sumIm += im;
    });
    const size = Math.hypot(sumRe, sumIm);
    if (size > best.size) best = { count, size };
  }
  return best.count;
}

/** How well slots are numbered that way, in multiples of what chance gives. */
function together(
  evidence: readonly SignEvidence[],
  firstSlot: number,
  counts: (slot: number) => boolean,
): { readonly significance: number; readonly size: number } {
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
  const sum = Math.hypot(sumRe, sumIm);
  return { significance: size > 0 ? sum / Math.sqrt(size) : 0, size: sum };
}

const isAny = () => true;

function isClear({ significance, second }: Numbered): boolean {
  return significance >= NUMBER_THRESHOLD && significance - second >= NUMBER_MARGIN;
}
