import type { FocalPoint } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { SumPrecision } from '../../channel/wideband/fast-sum.js';
import { FresnelGains } from '../../channel/wideband/fresnel-gain.js';
import {
  beamOf,
  type ElementBeam,
  type SubcarrierSum,
  travelTimeDifferenceS,
} from '../../channel/wideband/response.js';
import { createSubcarrierSum } from '../../channel/wideband/subcarrier-sum.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Codeword } from '../../codebook/codeword.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';

/** Spherical waves, or their phase to second order in the element's position. */
export type WaveModel = 'fresnel' | 'exact';

/** Power gains of all pilots and subcarriers at a point. */
export interface PointGains {
  /** Pilots times subcarriers. */
  readonly numValues: number;
  /** @param out shape [numPilots, numSubcarriers]; 1 is a perfectly focused beam. */
  evaluate(point: FocalPoint, out: Float64Array): void;
}

/** Power gains of any codewords (docs/model.md eq. 49). */
export class BeamPowers implements PointGains {
  readonly numValues: number;
  readonly #array: LinearArray;
  readonly #model: WaveModel;
  readonly #beams: readonly ElementBeam[];
  readonly #sum: SubcarrierSum;
  readonly #received;
  readonly #delayS: Float64Array;

  /**
   * @param codewords one per pilot: those of the codebook, or what a board makes of them.
   * @param precision of the sum over elements: amplitudes, 1 at perfect focus, are off by 1e-10 or 1e-6.
   */
  constructor(
    { array, band }: Pick<SplitCodebook, 'array' | 'band'>,
    codewords: readonly Codeword[],
    model: WaveModel,
    precision: SumPrecision = 'double',
  ) {
    this.numValues = codewords.length * band.numSubcarriers;
    this.#array = array;
    this.#model = model;
    this.#beams = codewords.map(beamOf);
    this.#sum = createSubcarrierSum(array.numElements, band, precision);
    this.#received = complexVector(band.numSubcarriers);
    this.#delayS = new Float64Array(array.numElements);
  }

  evaluate(point: FocalPoint, out: Float64Array | Float32Array): void {
    const scale = 1 / this.#array.numElements;
    this.#receive(point, ({ re, im }, first) => {
      for (let m = 0; m < re.length; m++) out[first + m] = (re[m]! * re[m]! + im[m]! * im[m]!) * scale;
    });
  }

  /**
   * The same before the square, up to a phase of every value that is the same at all points.
   *
   * @param out shape [numPilots, numSubcarriers] each; the root of the number of elements is a perfectly focused beam.
   */
  respond(point: FocalPoint, out: ComplexVector): void {
    this.#receive(point, ({ re, im }, first) => {
      out.re.set(re, first);
      out.im.set(im, first);
    });
  }

  /** Travel time from each element less that from the centre, s, shape [numElements]. */
  travelTimeS(point: FocalPoint): Float64Array {
    // At the very edge of the half-plane every ring but 0 shrinks to the array's centre.
    const model = Math.abs(point.sinAngle) < 1 ? this.#model : 'fresnel';
    return travelTimeDifferenceS(this.#array, point, model);
  }

  /** @param take is given what all subcarriers receive of a pilot, and the place of the first among all values. */
  #receive(point: FocalPoint, take: (received: ComplexVector, first: number) => void): void {
    const travelS = this.travelTimeS(point);
    this.#beams.forEach((beam, k) => {
      for (let n = 0; n < travelS.length; n++) {
        this.#delayS[n] = travelS[n]! + (beam.delayS === null ? 0 : beam.delayS[n]!);
      }
      this.#sum.evaluate(beam.re, beam.im, this.#delayS, this.#received);
      take(this.#received, k * this.#received.re.length);
    });
  }
}

/**
 * The fastest way to the power gains of a codebook as a board makes it.
 *
 * @param codewords one per pilot; where they are those of the codebook, the Fresnel model has a table (eq. 53) unless
 *   that would be large.
 * @param ringRangePerM rings that will be asked for.
 */
export function gainsOf(
  codebook: SplitCodebook,
  codewords: readonly Codeword[],
  model: WaveModel,
  ringRangePerM: readonly [number, number],
): PointGains {
  const { array, band, pilots } = codebook;
  const areIdeal = pilots.every(({ codeword }, k) => codeword === codewords[k]);
  if (model === 'fresnel' && areIdeal) {
    const parameters = pilots.map((pilot) => pilot.parameters);
    const table = FresnelGains.create({ array, band, pilots: parameters, ringRangePerM });
    if (table !== null) return table;
  }
  return new BeamPowers(codebook, codewords, model);
}
