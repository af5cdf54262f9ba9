import { readSettingsFile } from '../core/settings-file.js';
import { withPluginSchemes } from '../training/plugins/named-files.js';
import { type Study, studySchema } from './study-kinds.js';

/**
 * Reads a study file (docs/study.md).
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID; PLUGIN_INVALID for schemes from files that are not loaded.
 */
export function readStudy(file: string): Study {
  return readSettingsFile(file, withPluginSchemes(studySchema, file), 'study');
}
