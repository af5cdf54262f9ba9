/** What a recording says of a calibration. */
import { BeamloopError } from '../../core/errors.js';
import { Recording } from '../../record/recording.js';
import type { CalibrationOutcome } from './calibration-outcome.js';

/** Key in table `run` of what was asked for. */
export const SETTINGS = 'calibrationSettings';
/** Of what a check was asked. */
export const CHECK = 'calibrationCheck';
/** Of what came of it. */
export const OUTCOME = 'calibration';

/** Whether a recording is of a calibration. Throws what `Recording.open` throws. */
export function isCalibration(folder: string): Promise<boolean> {
  return reading(folder, async (recording) => (await recording.runValue(SETTINGS)) !== undefined);
}

/** What came of a calibration that was finished; null of any other recording. */
export function calibrationOf(folder: string): Promise<CalibrationOutcome | null> {
  return reading(
    folder,
    async (recording) => ((await recording.runValue(OUTCOME)) as CalibrationOutcome | undefined) ?? null,
  );
}

async function reading<Result>(
  folder: string,
  read: (recording: Recording) => Promise<Result>,
): Promise<Result> {
  const recording = await Recording.open(folder, 'read');
  try {
    return await read(recording);
  } finally {
    await recording.close();
  }
}

/** Throws RECORDING_INVALID for the recording of a check: an array may drift while it waits. */
export function refuseCheck(folder: string): Promise<void> {
  return reading(folder, async (recording) => {
    if ((await recording.runValue(CHECK)) === undefined) return;
    throw new BeamloopError('RECORDING_INVALID', {
      what: 'This is the recording of a check, which is not gone on with: an array may drift meanwhile',
      where: folder,
      todo: 'Check it anew: beamloop calibration check',
    });
  });
}

/** @throws RECORDING_INVALID for the recording of a calibration or a check, with what to do instead. */
export async function requireRun(recording: Recording, todo: string): Promise<void> {
  const isOfRun =
    (await recording.runValue(SETTINGS)) === undefined && (await recording.runValue(CHECK)) === undefined;
  if (isOfRun) return;
  throw new BeamloopError('RECORDING_INVALID', {
    what: 'This is the recording of a calibration: no scheme asked for its pilots, and no user was looked for',
    where: recording.folder,
    todo,
  });
}
