/** What a recording says of a calibration. */
import { Recording } from '../../record/recording.js';
import type { CalibrationOutcome } from './calibration-outcome.js';

/** Key in table `run` of what was asked for. */
export const SETTINGS = 'calibrationSettings';
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
