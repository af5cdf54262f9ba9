/** What trackers make of the powers of an epoch. */
import type { EpochPilot, UserEpoch } from './tracker.js';

export interface HeardPilot extends EpochPilot {
  readonly power: number;
}

/** The user's own beams that were measured. */
export function ownHeard({ pilots }: UserEpoch): HeardPilot[] {
  return pilots.filter(
    (pilot): pilot is HeardPilot => pilot.purpose !== 'interference' && pilot.power !== null,
  );
}

/** The user's own beam that was received the strongest; null when none was measured. */
export function strongestHeard(epoch: UserEpoch): HeardPilot | null {
  return ownHeard(epoch).reduce<HeardPilot | null>(
    (most, pilot) => (most === null || pilot.power > most.power ? pilot : most),
    null,
  );
}
