/** How the slots of epochs are named in a recording: by whose they are and what for. */

import type { EpochPilot } from '../../slots/epoch-exchange.js';
import type { EpochTime, PlannedPilot } from '../../tracking/epoch-plan.js';

/**
 * The training of a user has the user's id, a later one that and its number; slots that serve and probe are batches by epoch.
 * Ids have no slash in them.
 *
 * @param position among the slots of the user with the same purpose in the epoch.
 */
export function soundingOf(
  { purpose, training }: Pick<PlannedPilot, 'purpose' | 'training'>,
  { epoch }: EpochTime,
  ue: string,
  position: number,
): Omit<EpochPilot, 'ues' | 'codeword'> {
  if (training === null) return { sounding: `${ue}/${purpose}`, batch: epoch, position, attempt: 1 };
  const { training: number, ...place } = training;
  return { sounding: number === 0 ? ue : `${ue}/${number}`, ...place };
}
