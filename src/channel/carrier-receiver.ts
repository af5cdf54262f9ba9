import type { AntennaArray } from '../array/antenna-array.js';
import { type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import { wrappedRad } from '../core/turns.js';
import { channelVector } from './channel.js';
import type { Path } from './paths.js';
import type { ElementBeam } from './wideband/response.js';

/** What a user receives of beams at the carrier. Its channel is one vector, computed once. */
export class CarrierReceiver {
  readonly #carrierHz: number;
  readonly #channel: ComplexVector;

  constructor(array: AntennaArray, paths: readonly Path[]) {
    this.#carrierHz = array.carrierHz;
    this.#channel = channelVector(array, paths);
  }

  /** Noise-free pilot h^T(f) w(f), shape [1] (docs/model.md eq. 47). */
  receive(beam: ElementBeam): ComplexVector {
    const { re, im } = transposeProduct(this.#channel, weightsAt(beam, this.#carrierHz));
    return { re: Float64Array.of(re), im: Float64Array.of(im) };
  }
}

/** w_n(f) = w_n exp(-j 2 pi f delay_n), shape [numElements]. */
export function weightsAt({ re, im, delayS }: ElementBeam, frequencyHz: number): ComplexVector {
  if (delayS === null) return { re, im };
  const weights = complexVector(re.length);
  for (let n = 0; n < re.length; n++) {
    const phaseRad = -wrappedRad(frequencyHz * delayS[n]!);
    const cos = Math.cos(phaseRad);
    const sin = Math.sin(phaseRad);
    weights.re[n] = re[n]! * cos - im[n]! * sin;
    weights.im[n] = re[n]! * sin + im[n]! * cos;
  }
  return weights;
}
