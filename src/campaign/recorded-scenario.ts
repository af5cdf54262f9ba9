/** The scenario that a recording carries. */
import { BeamloopError } from '../core/errors.js';
import type { Recording } from '../record/recording.js';
import type { MotionTexts } from '../scenario/motion-files.js';
import type { ScenarioFile } from '../scenario/scenario.js';

/** Reads a scenario, and the calibration table and the files of motions that it names where these are at hand. */
export type ParseScenario<E> = (
  text: string,
  where: string,
  calibrationText?: string,
  onBare?: (reading: string) => void,
  motionTexts?: MotionTexts,
) => ScenarioFile<E>;

/** Of a recording of many numbers without units the first few are named. */
const MOST_READINGS = 8;

/**
 * The scenario that a recording carries, with its calibration table. Versions that took numbers without a unit took them in the
 * base unit, so these are read as they were when the run was made, and a warning says so.
 *
 * @throws RECORDING_INVALID.
 */
export async function recordedScenario<E>(
  recording: Recording,
  parse: ParseScenario<E>,
  warning: (text: string) => void,
): Promise<ScenarioFile<E>> {
  const calibrationText = await recording.runValue('calibrationText');
  const motionTexts = await recording.runValue('motionTexts');
  const text = await recording.runValue('scenarioText');
  if (typeof text !== 'string') {
    throw new BeamloopError('RECORDING_INVALID', {
      what: 'The recording carries no scenario',
      where: recording.folder,
      todo: 'Name the folder that beamloop run printed',
    });
  }
  const readings: string[] = [];
  const file = parse(
    text,
    recording.folder,
    typeof calibrationText === 'string' ? calibrationText : undefined,
    (reading) => readings.push(reading),
    motionTexts === null || typeof motionTexts !== 'object' ? undefined : (motionTexts as MotionTexts),
  );
  if (readings.length > 0) {
    const more = readings.length > MOST_READINGS ? `; and ${readings.length - MOST_READINGS} more` : '';
    warning(
      `Numbers without a unit in the recorded scenario mean what they did to the version that ran it; today they are refused: ${readings.slice(0, MOST_READINGS).join('; ')}${more}`,
    );
  }
  return file;
}
