/** Channels of an array on the subcarriers of a band, from ray-traced paths (docs/model.md eq. 101). */
import { requireWhole } from '../../../core/arguments.js';
import { BANDWIDTH, requireWithin } from '../../../core/bounds.js';
import { type ComplexVector, complexVector } from '../../../core/complex.js';
import { BeamloopError } from '../../../core/errors.js';
import type { UserPaths } from './user-paths.js';

export interface ChannelOptions {
  /** Places of the elements from the array's reference point, x, y and z of each, in wavelengths at the carrier, shape [numElements, 3]. */
  readonly elements: readonly (readonly [number, number, number])[];
  /** In Hz: DeepMIMO v3 itself would take GHz. */
  readonly bandwidthHz: number;
  /** K of the band; delays of K / bandwidth and more leave the symbol, and such paths are dropped, as DeepMIMO does. */
  readonly numSubcarriers: number;
  /** Those that are wanted; all of them unless given. */
  readonly subcarriers?: readonly number[];
}

/** What a path must have; the columns of a data set of paths do. */
export type ChannelPaths = Pick<
  UserPaths,
  'power' | 'phaseRad' | 'delayS' | 'departureAzimuthRad' | 'departureElevationRad'
>;

/** Makes channels user by user, in arrays that are used again. */
export class ChannelMaker {
  readonly #options: ChannelOptions;
  readonly #subcarriers: readonly number[];
  readonly #channel: ComplexVector;

  /** @throws BAD_ARGUMENT for a bandwidth in another unit, and for elements or subcarriers that are none. */
  constructor(options: ChannelOptions) {
    const { elements, bandwidthHz, numSubcarriers } = options;
    requireWithin('bandwidthHz', bandwidthHz, BANDWIDTH);
    requireWhole('numSubcarriers', numSubcarriers, 1, 1 << 16);
    this.#subcarriers = options.subcarriers ?? Array.from({ length: numSubcarriers }, (_, k) => k);
    for (const k of this.#subcarriers) requireWhole('subcarriers', k, 0, numSubcarriers - 1);
    if (
      elements.length === 0 ||
      !elements.every((place) => place.length === 3 && place.every(Number.isFinite))
    ) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'elements are no list of places',
        where: 'elements',
        todo: 'Give x, y and z of each element in wavelengths',
      });
    }
    this.#options = options;
    this.#channel = complexVector(elements.length * this.#subcarriers.length);
  }

  get numSubcarriers(): number {
    return this.#subcarriers.length;
  }

  /** Shape [numElements, numSubcarriers], row by row; overwritten by the next call. */
  channel(paths: ChannelPaths): ComplexVector {
    const { re, im } = this.#channel;
    const { elements, bandwidthHz, numSubcarriers } = this.#options;
    const width = this.#subcarriers.length;
    re.fill(0);
    im.fill(0);
    const bandRe = new Float64Array(width);
    const bandIm = new Float64Array(width);
    for (let l = 0; l < paths.power.length; l++) {
      const delay = paths.delayS[l]! * bandwidthHz;
      if (!(delay < numSubcarriers)) continue;
      const amplitude = Math.sqrt(paths.power[l]! / numSubcarriers);
      for (let k = 0; k < width; k++) {
        const turns = (delay * this.#subcarriers[k]!) / numSubcarriers;
        const phase = paths.phaseRad[l]! - 2 * Math.PI * (turns - Math.round(turns));
        bandRe[k] = amplitude * Math.cos(phase);
        bandIm[k] = amplitude * Math.sin(phase);
      }
      const azimuth = paths.departureAzimuthRad[l]!;
      const elevation = paths.departureElevationRad[l]!;
      const ux = Math.cos(elevation) * Math.cos(azimuth);
      const uy = Math.cos(elevation) * Math.sin(azimuth);
      const uz = Math.sin(elevation);
      for (let n = 0; n < elements.length; n++) {
        const [x, y, z] = elements[n]!;
        const phase = 2 * Math.PI * (x * ux + y * uy + z * uz);
        const c = Math.cos(phase);
        const s = Math.sin(phase);
        for (let k = 0, at = n * width; k < width; k++, at++) {
          re[at]! += c * bandRe[k]! - s * bandIm[k]!;
          im[at]! += c * bandIm[k]! + s * bandRe[k]!;
        }
      }
    }
    return this.#channel;
  }
}
