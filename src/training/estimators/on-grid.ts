import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { strongest } from '../polar-estimate.js';
import type { Powers } from '../scheme.js';
import type { PointEstimator } from './point-estimator.js';

/** The focus of the strongest subcarrier of all pilots; a focus behind the horizon counts as on it. */
export class OnGridEstimator implements PointEstimator {
  readonly #codebook: SplitCodebook;

  constructor(codebook: SplitCodebook) {
    this.#codebook = codebook;
  }

  estimate({ perSubcarrier, numSubcarriers }: Powers): FocalPoint {
    const best = strongest(perSubcarrier);
    const { foci } = this.#codebook.pilots[Math.floor(best / numSubcarriers)]!;
    const m = best % numSubcarriers;
    return {
      sinAngle: Math.max(-1, Math.min(1, foci.sinAngle[m]!)),
      ringPerM: foci.ringPerM[m]!,
    };
  }
}
