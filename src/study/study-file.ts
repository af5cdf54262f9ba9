import { z } from 'zod';
import { readSettingsFile } from '../core/settings-file.js';
import { withPluginSchemes } from '../training/plugins/named-files.js';
import { accuracySchema } from './accuracy/accuracy-file.js';
import { checkAccuracyPlaces } from './accuracy/accuracy-place-checks.js';
import { beamSplitSchema } from './beam-split/beam-split-file.js';
import { boundarySchema } from './boundary/boundary.js';
import { patternSchema } from './pattern/pattern-file.js';
import { pilotsSchema } from './pilots/pilots.js';
import { rateSchema } from './rate/rate-file.js';
import { scenarioStudySchema } from './scenario/scenario-study.js';
import { refuseTooLarge } from './study-sizes.js';

export const studySchema = z.discriminatedUnion('kind', [
  // Places are gone through one by one: they must not be too many.
  accuracySchema.superRefine(refuseTooLarge).superRefine(checkAccuracyPlaces),
  pilotsSchema.superRefine(refuseTooLarge),
  boundarySchema.superRefine(refuseTooLarge),
  patternSchema.superRefine(refuseTooLarge),
  rateSchema.superRefine(refuseTooLarge),
  beamSplitSchema.superRefine(refuseTooLarge),
  scenarioStudySchema,
]);

export type Study = z.output<typeof studySchema>;

/**
 * Reads a study file (docs/study.md).
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID; PLUGIN_INVALID for schemes from files that are not loaded.
 */
export function readStudy(file: string): Study {
  return readSettingsFile(file, withPluginSchemes(studySchema, file), 'study');
}
