/** Which slot of a pilot counts, for whoever reads a recording. */
import type { Row } from '../record/schema.js';

type PilotSlot = Pick<Row<'slots'>, 'slot' | 'ue' | 'batch' | 'position'>;

/** Names what one UE has to do with a slot: several may listen in it. */
export function listeningKey({ slot, ue }: Pick<PilotSlot, 'slot' | 'ue'>): string {
  return `${slot} ${ue}`;
}

/**
 * The slots that gave pilots their powers, one per pilot, in the order of batches and positions in them.
 *
 * @param slots in the order of their numbers, of one UE in one sounding.
 * @param isMeasured whether a slot is `joined` (src/slots/slot-outcome.ts). A run leaves at most one such slot per pilot; where
 *   a UE forgot the powers that it kept, or an older version wrote the recording, there may be more: the first counts.
 */
export function measuredPilots<S extends PilotSlot>(
  slots: readonly S[],
  isMeasured: (slot: S) => boolean,
): S[] {
  const byPilot = new Map<string, S>();
  for (const slot of slots) {
    const pilot = `${slot.batch}/${slot.position}`;
    if (!byPilot.has(pilot) && isMeasured(slot)) byPilot.set(pilot, slot);
  }
  return [...byPilot.values()].sort((a, b) => a.batch - b.batch || a.position - b.position);
}
