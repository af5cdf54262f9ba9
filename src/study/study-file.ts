import { readSettingsFile } from '../core/settings-file.js';
import { type Study, studySchema } from './study-kinds.js';

/**
 * Reads a study file (docs/study.md).
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID.
 */
export function readStudy(file: string): Study {
  return readSettingsFile(file, studySchema, 'study');
}
