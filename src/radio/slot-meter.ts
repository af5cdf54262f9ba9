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
  const { numPilots, numSymbols, signs, fixedSigns } = waveform;
  const second = waveform.signShift(1, slot)!;
  const third = waveform.signShift(2, slot)!;
  const powers = new Float32Array(numPilots);
  let coherent = 0;
  for (let m = 0; m < numPilots; m++) {
    const s1 = fixedSigns[m]! * signs[(m + second) % signs.length]!;
    const s2 = signs[(m + third) % signs.length]!;
    const sumRe = re[m]! + s1 * re[numPilots + m]! + s2 * re[2 * numPilots + m]!;
    const sumIm = im[m]! + s1 * im[numPilots + m]! + s2 * im[2 * numPilots + m]!;
    const power = (sumRe * sumRe + sumIm * sumIm) / numSymbols ** 2;
    powers[m] = power;
    coherent += power;
  }
  const ofSymbol = Math.max(0, energy - numSymbols * coherent) / (numPilots * (numSymbols - 1));
  return { powers, noiseFloor: ofSymbol / numSymbols };
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

  /** Sums over pilots with the signs of a slot taken off: real where it is this one, small otherwise. */
  of(slot: number): PairSums {
    const { numPilots, signs, fixedSigns } = this.#waveform;
    const second = this.#waveform.signShift(1, slot)!;
    const third = this.#waveform.signShift(2, slot)!;
    const sums = { firstRe: 0, firstIm: 0, lastRe: 0, lastIm: 0 };
    for (let m = 0; m < numPilots; m++) {
      const s1 = fixedSigns[m]! * signs[(m + second) % signs.length]!;
      const s2 = s1 * signs[(m + third) % signs.length]!;
      sums.firstRe += s1 * this.#re[m]!;
      sums.firstIm += s1 * this.#im[m]!;
      sums.lastRe += s2 * this.#re[numPilots + m]!;
      sums.lastIm += s2 * this.#im[numPilots + m]!;
    }
    return { ...sums, firstSize: this.#sizes[0], lastSize: this.#sizes[1] };
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
