/** UEs that estimate by themselves: what they are told of the beams, and what it takes of a UE. */
import type { UeDescription } from '../bridge/bridge.js';
import { BeamloopError } from '../core/errors.js';
import { type LocalEstimateSetup, localEstimateSetup } from '../training/local-estimate.js';
import { splitCodebookOf } from '../training/registry.js';
import type { BoardBeams } from './board-beams.js';
import type { Preparation } from './plan.js';

/** What the UEs are told; null when they report powers. */
export function localFeedback(
  { scenario, polar, wideband }: Pick<Preparation, 'scenario' | 'polar' | 'wideband'>,
  beams: BoardBeams,
): LocalEstimateSetup | null {
  const { scheme } = scenario;
  if (scenario.bridge.feedback === 'powers' || wideband === null || !('estimator' in scheme)) return null;
  const { band, sector } = wideband;
  const { estimator } = scheme;
  const actual = estimator.name === 'matched-filter' && estimator.dictionary === 'actual';
  const radiated = () =>
    splitCodebookOf(scheme, polar.array, wideband).pilots.map(({ codeword }) => beams.realise(codeword));
  return localEstimateSetup(polar.array, band, sector, scheme, actual ? radiated() : null);
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
