/**
 * The sum over elements for all subcarriers by a non-uniform fast Fourier transform (docs/model.md eq. 50 to 52): each
 * element is spread over a few points of a regular grid in delay, one FFT goes to frequency, and the window's transform
 * is divided out.
 */
import type { Band } from '../../array/band.js';
import type { Complex, ComplexVector } from '../../core/complex.js';
import { BeamloopError } from '../../core/errors.js';
import { twiddles } from '../../kernels/fft-twiddles.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../kernels/wasm-module.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from './response.js';
import { SpreadingWindow } from './spreading-window.js';

/** subcarrier-sum.as.ts and its parts say what each function does; those for single precision are called `…Single`. */
interface SumKernel extends WasmKernel, SumFunctions {
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
  spreadSingle: SumFunctions['spread'];
  wrapSingle: SumFunctions['wrap'];
  transformSingle: SumFunctions['transform'];
}

interface SumFunctions {
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

/** What they are off by is said where they are chosen from (subcarrier-sum.ts). */
export type SumPrecision = 'double' | 'single';

const PRECISIONS = {
  double: { numbers: Float64Array, window: new SpreadingWindow(12) },
  single: { numbers: Float32Array, window: new SpreadingWindow(8) },
} as const;

/** Keeps arrays that are worked on together off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;
const SMALLEST_GRID = 16;
/** Numbers before the first of the output and after the last that the kernel may overwrite. */
const OUT_MARGIN = 4;

/** Not for two threads. */
export class FastSum implements SubcarrierSum {
  readonly band: Band;
  readonly #kernel: SumKernel;
  readonly #functions: SumFunctions;
  /** Bytes of a number of the grid, and points beyond its ends that elements are spread over. */
  readonly #bytes: number;
  readonly #margin: number;
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
  readonly #grid: Float64Array | Float32Array;
  readonly #sumRe: Float64Array | Float32Array;
  readonly #sumIm: Float64Array | Float32Array;

  constructor(numElements: number, band: Band, precision: SumPrecision = 'double') {
    const { numSubcarriers } = band;
    const { numbers: Numbers, window } = PRECISIONS[precision];
    this.band = band;
    this.#bytes = Numbers.BYTES_PER_ELEMENT;
    this.#margin = window.numPoints / 2;
    this.#numPoints = gridPoints(numSubcarriers);
    this.#numRows = numElements + (numElements % 2);
    this.#numLower = Math.floor(numSubcarriers / 2);
    this.#referenceHz = band.frequenciesHz[this.#numLower]!;

    let end = FIRST_ADDRESS;
    const take = (numBytes: number) => {
      const at = end;
      end += Math.ceil(numBytes / 64) * 64 + GAP_BYTES;
      return at;
    };
    /** Of elements, which are double whatever the grid is; of the grid. */
    const elements = (count: number) => take(8 * count);
    const numbers = (count: number) => take(this.#bytes * count);
    const points = this.#numPoints;
    const coefficients = window.coefficients(16 / this.#bytes);
    this.#at = {
      window: numbers(coefficients.length),
      re: elements(this.#numRows),
      im: elements(this.#numRows),
      delay: elements(this.#numRows),
      turned: elements(2 * this.#numRows + GAP_BYTES / 8 + 8),
      place: elements(this.#numRows),
      gridRe: numbers(points + 2 * this.#margin),
      gridIm: numbers(points + 2 * this.#margin),
      work: numbers(2 * points),
      work2: numbers(2 * points),
      twiddles: numbers(2 * points),
      factors: numbers(points / 2),
      outRe: numbers(numSubcarriers + 2 * OUT_MARGIN),
      outIm: numbers(numSubcarriers + 2 * OUT_MARGIN),
    };
    this.#kernel = instantiate<SumKernel>('channel/wideband/subcarrier-sum.wasm', end);
    const { spreadSingle, wrapSingle, transformSingle } = this.#kernel;
    this.#functions =
      precision === 'double'
        ? this.#kernel
        : { spread: spreadSingle, wrap: wrapSingle, transform: transformSingle };
    const { buffer } = this.#kernel.memory;
    this.#re = new Float64Array(buffer, this.#at.re, numElements);
    this.#im = new Float64Array(buffer, this.#at.im, numElements);
    this.#delayS = new Float64Array(buffer, this.#at.delay, numElements);
    const view = (at: number, count: number) => new Numbers(buffer, at, count);
    this.#gridImag = this.#at.gridIm - this.#at.gridRe;
    this.#grid = view(this.#at.gridRe, this.#gridImag / this.#bytes + points + 2 * this.#margin);
    this.#outImag = this.#at.outIm - this.#at.outRe;
    this.#sumRe = view(this.#at.outRe + this.#bytes * OUT_MARGIN, numSubcarriers);
    this.#sumIm = view(this.#at.outIm + this.#bytes * OUT_MARGIN, numSubcarriers);
    view(this.#at.window, coefficients.length).set(coefficients);
    view(this.#at.twiddles, 2 * points).set(twiddles(points));
    view(this.#at.factors, points / 2).set(factors(points, window));
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
    this.#functions.spread(at.turned, imag, at.place, this.#numRows, this.#gridRe, this.#gridImag, at.window);
  }

  #transform(out: ComplexVector): void {
    const at = this.#at;
    this.#functions.wrap(this.#gridRe, this.#numPoints, this.#margin);
    this.#functions.wrap(this.#gridRe + this.#gridImag, this.#numPoints, this.#margin);
    this.#functions.transform(
      this.#gridRe,
      this.#gridImag,
      this.#numPoints,
      at.twiddles,
      at.work,
      at.work2,
      at.factors,
      this.#numLower,
      this.band.numSubcarriers - this.#numLower,
      at.outRe + this.#bytes * (OUT_MARGIN + this.#numLower),
      this.#outImag,
    );
    out.re.set(this.#sumRe);
    out.im.set(this.#sumIm);
  }

  /** Where the grid's real parts begin, after the margin. */
  get #gridRe(): number {
    return this.#at.gridRe + this.#bytes * this.#margin;
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

/** One over the window's transform at k = 0..points/4-1 and then at k = -points/4..-1 (eq. 52). */
function factors(numPoints: number, window: SpreadingWindow): Float64Array {
  const quarter = numPoints / 4;
  return Float64Array.from(
    { length: 2 * quarter },
    (_, k) => 1 / window.transform((k < quarter ? k : k - 2 * quarter) / numPoints),
  );
}
