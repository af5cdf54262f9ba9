/** Which calibration table a run uses, and whether it fits what it is used for. */
import { tableWarnings } from '../../../calibration/table/table-fit.js';
import type { CampaignParts } from '../campaign-parts.js';
import { boardTemperatureC } from './board-temperature.js';

const DAY_MS = 86_400_000;

/** Records the table, its age and the board's temperature, once a run. @returns where it does not fit, one sentence each. */
export async function tableInUse({
  calibration,
  preparation,
  testbed,
  recording,
  signal,
}: Pick<CampaignParts, 'calibration' | 'preparation' | 'testbed' | 'recording' | 'signal'>): Promise<
  string[]
> {
  if (calibration === null) return [];
  const { file, measured } = calibration;
  const { array, band } = preparation;
  // Nobody is asked for what nothing is compared with.
  const temperatureC =
    measured.temperatureC === undefined ? null : await boardTemperatureC(testbed.board, signal);
  const nowMs = Date.now();
  const warnings = tableWarnings(calibration, {
    ...{ carrierHz: array.carrierHz, firmware: testbed.board.description.firmware, nowMs },
    ...(band !== null && { bandwidthHz: band.bandwidthHz }),
    ...(temperatureC !== null && { temperatureC }),
  });
  recording.event('calibration table', {
    table: file,
    ...(measured.date !== undefined && {
      date: measured.date,
      ageDays: Number(((nowMs - Date.parse(measured.date)) / DAY_MS).toFixed(2)),
    }),
    ...(temperatureC !== null && { temperatureC }),
    warnings,
  });
  return warnings;
}
