/** What one slot's symbols say: sums over symbols of a kind, the powers that come of them, and how well a slot's number fits. */
import type { Waveform } from './waveform.js';

/** Sums of one slot, in arrays that are used again. */
export interface SlotSums {
  /** Of each kind of symbol and pilot: sum over its repeats of what was received; shape [3, numPilots]. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  /** Sum of the powers of all pilots of all symbols. */
  energy: number;
}

/** Transforms the symbols of a slot. */
export interface SlotMeter {
  /**
   * @param at index in `re` and `im` of the slot's start.
   * @param offsetTurns by which the carrier turns from sample to sample.
   */
  measure(re: Float32Array, im: Float32Array, at: number, offsetTurns: number): SlotSums;
}

export interface SlotPowers {
  /** |received|^2 of each pilot's mean over the slot's symbols, shape [numPilots]; noise is in it. */
  readonly powers: Float32Array;
  /** What noise adds to each of them, from how the symbols differ. */
  readonly noiseFloor: number;
}

/** @param slot whose signs are taken off. */
export function powersOf(waveform: Waveform, { re, im, energy }: SlotSums, slot: number): SlotPowers {
  const { numPilots, numSymbols, signsTwice, fixedSigns } = waveform;
  const second = waveform.signShift(1, slot)!;
  const third = waveform.signShift(2, slot)!;
  const powers = new Float32Array(numPilots);
  let coherent = 0;
  for (let m = 0; m < numPilots; m++) {
    const s1 = fixedSigns[m]! * signsTwice[m + second]!;
    const s2 = signsTwice[m + third]!;
    const sumRe = re[m]! + s1 * re[numPilots + m]! + s2 * re[2 * numPilots + m]!;
    const sumIm = im[m]! + s1 * im[numPilots + m]! + s2 * im[2 * numPilots + m]!;
    const power = (sumRe * sumRe + sumIm * sumIm) / numSymbols ** 2;
    powers[m] = power;
    coherent += power;
  }
  const ofSymbol = Math.max(0, energy - numSymbols * coherent) / (numPilots * (numSymbols - 1));
  return { powers, noiseFloor: ofSymbol / numSymbols };
}

/** The sums of `SignEvidence` for one slot, of which nothing else is wanted. */
export function pairsOf(waveform: Waveform, { re, im }: SlotSums, slot: number): PairSums {
  const { numPilots, signsTwice, fixedSigns } = waveform;
  const second = waveform.signShift(1, slot)!;
  const third = waveform.signShift(2, slot)!;
  const sums = { firstRe: 0, firstIm: 0, lastRe: 0, lastIm: 0, firstSize: 0, lastSize: 0 };
  for (let m = 0; m < numPilots; m++) {
    const s1 = fixedSigns[m]! * signsTwice[m + second]!;
    const s2 = s1 * signsTwice[m + third]!;
    const x = re[m + numPilots]!;
    const y = im[m + numPilots]!;
    const firstRe = re[m]! * x + im[m]! * y;
    const firstIm = im[m]! * x - re[m]! * y;
    const lastRe = x * re[m + 2 * numPilots]! + y * im[m + 2 * numPilots]!;
    const lastIm = y * re[m + 2 * numPilots]! - x * im[m + 2 * numPilots]!;
    sums.firstRe += s1 * firstRe;
    sums.firstIm += s1 * firstIm;
    sums.lastRe += s2 * lastRe;
    sums.lastIm += s2 * lastIm;
    sums.firstSize += firstRe * firstRe + firstIm * firstIm;
    sums.lastSize += lastRe * lastRe + lastIm * lastIm;
  }
  return sums;
}

/** How kinds of symbols differ, on each pilot: what slots' signs are looked for in. */
export class SignEvidence {
  readonly #waveform: Waveform;
  /** First times conjugate of second, second times conjugate of third: shape [2, numPilots]. */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** Sums over pilots of |.|^2, of either. */
  readonly #sizes: [number, number] = [0, 0];

  constructor(waveform: Waveform, { re, im }: SlotSums) {
    const { numPilots } = waveform;
    this.#waveform = waveform;
    this.#re = new Float64Array(2 * numPilots);
    this.#im = new Float64Array(2 * numPilots);
    for (let k = 0; k < 2 * numPilots; k++) {
      const x = re[k]!;
      const y = im[k]!;
      const u = re[k + numPilots]!;
      const v = im[k + numPilots]!;
      const a = x * u + y * v;
      const b = y * u - x * v;
      this.#re[k] = a;
      this.#im[k] = b;
      this.#sizes[k < numPilots ? 0 : 1] += a * a + b * b;
    }
  }

  /** How much there is to see, whichever slot it is. */
  get size(): number {
    return this.#sizes[0];
  }

  /** Of the first two kinds alone, for a slot with this count, or with it and whole turns of the signs more: [re, im]. */
  ofCount(count: number): readonly [number, number] {
    const { numPilots, signs, signsTwice, fixedSigns } = this.#waveform;
    const shift = count % signs.length;
    let sumRe = 0;
    let sumIm = 0;
    for (let m = 0; m < numPilots; m++) {
      const sign = fixedSigns[m]! * signsTwice[m + shift]!;
      sumRe += sign * this.#re[m]!;
      sumIm += sign * this.#im[m]!;
    }
    return [sumRe, sumIm];
  }

  /** Sums over pilots with the signs of a slot taken off: real where it is this one, small otherwise. */
  of(slot: number): PairSums {
    const { numPilots, signsTwice, fixedSigns } = this.#waveform;
    const second = this.#waveform.signShift(1, slot)!;
    const third = this.#waveform.signShift(2, slot)!;
    const [re, im] = [this.#re, this.#im];
    let firstRe = 0;
    let firstIm = 0;
    let lastRe = 0;
    let lastIm = 0;
    for (let m = 0; m < numPilots; m++) {
      const s1 = fixedSigns[m]! * signsTwice[m + second]!;
      const s2 = s1 * signsTwice[m + third]!;
      firstRe += s1 * re[m]!;
      firstIm += s1 * im[m]!;
      lastRe += s2 * re[numPilots + m]!;
      lastIm += s2 * im[numPilots + m]!;
    }
    return { firstRe, firstIm, lastRe, lastIm, firstSize: this.#sizes[0], lastSize: this.#sizes[1] };
  }
}

/** Of the first two kinds of symbols, and of the last two; the expected square of either sum without a signal is its size. */
export interface PairSums {
  readonly firstRe: number;
  readonly firstIm: number;
  readonly lastRe: number;
  readonly lastIm: number;
  readonly firstSize: number;
  readonly lastSize: number;
}
