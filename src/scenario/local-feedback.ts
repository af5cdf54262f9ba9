/** UEs that estimate by themselves: what they are told of the beams, and what it takes of a UE. */

import type { BoardBeams } from '../../calibration/board-beams.js';
import type { UeDescription } from '../bridge/bridge.js';
import { whyNoEstimate } from '../bridge/estimate-request.js';
import { requirePolar } from '../codebook/array-codebook.js';
import { BeamloopError } from '../core/errors.js';
import { usesActualBeams } from '../training/estimators/choice.js';
import { type LocalEstimateSetup, localEstimateSetup } from '../training/local-estimate.js';
import { splitOf } from '../training/registry.js';
import type { Preparation } from './plan.js';

/**
 * What the UEs are told; null when they report powers.
 *
 * @throws PLAN_REFUSED when there are more pilots, or there is more to tell of them, than a UE can be asked for.
 */
export function localFeedback(
  { scenario, codebook, wideband }: Pick<Preparation, 'scenario' | 'codebook' | 'wideband'>,
  beams: BoardBeams,
): LocalEstimateSetup | null {
  const { scheme } = scenario;
  const split = splitOf(scheme);
  if (scenario.bridge.feedback === 'powers' || wideband === null || split === null) return null;
  const { band, sector } = wideband;
  const { array } = requirePolar(codebook, 'An estimate by UEs');
  const { pilots } = split.codebook(array, wideband);
  const radiated = usesActualBeams(split.estimator)
    ? pilots.map(({ codeword }) => beams.realise(codeword))
    : null;
  const setup = localEstimateSetup(array, band, sector, scheme, radiated);
  const refused = whyNoEstimate(pilots.length, setup);
  if (refused === null) return setup;
  throw new BeamloopError('PLAN_REFUSED', {
    what: refused,
    where: 'bridge.feedback',
    todo: 'Use feedback: powers, fewer pilots, or an estimator that needs no dictionary of the actual beams (dictionary: ideal)',
  });
}

/** Throws UE_ESTIMATE when the UE did not offer to estimate. */
export function requireLocalEstimates({ ueId, model, localEstimates = false }: UeDescription): void {
  if (localEstimates) return;
  throw new BeamloopError('UE_ESTIMATE', {
    what: `The UE ${ueId} (${model}) does not estimate by itself, and the scenario asks for it`,
    where: 'bridge.feedback',
    todo: 'Set bridge.feedback: powers, or use a UE that says localEstimates in its hello',
  });
}
