/**
 * The sum over elements for all subcarriers by a non-uniform fast Fourier transform (docs/model.md eq. 49 to 51): each
 * element is spread over a few points of a regular grid in delay, one FFT goes to frequency, and the window's transform
 * is divided out.
 */
import type { Band } from '../../array/band.js';
import type { Complex, ComplexVector } from '../../core/complex.js';
import { BeamloopError } from '../../core/errors.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../wasm-module.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from './response.js';
import { windowCoefficients, windowTransform } from './spreading-window.js';

/** subcarrier-sum.as.ts and its parts say what each function does. */
interface SumKernel extends WasmKernel {
  prepare(
    weights: number,
    delay: number,
    imag: number,
    count: number,
    gainRe: number,
    gainIm: number,
    referenceHz: number,
    spacingHz: number,
    numPoints: number,
    turned: number,
    place: number,
  ): void;
  spread(
    turned: number,
    imag: number,
    place: number,
    count: number,
    grid: number,
    gridImag: number,
    window: number,
  ): void;
  wrap(grid: number, numPoints: number, margin: number): void;
  transform(
    grid: number,
    gridImag: number,
    length: number,
    twiddles: number,
    work: number,
    work2: number,
    factors: number,
    lower: number,
    upper: number,
    out: number,
    outImag: number,
  ): void;
}

/** Keeps arrays that are worked on together off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;
/** Grid points of a period that elements next to its ends are spread over. */
const MARGIN = 6;
const SMALLEST_GRID = 16;

/** Off from the sum in double precision by less than 1e-10 of sum |re[n] + j im[n]|. Not for two threads. */
export class FastSum implements SubcarrierSum {
  readonly band: Band;
  readonly #kernel: SumKernel;
  readonly #numPoints: number;
  /** Elements, one more if they are odd in number; the last then stays 0. */
  readonly #numRows: number;
  /** Subcarriers below the reference frequency. */
  readonly #numLower: number;
  readonly #referenceHz: number;
  readonly #at: Readonly<Record<Place, number>>;
  readonly #gridImag: number;
  readonly #outImag: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #delayS: Float64Array;
  readonly #grid: Float64Array;
  readonly #sumRe: Float64Array;
  readonly #sumIm: Float64Array;

  constructor(numElements: number, band: Band) {
    const { numSubcarriers } = band;
    this.band = band;
    this.#numPoints = gridPoints(numSubcarriers);
    this.#numRows = numElements + (numElements % 2);
    this.#numLower = Math.floor(numSubcarriers / 2);
    this.#referenceHz = band.frequenciesHz[this.#numLower]!;

    let end = FIRST_ADDRESS;
    const take = (count: number) => {
      const at = end;
      end += Math.ceil(count / 8) * 64 + GAP_BYTES;
      return at;
    };
    const points = this.#numPoints;
    this.#at = {
      window: take(windowCoefficients().length),
      re: take(this.#numRows),
      im: take(this.#numRows),
      delay: take(this.#numRows),
      turned: take(2 * this.#numRows + GAP_BYTES / 8 + 8),
      place: take(this.#numRows),
      gridRe: take(points + 2 * MARGIN),
      gridIm: take(points + 2 * MARGIN),
      work: take(2 * points),
      work2: take(2 * points),
      twiddles: take(2 * points),
      factors: take(points / 2),
      outRe: take(numSubcarriers + 2),
      outIm: take(numSubcarriers + 2),
    };
    this.#kernel = instantiate<SumKernel>('wideband/subcarrier-sum.wasm', end);
    const view = (at: number, count: number) => new Float64Array(this.#kernel.memory.buffer, at, count);
    this.#re = view(this.#at.re, numElements);
    this.#im = view(this.#at.im, numElements);
    this.#delayS = view(this.#at.delay, numElements);
    this.#gridImag = this.#at.gridIm - this.#at.gridRe;
    this.#grid = view(this.#at.gridRe, this.#gridImag / 8 + points + 2 * MARGIN);
    this.#outImag = this.#at.outIm - this.#at.outRe;
    // The number before the first is overwritten by the kernel.
    this.#sumRe = view(this.#at.outRe + 8, numSubcarriers);
    this.#sumIm = view(this.#at.outIm + 8, numSubcarriers);
    view(this.#at.window, windowCoefficients().length).set(windowCoefficients());
    view(this.#at.twiddles, 2 * points).set(twiddles(points));
    view(this.#at.factors, points / 2).set(factors(points));
  }

  evaluate(re: Float64Array, im: Float64Array, delayS: Float64Array, out: ComplexVector): void {
    this.#grid.fill(0);
    this.#setWeights(re, im);
    this.#delayS.set(delayS);
    this.#spread(ONE);
    this.#transform(out);
  }

  /** All paths share the grid, so there is one FFT however many there are. */
  receive({ re, im, delayS }: ElementBeam, paths: readonly DelayedPath[], out: ComplexVector): void {
    this.#grid.fill(0);
    this.#setWeights(re, im);
    for (const path of paths) {
      this.#delayS.set(path.delayS);
      if (delayS !== null) for (let n = 0; n < delayS.length; n++) this.#delayS[n]! += delayS[n]!;
      this.#spread(path.gain);
    }
    this.#transform(out);
  }

  #setWeights(re: Float64Array, im: Float64Array): void {
    if (re.length !== this.#re.length) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `A beam of ${re.length} elements was given to a sum over ${this.#re.length}`,
        todo: 'Make a sum per array',
      });
    }
    this.#re.set(re);
    this.#im.set(im);
  }

  #spread(gain: Complex): void {
    const at = this.#at;
    const imag = at.im - at.re;
    const grid = at.gridRe + 8 * MARGIN;
    this.#kernel.prepare(
      at.re,
      at.delay,
      imag,
      this.#numRows,
      gain.re,
      gain.im,
      this.#referenceHz,
      this.band.spacingHz,
      this.#numPoints,
      at.turned,
      at.place,
    );
    this.#kernel.spread(at.turned, imag, at.place, this.#numRows, grid, this.#gridImag, at.window);
  }

  #transform(out: ComplexVector): void {
    const at = this.#at;
    const grid = at.gridRe + 8 * MARGIN;
    this.#kernel.wrap(grid, this.#numPoints, MARGIN);
    this.#kernel.wrap(grid + this.#gridImag, this.#numPoints, MARGIN);
    this.#kernel.transform(
      grid,
      this.#gridImag,
      this.#numPoints,
      at.twiddles,
      at.work,
      at.work2,
      at.factors,
      this.#numLower,
      this.band.numSubcarriers - this.#numLower,
      at.outRe + 8 * (1 + this.#numLower),
      this.#outImag,
    );
    out.re.set(this.#sumRe);
    out.im.set(this.#sumIm);
  }
}

type Place =
  | 'window'
  | 're'
  | 'im'
  | 'delay'
  | 'turned'
  | 'place'
  | 'gridRe'
  | 'gridIm'
  | 'work'
  | 'work2'
  | 'twiddles'
  | 'factors'
  | 'outRe'
  | 'outIm';

const ONE: Complex = { re: 1, im: 0 };

/** At least twice as many as subcarriers, a power of two. */
function gridPoints(numSubcarriers: number): number {
  let points = SMALLEST_GRID;
  while (points < 2 * numSubcarriers) points *= 2;
  return points;
}

/** As `transform` wants them. */
function twiddles(numPoints: number): Float64Array {
  const out = new Float64Array(2 * numPoints);
  const quarter = numPoints / 4;
  const set = (at: number, turns: number, step: number) => {
    out[at] = Math.cos(2 * Math.PI * turns);
    out[at + step] = -Math.sin(2 * Math.PI * turns);
  };
  for (let p = 0; p < quarter; p++) {
    for (const power of [1, 2, 3]) set(2 * (power - 1) * quarter + p, (power * p) / numPoints, quarter);
  }
  let at = 6 * quarter;
  for (let length = quarter; length > 4; length /= 4) {
    for (let p = 0; p < length / 4; p++) {
      for (const power of [1, 2, 3]) {
        set(at, (power * p) / length, 1);
        at += 2;
      }
    }
  }
  return out;
}

/** One over the window's transform at k = 0..points/4-1 and then at k = -points/4..-1 (eq. 51). */
function factors(numPoints: number): Float64Array {
  const quarter = numPoints / 4;
  return Float64Array.from(
    { length: 2 * quarter },
    (_, k) => 1 / windowTransform((k < quarter ? k : k - 2 * quarter) / numPoints),
  );
}
