/** Whether an array is still as its calibration table says: a few random pilots, into a recording of their own. */
import path from 'node:path';
import { requireCalibrationOf } from '../../../calibration/calibration-table.js';
import type { DriftCheck } from '../../../calibration/procedures/drift-check.js';
import { tableWarnings } from '../../../calibration/table/table-fit.js';
import { BeamloopError } from '../../core/errors.js';
import { prepare } from '../../scenario/plan.js';
import type { ScenarioFile } from '../../scenario/scenario.js';
import type { CampaignParts } from '../campaign-parts.js';
import { recordUsers } from '../campaign-rows.js';
import { conduct, type RunOptions } from '../conduct.js';
import { openSounder } from '../open-sounder.js';
import { beginRecording, inNewFolder } from '../run-recording.js';
import { boardTemperatureC } from './board-temperature.js';
import { fullScaleOf, placedUser, sound } from './calibrate-array.js';
import { CHECK } from './recorded-calibration.js';
import { tableCheck } from './table-check.js';

export interface ArrayCheck {
  readonly folder: string;
  readonly check: DriftCheck;
  /** Where the table is used otherwise than it was measured, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * @param ue that listens; null: the scenario's first.
 * @param out as for `startCalibration`.
 * @throws BAD_ARGUMENT for a scenario without a table; as `startCalibration`.
 */
export function checkArray<E>(
  file: ScenarioFile<E>,
  ue: string | null,
  out: string | null,
  options: RunOptions<E>,
): Promise<ArrayCheck> {
  if (file.calibration === null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The scenario names no calibration table that could be checked',
      where: '--calibration',
      todo: 'Give it one: --calibration table.yaml',
    });
  }
  const preparation = prepare(file.scenario);
  const user = placedUser(preparation.users, ue ?? preparation.users[0]!.id);
  return inNewFolder(`${file.name}-check`, out, (folder) => {
    const run = path.basename(path.resolve(folder));
    const memory = { run, durable: new Map(), kept: new Map() };
    const open = async () => {
      const recording = await beginRecording(folder, file, run);
      recording.append('run', { key: CHECK, value: { ue: user.id } });
      return recording;
    };
    return conduct({ file, preparation }, options, memory, open, (parts) => carryOutCheck(parts, user));
  });
}

async function carryOutCheck(
  parts: CampaignParts,
  { id: ue, positionM: placeM }: ReturnType<typeof placedUser>,
): Promise<ArrayCheck> {
  const { recording, testbed, preparation, clock, signal } = parts;
  const { description } = testbed.board;
  const { array, band } = preparation;
  const table = parts.calibration!;
  requireCalibrationOf(description, table);
  await recordUsers(recording, preparation);
  const sounder = await openSounder(preparation, testbed, recording, { clock, signal });
  try {
    const temperatureC = await boardTemperatureC(testbed.board, signal);
    const fullScalePower = await fullScaleOf(parts, ue);
    const check = await sound(sounder, {
      ...{ ue, name: `check by ${ue}` },
      sounding: tableCheck(table, {
        ...{ array, board: description, placeM, fullScalePower },
        frequenciesHz: band?.frequenciesHz ?? null,
      }),
    });
    recording.append('run', { key: `${CHECK}Outcome`, value: check });
    recording.event('finished');
    const warnings = tableWarnings(table, {
      ...{ carrierHz: array.carrierHz, firmware: description.firmware, nowMs: Date.now() },
      ...(band !== null && { bandwidthHz: band.bandwidthHz }),
      ...(temperatureC !== null && { temperatureC }),
    });
    if (table.measured.residual === undefined) {
      warnings.push('The table does not say how good it is: what it is off itself counts as drift here');
    }
    return { folder: recording.folder, check, warnings };
  } finally {
    sounder.close();
    await recording.durable();
  }
}
