import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Powers } from '../../sounding/powers.js';
import { strongest } from '../polar-estimate.js';
import { type PointEstimator, requirePowersOf } from './point-estimator.js';

/** The focus of the strongest subcarrier of all pilots (docs/model.md eq. 60). */
export class OnGridEstimator implements PointEstimator {
  readonly #codebook: SplitCodebook;

  constructor(codebook: SplitCodebook) {
    this.#codebook = codebook;
  }

  estimate(powers: Powers): FocalPoint {
    requirePowersOf(this.#codebook, powers);
    const best = strongest(powers.perSubcarrier);
    const { foci } = this.#codebook.pilots[Math.floor(best / powers.numSubcarriers)]!;
    const m = best % powers.numSubcarriers;
    return possiblePoint(foci.sinAngle[m]!, foci.ringPerM[m]!);
  }
}

/** A focus behind the horizon counts as on it, one beyond infinity as there. */
export function possiblePoint(sinAngle: number, ringPerM: number): FocalPoint {
  return { sinAngle: Math.max(-1, Math.min(1, sinAngle)), ringPerM: Math.max(0, ringPerM) };
}
