/**
 * Pilots that were sent again to check an estimate (src/training/evidence-check.ts), apart from those that the scheme asked for: the
 * former say whether the user is found, the latter alone where.
 */
import type { Recording } from '../record/recording.js';

/** Pilots of one user that was found. */
export interface PilotCounts {
  /** That the scheme asked for. */
  readonly numPilots: number;
  /** That were sent after them, to check the estimate. */
  readonly numCheckPilots: number;
}

/**
 * Of each user that was found, the pilots in its recording that its scheme did not ask for.
 *
 * @param where SQL condition on the ids of users, `ue`; all of them unless given.
 */
export async function numCheckPilotsOf(
  recording: Recording,
  where = '',
): Promise<ReadonlyMap<string, number>> {
  const counts = await recording.query(`
    SELECT ue, count(DISTINCT (batch, position)) AS sent, any_value(num_pilots) AS asked
    FROM (FROM slots ${where}) JOIN (FROM estimates ${where}) USING (ue)
    WHERE sounding = ue AND epoch = 0 GROUP BY ue`);
  return new Map(counts.map(({ ue, sent, asked }) => [String(ue), Number(sent) - Number(asked)]));
}

/** `78`, or `8 + 16` where the estimate was checked; `PILOTS_NOTE` says which is which. */
export function pilotsText(
  { numPilots, numCheckPilots }: PilotCounts,
  count: (pilots: number) => string = String,
): string {
  return numCheckPilots === 0 ? count(numPilots) : `${count(numPilots)} + ${count(numCheckPilots)}`;
}

export const PILOTS_NOTE = 'Pilots: those of the scheme + those that were sent again to check its estimate.';
