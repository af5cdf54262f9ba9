/**
 * Gains of codewords that serve around a place, from every few elements: what such a codeword makes of the user's wave turns
 * slowly along the array, so that one element can stand for its neighbours (docs/model.md eq. 99).
 */
import type { PointM } from '../array/linear-array.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { codewordWeights } from '../codebook/weights.js';
import type { ComplexVector } from '../core/complex.js';

/** Elements are put together until about so many groups are left. */
const NUM_LEFT = 40;

export class CoarseGains {
  readonly #codebook: PolarCodebook;
  /** In the middle of each group, shape [numGroups]. */
  readonly #elements: Int32Array;
  readonly #elementYM: Float64Array;
  /** Elements of each group, shape [numGroups]. */
  readonly #sizes: Float64Array;
  /** By column: weights of each group's middle, times its size; those that were asked for. */
  readonly #weights: (ComplexVector | undefined)[];
  readonly #wave: ComplexVector;

  constructor(codebook: PolarCodebook) {
    const { numElements, elementYM } = codebook.array;
    this.#codebook = codebook;
    this.#weights = new Array<undefined>(codebook.numAngles * codebook.numRings).fill(undefined);
    // An odd number has an element in the middle.
    const size = Math.max(1, 2 * Math.floor((numElements / NUM_LEFT - 1) / 2) + 1);
    const numGroups = Math.ceil(numElements / size);
    const lastSize = numElements - (numGroups - 1) * size;
    this.#sizes = new Float64Array(numGroups).fill(size);
    this.#sizes[numGroups - 1] = lastSize;
    this.#elements = Int32Array.from(this.#sizes, (of, k) => k * size + (of >> 1));
    this.#elementYM = Float64Array.from(this.#elements, (n) => elementYM[n]!);
    this.#wave = { re: new Float64Array(numGroups), im: new Float64Array(numGroups) };
  }

  /** The gains that `gain` tells are those at this place from now on, which lies in front of the array. */
  moveTo([xM, yM]: PointM): void {
    const { re, im } = this.#wave;
    const elementYM = this.#elementYM;
    const radPerM = (2 * Math.PI) / this.#codebook.array.wavelengthM;
    const awayM = Math.sqrt(xM * xM + yM * yM);
    for (let k = 0; k < re.length; k++) {
      const dyM = elementYM[k]! - yM;
      // Beyond the distance from the centre, which keeps the phase small.
      const phaseRad = radPerM * (Math.sqrt(xM * xM + dyM * dyM) - awayM);
      re[k] = Math.cos(phaseRad);
      im[k] = -Math.sin(phaseRad);
    }
  }

  /** Share of a perfectly focused beam's power that a user there receives of a codeword: from 0 to 1. */
  gain(column: number): number {
    const { re: ar, im: ai } = this.#wave;
    const { re: br, im: bi } = this.#weightsOf(column);
    let re = 0;
    let im = 0;
    for (let k = 0; k < ar.length; k++) {
      re += ar[k]! * br[k]! - ai[k]! * bi[k]!;
      im += ar[k]! * bi[k]! + ai[k]! * br[k]!;
    }
    return (re * re + im * im) / this.#codebook.array.numElements;
  }

  #weightsOf(column: number): ComplexVector {
    const known = this.#weights[column];
    if (known !== undefined) return known;
    const codebook = this.#codebook;
    const whole = codewordWeights(codebook.codeword(codebook.indexOf(column)), codebook.array.carrierHz);
    const of = (values: Float64Array) =>
      Float64Array.from(this.#elements, (n, k) => this.#sizes[k]! * values[n]!);
    const weights = { re: of(whole.re), im: of(whole.im) };
    this.#weights[column] = weights;
    return weights;
  }
}
