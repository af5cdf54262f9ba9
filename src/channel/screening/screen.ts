/**
 * Screening of the polar codebook: which codewords can be the best at all (docs/model.md eq. 56 to 59).
 *
 * Up to a few radians of phase, all codewords of a ring are one chirp times plane waves, so one FFT of channel times
 * chirp receives nearly all of them at once. The chirped plane waves of a ring are an orthonormal basis, so how much of
 * a codeword lies outside its own bin is known exactly, and bounds how far off the FFT can be. Codewords of the inner
 * rings towards +-90 degrees spread over many bins; for those that survive, a window of bins says more.
 */
import type { LinearArray } from '../../array/linear-array.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { wrappedRad } from '../../core/turns.js';
import type { Kernel } from './kernel.js';
import type { KernelLayout } from './kernel-memory.js';
import { WindowTable } from './window-table.js';

/**
 * What single precision adds to a residual, relative to the norm of the channel: an FFT of 2^15 points is off by less
 * than 6e-6 (Higham, Accuracy and Stability of Numerical Algorithms, theorem 24.2), chirp and factor by less than 1e-6, and the sum of a
 * window of 128 bins, four at a time, by less than 36 roundings, 2.2e-6.
 */
const ROUNDING = 1e-5;
/** A residual's square is 1 less a sum of squares near 1, which single precision knows to within this. */
const ROUNDING_SQUARED = 4e-6;

export class Screen {
  readonly #kernel: Kernel;
  readonly #layout: KernelLayout;
  readonly #numElements: number;
  readonly #numAngles: number;
  readonly #numRings: number;
  readonly #bins: Float32Array;
  readonly #noise: Float32Array;
  readonly #powers: Float32Array;
  readonly #found: Int32Array;
  readonly #estimates: Float32Array;

  /** Takes the channel from `layout.channel`; uses it up while the tables are built. */
  constructor(codebook: PolarCodebook, kernel: Kernel, layout: KernelLayout) {
    const { numAngles, numRings, numCodewords } = codebook;
    const { buffer } = kernel.memory;
    this.#kernel = kernel;
    this.#layout = layout;
    this.#numElements = codebook.array.numElements;
    this.#numAngles = numAngles;
    this.#numRings = numRings;
    this.#bins = new Float32Array(buffer, layout.bins, 2 * numCodewords);
    this.#noise = new Float32Array(buffer, layout.noise, 2 * numCodewords);
    this.#powers = new Float32Array(buffer, layout.powers, numCodewords);
    this.#found = new Int32Array(buffer, layout.candidates, numCodewords);
    this.#estimates = new Float32Array(buffer, layout.estimates, 3 * numCodewords);
    const windows = new WindowTable(buffer, layout, numCodewords, residualOf);
    fillTwiddles(new Float32Array(buffer, layout.twiddles, 3.5 * numAngles), numAngles);
    new Float32Array(buffer, layout.ones, 2 * numAngles).fill(1, 0, numAngles).fill(0, numAngles);
    for (let ring = 1; ring <= numRings; ring++) {
      const chirp = new Float32Array(buffer, this.#chirpAddress(ring), 2 * this.#numElements);
      fillChirp(chirp, codebook, codebook.ringDistanceM(ring));
      this.#fillFactors(codebook, ring, windows);
    }
  }

  /** Transforms the channel on every ring. */
  transform(): void {
    const { channel, channelSingle } = this.#layout;
    this.#kernel.toSingle(channel, channelSingle, 2 * this.#numElements);
    for (let ring = 1; ring <= this.#numRings; ring++) this.#transformRing(ring);
  }

  /** Sets the noise per column for `screen`. */
  setNoise(re: Float64Array, im: Float64Array): void {
    this.#noise.set(re, 0);
    this.#noise.set(im, re.length);
  }

  /** Receives all codewords by their own bins alone; returns the column that seems strongest. */
  screen(withNoise: boolean): number {
    const { alphas, bins, noise, powers } = this.#layout;
    const numCodewords = this.#numAngles * this.#numRings;
    let topPower = -1;
    let topRing = 1;
    for (let ring = 1; ring <= this.#numRings; ring++) {
      const power = this.#kernel.powers(
        this.#ringAddress(bins, ring),
        this.#ringAddress(alphas, ring),
        withNoise ? noise + 4 * (ring - 1) * this.#numAngles : 0,
        4 * numCodewords,
        this.#numAngles,
        powers + 4 * (ring - 1) * this.#numAngles,
      );
      if (power > topPower) {
        topPower = power;
        topRing = ring;
      }
    }
    return this.#powers.indexOf(topPower, (topRing - 1) * this.#numAngles);
  }

  /** Columns, ascending, that may receive `amplitude` or more from a channel of this norm. Valid until the next call. */
  candidates(amplitude: number, channelNorm: number): Int32Array {
    const { powers, residuals, candidates } = this.#layout;
    const count = this.#kernel.candidates(
      powers,
      residuals,
      this.#powers.length,
      // Both are rounded to single precision, in the direction that keeps candidates.
      amplitude * (1 - 1e-6),
      channelNorm * (1 + 1e-6),
      candidates,
    );
    return this.#found.subarray(0, count);
  }

  /**
   * What columns receive by their windows of bins: re, im and how far off that is, of the norm of the channel, shape
   * [columns.length, 3]. Infinity where no window says anything. Valid until the next call.
   */
  estimates(columns: Int32Array): Float32Array {
    const { candidates, windows, estimates } = this.#layout;
    if (columns.byteOffset !== candidates || columns.buffer !== this.#found.buffer) this.#found.set(columns);
    this.#kernel.estimates(candidates, columns.length, windows, this.#numAngles, estimates);
    return this.#estimates;
  }

  #ringAddress(table: number, ring: number): number {
    return table + 8 * (ring - 1) * this.#numAngles;
  }

  #chirpAddress(ring: number): number {
    return this.#layout.chirps + 8 * (ring - 1) * this.#numElements;
  }

  #transformRing(ring: number): void {
    const { channelSingle, folded, ones, scratch, scratch2, bins, twiddles } = this.#layout;
    const chirp = this.#chirpAddress(ring);
    const folds = this.#numAngles < this.#numElements;
    if (folds) this.#kernel.chirpFold(channelSingle, chirp, this.#numElements, this.#numAngles, folded);
    this.#kernel.chirpedFft(
      folds ? folded : channelSingle,
      folds ? ones : chirp,
      scratch,
      scratch2,
      this.#ringAddress(bins, ring),
      this.#numAngles,
      twiddles,
    );
  }

  /**
   * Expands every codeword of a ring in the ring's bins: the transform of the steering vector of its focus, a channel
   * that the codeword conjugates, holds all its coefficients (eq. 58).
   */
  #fillFactors(codebook: PolarCodebook, ring: number, windows: WindowTable): void {
    const { array, numAngles } = codebook;
    const { numElements } = array;
    const { memory } = this.#kernel;
    const alphas = new Float32Array(
      memory.buffer,
      this.#ringAddress(this.#layout.alphas, ring),
      2 * numAngles,
    );
    const column = (ring - 1) * numAngles;
    const residuals = new Float32Array(memory.buffer, this.#layout.residuals + 4 * column, numAngles);
    const channel = new Float64Array(memory.buffer, this.#layout.channel, 2 * numElements);
    const start = 2 * column;
    const re = this.#bins.subarray(start, start + numAngles);
    const im = this.#bins.subarray(start + numAngles, start + 2 * numAngles);
    const scale = 1 / Math.sqrt(numElements);
    for (let k = 0; k < numAngles; k++) {
      const focusM = codebook.focusM({ ring, angleIndex: k + 1 });
      channel.fill(0);
      if (focusM === null) fillPlaneWave(channel, array, codebook.sinAngles[k]!);
      else {
        const { elementY } = this.#layout;
        const [x, y] = focusM;
        const { channel: h, path } = this.#layout;
        this.#kernel.addPath(h, elementY, numElements, 1, 0, x, y, 1 / array.wavelengthM, path);
      }
      this.#kernel.toSingle(this.#layout.channel, this.#layout.channelSingle, 2 * numElements);
      this.#transformRing(ring);
      alphas[k] = re[k]! * scale;
      alphas[numAngles + k] = -im[k]! * scale;
      residuals[k] = residualOf((re[k]! ** 2 + im[k]! ** 2) / numElements);
      windows.add({
        column: column + k,
        ownBin: k,
        bins: this.#ringAddress(this.#layout.bins, ring),
        re,
        im,
        numElements,
      });
    }
  }
}

/** Norm of what is left of a unit vector when `energy` of it is accounted for, rounding included. */
function residualOf(energy: number): number {
  return Math.sqrt(Math.max(0, 1 - energy) + ROUNDING_SQUARED) + ROUNDING;
}

/**
 * Chirp of a ring and the shift of the angle grid, which lies half a bin beside that of a DFT (eq. 56 and 57); scaled so
 * that the bins are received amplitudes of unit-norm plane waves.
 */
function fillChirp(chirp: Float32Array, { array, numAngles }: PolarCodebook, ringDistanceM: number): void {
  const { numElements, wavelengthM } = array;
  const scale = 1 / Math.sqrt(numElements);
  const middle = (numAngles - 1) / 2;
  for (let k = 0; k < numElements; k++) {
    const phase = wrappedRad(
      array.elementYM[k]! ** 2 / (2 * ringDistanceM * wavelengthM) + (middle * k) / numAngles,
    );
    chirp[k] = scale * Math.cos(phase);
    chirp[numElements + k] = scale * Math.sin(phase);
  }
}

/** Conjugate of the weights of a codeword at infinity, times sqrt N. */
function fillPlaneWave(channel: Float64Array, array: LinearArray, sinAngle: number): void {
  const { numElements } = array;
  for (let k = 0; k < numElements; k++) {
    const phase = Math.PI * array.elementOffset(k) * sinAngle;
    channel[k] = Math.cos(phase);
    channel[numElements + k] = Math.sin(phase);
  }
}

/** exp(-j 2 pi k / N) for all k, then its first three powers for k < N/4. */
function fillTwiddles(table: Float32Array, numPoints: number): void {
  const fill = (from: number, count: number, power: number) => {
    for (let k = 0; k < count; k++) {
      const phase = (-2 * Math.PI * power * k) / numPoints;
      table[from + k] = Math.cos(phase);
      table[from + count + k] = Math.sin(phase);
    }
  };
  fill(0, numPoints, 1);
  for (let power = 1; power <= 3; power++)
    fill(2 * numPoints + ((power - 1) * numPoints) / 2, numPoints / 4, power);
}
