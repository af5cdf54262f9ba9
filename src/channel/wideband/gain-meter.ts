/** The power gain that codewords bring to a point, subcarrier by subcarrier. */

import type { AntennaArray } from '../../array/antenna-array.js';
import type { Band } from '../../array/band.js';
import { LinearArray } from '../../array/linear-array.js';
import { PlanarArray, type SeenPlace } from '../../array/planar-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import { checkCodeword } from '../../codebook/codeword-check.js';
import { complexVector } from '../../core/complex.js';
import { BeamloopError } from '../../core/errors.js';
import { beamOf, sphericalDifferenceS, travelTimeDifferenceS } from './response.js';
import { createSubcarrierSum } from './subcarrier-sum.js';

/** Spherical waves, or their second-order approximation. */
export type WaveModel = 'exact' | 'fresnel';

/** |h^T w|^2 / N of all subcarriers of a line of sight, 1 for a perfect beam. One point at a time. */
export class GainMeter {
  readonly #array: AntennaArray;
  readonly #model: WaveModel;
  readonly #sum;
  readonly #out;
  readonly #delayS: Float64Array;
  #travelTimeS: Float64Array;

  constructor(array: AntennaArray, band: Band, model: WaveModel = 'exact') {
    this.#array = array;
    this.#model = model;
    this.#sum = createSubcarrierSum(array.numElements, band);
    this.#out = complexVector(band.numSubcarriers);
    this.#delayS = new Float64Array(array.numElements);
    this.#travelTimeS = new Float64Array(array.numElements);
  }

  /**
   * @param distanceM from the array's centre; Infinity for the far field.
   * @throws BAD_ARGUMENT for a point that is not in front of the array.
   */
  setPoint(sinAngle: number, distanceM: number): void {
    if (!(Math.abs(sinAngle) <= 1) || !(distanceM > 0)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `There is no point in front of the array at sin(angle) ${sinAngle}, ${distanceM} m`,
        where: Math.abs(sinAngle) <= 1 ? 'distanceM' : 'sinAngle',
        todo: 'Give the sine of the angle from broadside, from -1 to 1, and a distance above 0',
      });
    }
    const array = this.#array;
    if (!(array instanceof LinearArray)) throw needsOther('linear');
    this.#travelTimeS =
      this.#model === 'exact'
        ? sphericalDifferenceS(array, sinAngle, distanceM)
        : travelTimeDifferenceS(
            array,
            { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) },
            'fresnel',
          );
  }

  /**
   * As `setPoint`, of a planar array and a place as it sees it; spherical waves whatever the model.
   *
   * @throws BAD_ARGUMENT for a place that is not in front of the array.
   */
  setPlace(place: SeenPlace): void {
    const array = this.#array;
    if (!(array instanceof PlanarArray)) throw needsOther('planar');
    this.#travelTimeS = array.travelTimeDifferenceS(place);
  }

  /**
   * @returns at the point, shape [numSubcarriers].
   * @throws BAD_ARGUMENT for a codeword of another array, or with values that are none.
   */
  powerGain(codeword: Codeword): Float64Array {
    checkCodeword(codeword, this.#array.numElements);
    const { re, im, delayS } = beamOf(codeword);
    for (let n = 0; n < this.#delayS.length; n++) {
      this.#delayS[n] = this.#travelTimeS[n]! + (delayS === null ? 0 : delayS[n]!);
    }
    this.#sum.evaluate(re, im, this.#delayS, this.#out);
    const { re: outRe, im: outIm } = this.#out;
    return outRe.map((x, m) => (x * x + outIm[m]! ** 2) / this.#array.numElements);
  }
}

function needsOther(kind: 'linear' | 'planar'): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `Such points are of ${kind} arrays, and this one is none`,
    todo: kind === 'linear' ? 'Use setPlace' : 'Use setPoint',
  });
}
