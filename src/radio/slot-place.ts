/** Where a slot is against where it was thought to be, by its prefixes; and whether its first and last symbols say the same. */
import { NUM_KINDS, type Waveform } from './waveform.js';

export interface Place {
  /** Samples. */
  readonly late: number;
  /** How well that is known, samples. */
  readonly deviation: number;
  /** |correlation| over what it would be without a signal. */
  readonly significance: number;
  /** Of the first symbols and of the last ones, the lesser. */
  readonly partSignificance: number;
  /** The lesser of their correlations, over what it would be if all symbols were alike. */
  readonly partShare: number;
  /** How far they are from where the slot was thought to be, the farther; samples. */
  readonly partLate: number;
}

/** Sums over symbols of r[n] conj(r[n + N]), of its energy and its square, around where prefixes are; then summed up to each n. */
class Profile {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly energy: Float64Array;
  readonly square: Float64Array;
  readonly #prefix: number;
  /** Where |correlation| is the largest, from the earliest on, and how large it is. */
  best = 0;
  size = 0;

  constructor(prefix: number) {
    this.#prefix = prefix;
    this.re = new Float64Array(3 * prefix + 1);
    this.im = new Float64Array(3 * prefix + 1);
    this.energy = new Float64Array(3 * prefix + 1);
    this.square = new Float64Array(3 * prefix + 1);
  }

  clear(): void {
    for (const sums of [this.re, this.im, this.energy, this.square]) sums.fill(0);
  }

  /** Of entries 1 on, which hold single terms, makes sums. */
  sumUp(): void {
    const { re, im, energy, square } = this;
    for (let n = 1; n < re.length; n++) {
      re[n]! += re[n - 1]!;
      im[n]! += im[n - 1]!;
      energy[n]! += energy[n - 1]!;
      square[n]! += square[n - 1]!;
    }
    this.best = 0;
    this.size = 0;
    for (let start = 0; start <= 2 * this.#prefix; start++) {
      const size = this.#sizeAt(start);
      if (size > this.size) {
        this.size = size;
        this.best = start;
      }
    }
  }

  get significance(): number {
    const square = this.#of(this.square, this.best);
    return square > 0 ? this.size / Math.sqrt(square) : 0;
  }

  /** Correlation over energy. */
  get likeness(): number {
    const energy = this.#of(this.energy, this.best);
    return energy > 0 ? Math.min(1, this.size / energy) : 0;
  }

  /** The likeliest start, from the earliest on. */
  likeliest(likeness: number): number {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let start = 0; start <= 2 * this.#prefix; start++) {
      const value = this.#sizeAt(start) - likeness * this.#of(this.energy, start);
      if (value > most) {
        most = value;
        best = start;
      }
    }
    return best;
  }

  #sizeAt(start: number): number {
    const re = this.#of(this.re, start);
    const im = this.#of(this.im, start);
    return Math.sqrt(re * re + im * im);
  }

  #of(sums: Float64Array, start: number): number {
    return sums[start + this.#prefix]! - sums[start]!;
  }
}

export class PlaceFinder {
  readonly #waveform: Waveform;
  readonly #all: Profile;
  readonly #head: Profile;
  readonly #tail: Profile;
  /** How many symbols are its first ones, and its last ones: of a repeat, if there are several. */
  readonly #part: number;

  constructor(waveform: Waveform) {
    this.#waveform = waveform;
    const { prefix, numSymbols } = waveform;
    this.#all = new Profile(prefix);
    this.#head = new Profile(prefix);
    this.#tail = new Profile(prefix);
    this.#part = numSymbols > NUM_KINDS ? NUM_KINDS : 1;
  }

  /** @param at index in `re` and `im` where the slot is thought to begin. */
  find(re: Float32Array, im: Float32Array, at: number): Place {
    const { prefix, numSymbols } = this.#waveform;
    const [all, head, tail] = [this.#all, this.#head, this.#tail];
    for (const profile of [all, head, tail]) profile.clear();
    for (let j = 0; j < numSymbols; j++) {
      const isHead = j < this.#part;
      const isTail = j >= numSymbols - this.#part;
      this.#add(re, im, at, j, isHead ? head : isTail ? tail : all);
    }
    for (const part of [head, tail])
      for (let n = 1; n <= 3 * prefix; n++) {
        all.re[n]! += part.re[n]!;
        all.im[n]! += part.im[n]!;
        all.energy[n]! += part.energy[n]!;
        all.square[n]! += part.square[n]!;
      }
    for (const profile of [all, head, tail]) profile.sumUp();
    const likeness = all.likeness;
    const significance = all.significance;
    const lateOf = (profile: Profile) => profile.likeliest(likeness) - prefix;
    return {
      late: lateOf(all),
      significance,
      deviation: 1 + (3 * prefix * (1 - likeness)) / Math.max(significance, 1),
      partSignificance: Math.min(head.significance, tail.significance),
      partShare: ((Math.min(head.size, tail.size) / Math.max(all.size, 1e-300)) * numSymbols) / this.#part,
      partLate: Math.max(Math.abs(lateOf(head)), Math.abs(lateOf(tail))),
    };
  }

  #add(re: Float32Array, im: Float32Array, at: number, symbol: number, to: Profile): void {
    const { lead, prefix, symbolSamples, fftSize } = this.#waveform;
    const from = at + lead + symbol * symbolSamples - prefix;
    const length = 3 * prefix;
    for (let n = 0; n < length; n++) {
      const x = re[from + n]!;
      const y = im[from + n]!;
      const u = re[from + n + fftSize]!;
      const v = im[from + n + fftSize]!;
      const p = x * x + y * y;
      const q = u * u + v * v;
      to.re[n + 1]! += x * u + y * v;
      to.im[n + 1]! += y * u - x * v;
      to.energy[n + 1]! += (p + q) / 2;
      to.square[n + 1]! += p * q;
    }
  }
}
