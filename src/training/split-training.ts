import type { FocalPoint } from '../array/focal-point.js';
import { distanceOfM } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import type { SplitCodebook } from '../codebook/beam-split.js';
import { servingCodeword } from '../codebook/serving.js';
import { once } from '../core/once.js';
import type { EstimatorChoice } from './estimators/choice.js';
import { createEstimator } from './estimators/create-estimator.js';
import type { PointEstimator } from './estimators/point-estimator.js';
import type { Estimate, Scheme } from './scheme.js';
import { nothing, type SchemeFactory, type WidebandSetting } from './scheme-factory.js';

/**
 * Sends all pilots of a splitting codebook once and serves where the estimator says: training with distance-dependent
 * beam split (TD-PS), with near-field rainbow and with far-field rainbow alike.
 *
 * @param estimator built when the powers are there: dictionaries take a while.
 */
function* splitTraining(codebook: SplitCodebook, estimator: () => PointEstimator): Scheme {
  const powers = yield codebook.pilots.map(({ codeword }) => codeword);
  return servedAt(codebook.array, powers.localEstimate ?? estimator().estimate(powers));
}

/** Users share the estimator, whose dictionary is built when it is first asked. */
export function splitTrainingFactory(
  codebook: SplitCodebook,
  choice: EstimatorChoice,
  { band, sector, realise = (codeword) => codeword }: WidebandSetting,
): SchemeFactory {
  const estimator = once(() => createEstimator(choice, { codebook, sector, realise }));
  return {
    start: () => splitTraining(codebook, estimator),
    band,
    onlySubcarrier: null,
    preparing: () => estimator().preparing ?? nothing(),
    searches: () => estimator().statistics ?? null,
    adaptive: false,
  };
}

/** The estimate that serves a point over the whole band. */
export function servedAt(array: LinearArray, point: FocalPoint): Estimate {
  return {
    codeword: servingCodeword(array, point),
    angleRad: Math.asin(point.sinAngle),
    distanceM: distanceOfM(point),
  };
}
