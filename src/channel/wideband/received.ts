/** What a user receives of a beam on every subcarrier, over all of its paths (docs/model.md eq. 76). */
import type { LinearArray } from '../../array/linear-array.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';
import type { Path } from '../paths.js';
import { type ElementBeam, type SubcarrierSum, travelTimeS } from './response.js';

/** Receives beams over the paths to one user. Many users may share a sum, one after the other. */
export class BeamReceiver {
  readonly #sum: SubcarrierSum;
  readonly #paths: readonly { readonly re: number; readonly im: number; readonly delayS: Float64Array }[];

  constructor(sum: SubcarrierSum, array: LinearArray, paths: readonly Path[]) {
    this.#sum = sum;
    this.#paths = paths.map(({ gain, positionM }) => ({ ...gain, delayS: travelTimeS(array, positionM) }));
  }

  /** Noise-free h^T(f) w(f), shape [numSubcarriers]. */
  receive({ re, im, delayS }: ElementBeam): ComplexVector {
    const { numSubcarriers } = this.#sum.band;
    const total = complexVector(numSubcarriers);
    const part = complexVector(numSubcarriers);
    for (const path of this.#paths) {
      const delaysS = delayS === null ? path.delayS : path.delayS.map((travelS, n) => travelS + delayS[n]!);
      this.#sum.evaluate(re, im, delaysS, part);
      for (let m = 0; m < numSubcarriers; m++) {
        total.re[m]! += path.re * part.re[m]! - path.im * part.im[m]!;
        total.im[m]! += path.re * part.im[m]! + path.im * part.re[m]!;
      }
    }
    return total;
  }
}
