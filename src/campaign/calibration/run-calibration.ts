/** A calibration from scenario to closed recording, fresh or resumed. */
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import type { Recording } from '../../record/recording.js';
import { prepare } from '../../scenario/plan.js';
import type { ScenarioFile } from '../../scenario/scenario.js';
import { conduct, type RunOptions, SILENT, type UeMemory } from '../conduct.js';
import type { ParseScenario } from '../recorded-scenario.js';
import { beginRecording, inNewFolder, onRecording } from '../run-recording.js';
import { placedUser } from './calibrate-array.js';
import type { CalibrationOutcome } from './calibration-outcome.js';
import type { CalibrationSettings } from './calibration-settings.js';
import { carryOutCalibration } from './carry-out.js';
import { calibrationOf, SETTINGS } from './recorded-calibration.js';

/**
 * Calibrates the array of a scenario, into a new recording.
 *
 * @param out its folder; null: one of its own in `recordings`.
 * @throws as `startRun`, and what the procedure throws: NO_EVIDENCE, BOARD_MISMATCH.
 */
export function startCalibration<E>(
  file: ScenarioFile<E>,
  settings: CalibrationSettings,
  out: string | null,
  options: RunOptions<E>,
): Promise<CalibrationOutcome> {
  return inNewFolder(`${file.name}-calibration`, out, (folder) => {
    const run = path.basename(path.resolve(folder));
    const memory = { run, durable: new Map(), kept: new Map() };
    return conductCalibration(file, settings, options, memory, async () => {
      const recording = await beginRecording(folder, file, run);
      recording.append('run', { key: SETTINGS, value: settings });
      return recording;
    });
  });
}

/**
 * Goes on with a calibration: what its recording holds is not measured again. Where it is done, no board is touched.
 *
 * @param parse as for `recordedScenario`.
 * @throws RECORDING_INVALID for a recording of something else; as `startCalibration`.
 */
export async function resumeCalibration<E>(
  folder: string,
  parse: ParseScenario<E>,
  options: RunOptions<E>,
): Promise<CalibrationOutcome> {
  const { progress = SILENT } = options;
  const done = await calibrationOf(folder);
  if (done !== null) return done;
  return onRecording(folder, parse, progress, async ({ recording, file, memory }) => {
    const settings = (await recording.runValue(SETTINGS)) as CalibrationSettings | undefined;
    if (settings === undefined) {
      throw new BeamloopError('RECORDING_INVALID', {
        what: 'This is no recording of a calibration',
        where: folder,
        todo: 'Go on with a run by beamloop resume',
      });
    }
    return conductCalibration(file, settings, options, memory, async () => {
      recording.event('resumed');
      return recording;
    });
  });
}

function conductCalibration<E>(
  file: ScenarioFile<E>,
  settings: CalibrationSettings,
  options: RunOptions<E>,
  memory: UeMemory & { readonly run: string },
  openRecording: () => Promise<Recording>,
): Promise<CalibrationOutcome> {
  const preparation = prepare(file.scenario);
  // Before a board waits for it.
  preparation.best();
  for (const ue of settings.ues) placedUser(preparation.users, ue);
  return conduct({ file, preparation }, options, memory, openRecording, (parts) =>
    carryOutCalibration(parts, settings),
  );
}
