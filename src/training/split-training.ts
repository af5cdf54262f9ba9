import type { FocalPoint } from '../array/focal-point.js';
import { distanceOfM } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import type { SplitCodebook } from '../codebook/beam-split.js';
import { servingCodeword } from '../codebook/serving.js';
import type { PointEstimator } from './estimators/point-estimator.js';
import type { Estimate, Scheme } from './scheme.js';

/**
 * Sends all pilots of a splitting codebook once and serves where the estimator says: training with distance-dependent
 * beam split (TD-PS), with near-field rainbow and with far-field rainbow alike.
 *
 * @param estimator built when the powers are there: dictionaries take a while.
 */
export function* splitTraining(codebook: SplitCodebook, estimator: () => PointEstimator): Scheme {
  const powers = yield codebook.pilots.map(({ codeword }) => codeword);
  return servedAt(codebook.array, powers.localEstimate ?? estimator().estimate(powers));
}

/** The estimate that serves a point over the whole band. */
export function servedAt(array: LinearArray, point: FocalPoint): Estimate {
  return {
    codeword: servingCodeword(array, point),
    angleRad: Math.asin(point.sinAngle),
    distanceM: distanceOfM(point),
  };
}
