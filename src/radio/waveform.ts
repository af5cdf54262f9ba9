/**
 * What the array sends in a slot so that radios can measure it and tell slots apart (docs/radio.md, "The waveform"): OFDM symbols whose
 * pilots are the same three over and over, the second and third with signs that count the slots. A receiver needs no knowledge of the
 * channel to read the count: it compares symbols of one slot with each other.
 */
import { requirePositive, requireWhole } from '../core/arguments.js';
import { type ComplexVector, complexVector } from '../core/complex.js';
import { BeamloopError } from '../core/errors.js';
import { Fft } from './fft.js';

/** Different symbols of a slot. */
export const NUM_KINDS = 3;
/** How often they are repeated at most: more would only cost time. */
const MAX_REPEATS = 8;
export const FEWEST_PILOTS = 16;
export const MOST_PILOTS = 4096;
/** The third kind's signs begin so far on. */
const THIRD_KIND_AHEAD = 7;

export interface WaveformOptions {
  /** Complex samples per second. */
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  /** Subcarriers that are sent; a power of two. */
  readonly numPilots: number;
}

export class Waveform {
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  readonly numPilots: number;
  /** N, samples: twice the pilots. Half of the sampled band stays empty. */
  readonly fftSize: number;
  /** L, samples: the end of a symbol, sent before it. */
  readonly prefix: number;
  /** K, a multiple of three. */
  readonly numSymbols: number;
  /** S, samples; need not be whole. */
  readonly slotSamples: number;
  /** From the start of a slot to its first symbol's prefix, samples. */
  readonly lead: number;
  /** Slots are counted modulo this. */
  readonly countModulus: number;
  /** s_i, +1 or -1, shape [numPilots - 1]: no shift of them is like another. */
  readonly signs: Float32Array;
  /** The same twice over: from any shift on, as many as there are pilots follow. */
  readonly signsTwice: Float32Array;
  /**
   * t_m of the second kind, on top, shape [numPilots]: without them, a carrier that is off by a subcarrier would look like another
   * count.
   */
  readonly fixedSigns: Float32Array;

  /** @throws BAD_ARGUMENT when a slot has no room for three symbols, or the number of pilots is no power of two from 16 to 4096. */
  constructor({ sampleRateHz, slotDurationS, numPilots }: WaveformOptions) {
    requirePositive('sampleRateHz', sampleRateHz);
    requirePositive('slotDurationS', slotDurationS);
    requireWhole('numPilots', numPilots, FEWEST_PILOTS, MOST_PILOTS);
    if (!Number.isInteger(Math.log2(numPilots)))
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `The waveform cannot have ${numPilots} pilots`,
        todo: `Choose a power of two from ${FEWEST_PILOTS} to ${MOST_PILOTS}`,
      });
    this.sampleRateHz = sampleRateHz;
    this.slotDurationS = slotDurationS;
    this.numPilots = numPilots;
    this.fftSize = 2 * numPilots;
    this.prefix = this.fftSize / 8;
    const exact = sampleRateHz * slotDurationS;
    this.slotSamples = Math.abs(exact - Math.round(exact)) < 1e-6 ? Math.round(exact) : exact;
    const group = NUM_KINDS * this.symbolSamples;
    const repeats = Math.min(MAX_REPEATS, Math.floor((this.slotSamples - 2 * this.prefix) / group));
    if (repeats < 1) throw tooShort(this, group + 2 * this.prefix);
    this.numSymbols = NUM_KINDS * repeats;
    this.lead = Math.floor((this.slotSamples - repeats * group) / 2);
    this.signs = longestSequence(Math.log2(numPilots));
    const period = this.signs.length;
    this.signsTwice = Float32Array.from({ length: 2 * period }, (_, k) => this.signs[k % period]!);
    this.countModulus = period ** 2;
    this.fixedSigns = Float32Array.from({ length: numPilots }, (_, m) => this.signs[modulo(-m, period)]!);
  }

  /** L + N. */
  get symbolSamples(): number {
    return this.prefix + this.fftSize;
  }

  get numRepeats(): number {
    return this.numSymbols / NUM_KINDS;
  }

  /** Where in `signs` those of a kind of symbol begin, in slot number `slot`; null of the first kind, which has none. */
  signShift(kind: number, slot: number): number | null {
    const count = modulo(slot, this.countModulus);
    if (kind === 0) return null;
    const period = this.signs.length;
    if (kind === 1) return count % period;
    return (THIRD_KIND_AHEAD + Math.floor(count / period)) % period;
  }

  /** X_m of a symbol, shape [numPilots]; pilot m is on bin m - numPilots/2. */
  pilots(kind: number, slot: number): ComplexVector {
    const out = complexVector(this.numPilots);
    const shift = this.signShift(kind, slot);
    for (let m = 0; m < this.numPilots; m++) {
      const fixed = kind === 1 ? this.fixedSigns[m]! : 1;
      const sign = shift === null ? 1 : fixed * this.signs[(m + shift) % this.signs.length]!;
      const turns = -((m * m) % (2 * this.numPilots)) / (2 * this.numPilots);
      out.re[m] = sign * Math.cos(2 * Math.PI * turns);
      out.im[m] = sign * Math.sin(2 * Math.PI * turns);
    }
    return out;
  }
}

/** Turns what is on pilots into samples and back, unitary but for the empty half: noise of one sample is noise of one pilot. */
export class SymbolTransform {
  readonly #fft: Fft;
  readonly #work: ComplexVector;
  readonly #numPilots: number;

  constructor({ fftSize, numPilots }: Pick<Waveform, 'fftSize' | 'numPilots'>) {
    this.#fft = new Fft(fftSize);
    this.#work = complexVector(fftSize);
    this.#numPilots = numPilots;
  }

  /** x[n] = 1/sqrt(N) sum over m of X_m exp(j 2 pi (m - M/2) n / N), shape [fftSize]; valid until the next call. */
  samples({ re, im }: Readonly<ComplexVector>): ComplexVector {
    const work = this.#work;
    const n = work.re.length;
    const half = this.#numPilots / 2;
    work.re.fill(0);
    work.im.fill(0);
    for (let m = 0; m < this.#numPilots; m++) {
      const bin = (m - half + n) % n;
      work.re[bin] = re[m]!;
      // The conjugate, so that the forward transform goes back.
      work.im[bin] = -im[m]!;
    }
    this.#fft.transform(work.re, work.im);
    const scale = 1 / Math.sqrt(n);
    for (let k = 0; k < n; k++) {
      work.re[k]! *= scale;
      work.im[k]! *= -scale;
    }
    return work;
  }
}

/** Pilots for so many subcarriers, unless somebody says otherwise: enough to be found by, too. */
export function pilotsFor(numSubcarriers: number): number {
  return Math.max(64, 2 ** Math.ceil(Math.log2(numSubcarriers)));
}

export function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

/** Taps of shift registers whose sequences are as long as can be, by their length. */
const TAPS: Readonly<Record<number, readonly number[]>> = {
  4: [4, 3],
  5: [5, 3],
  6: [6, 5],
  7: [7, 6],
  8: [8, 6, 5, 4],
  9: [9, 5],
  10: [10, 7],
  11: [11, 9],
  12: [12, 11, 10, 4],
};

/** Of a register that begins with ones: each new bit, the sum of those at the taps, gives +1 where it is 0. Shape [2^length - 1]. */
function longestSequence(length: number): Float32Array {
  const mask = 2 ** length - 1;
  let register = mask;
  return Float32Array.from({ length: mask }, () => {
    const bit = TAPS[length]!.reduce((sum, tap) => sum ^ ((register >> (tap - 1)) & 1), 0);
    register = ((register << 1) | bit) & mask;
    return bit === 0 ? 1 : -1;
  });
}

function tooShort({ slotSamples, numPilots }: Waveform, needed: number): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `A slot has ${Math.floor(slotSamples)} samples; the waveform of ${numPilots} pilots needs ${needed}`,
    todo: 'Choose a higher sample rate, longer slots or fewer pilots',
  });
}
