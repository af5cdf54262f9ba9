/**
 * Where symbols begin, by their prefixes: a prefix is what the end of its symbol is, N samples before it, whatever the channel. (The
 * likeliest place is where |correlation| less what noise explains is the largest: van de Beek, Sandell and Börjesson, 1997.)
 */
import type { Waveform } from './waveform.js';

/** r[n] conj(r[n + N]), its size and energy, summed from the first sample on; so sums over any run are differences. */
export class PrefixSums {
  readonly #fftSize: number;
  readonly #prefix: number;
  #re = new Float64Array(1);
  #im = new Float64Array(1);
  #energy = new Float64Array(1);
  #square = new Float64Array(1);
  /** Runs of a prefix that fit. */
  #numStarts = 0;

  constructor({ fftSize, prefix }: Pick<Waveform, 'fftSize' | 'prefix'>) {
    this.#fftSize = fftSize;
    this.#prefix = prefix;
  }

  /** @param count of samples from index `from` on, in place of those before. */
  compute(re: Float32Array, im: Float32Array, from: number, count: number): void {
    const lag = this.#fftSize;
    const length = Math.max(0, count - lag);
    this.#numStarts = Math.max(0, length - this.#prefix + 1);
    if (this.#re.length <= length) {
      this.#re = new Float64Array(length + 1);
      this.#im = new Float64Array(length + 1);
      this.#energy = new Float64Array(length + 1);
      this.#square = new Float64Array(length + 1);
    }
    let sumRe = 0;
    let sumIm = 0;
    let energy = 0;
    let square = 0;
    for (let n = 0; n < length; n++) {
      const x = re[from + n]!;
      const y = im[from + n]!;
      const u = re[from + n + lag]!;
      const v = im[from + n + lag]!;
      const p = x * x + y * y;
      const q = u * u + v * v;
      sumRe += x * u + y * v;
      sumIm += y * u - x * v;
      energy += (p + q) / 2;
      square += p * q;
      this.#re[n + 1] = sumRe;
      this.#im[n + 1] = sumIm;
      this.#energy[n + 1] = energy;
      this.#square[n + 1] = square;
    }
  }

  /** Sum of |correlation| of all runs in which it explains at least this share of the energy. */
  clearSize(share: number): number {
    let sum = 0;
    for (let start = 0; start < this.#numStarts; start++) {
      const one = noSum();
      this.addTo(one, start);
      const size = Math.hypot(one.re, one.im);
      if (size > share * one.energy) sum += size;
    }
    return sum;
  }

  /** Adds the run that begins at `start`; nothing where there are no samples. */
  addTo(sum: TimingSum, start: number): void {
    if (start < 0 || start >= this.#numStarts) return;
    const end = start + this.#prefix;
    sum.re += this.#re[end]! - this.#re[start]!;
    sum.im += this.#im[end]! - this.#im[start]!;
    sum.energy += this.#energy[end]! - this.#energy[start]!;
    sum.square += this.#square[end]! - this.#square[start]!;
  }
}

export interface TimingSum {
  re: number;
  im: number;
  energy: number;
  /** Expected |correlation|^2 without a signal. */
  square: number;
}

export function noSum(): TimingSum {
  return { re: 0, im: 0, energy: 0, square: 0 };
}

/** |correlation| over what it would be without a signal. */
export function significance({ re, im, square }: TimingSum): number {
  return square > 0 ? Math.hypot(re, im) / Math.sqrt(square) : 0;
}

/** @param likeness correlation over energy where the symbols are. */
export function likelihood({ re, im, energy }: TimingSum, likeness: number): number {
  return Math.hypot(re, im) - likeness * energy;
}

/** How the carrier turns from sample to sample, by a correlation over `lag` samples; within half a turn over them. */
export function turnsPerSample({ re, im }: TimingSum, lag: number): number {
  return -Math.atan2(im, re) / (2 * Math.PI * lag);
}

/** Over all symbols of a slot that begins at `start`. */
export function addSlot(
  sum: TimingSum,
  sums: PrefixSums,
  { lead, numSymbols, symbolSamples }: Waveform,
  start: number,
): void {
  for (let j = 0; j < numSymbols; j++) sums.addTo(sum, start + lead + j * symbolSamples);
}
