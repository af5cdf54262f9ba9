/** Study files of kind `scenario`. Keys: docs/study.md. */
import { z } from 'zod';
import { headingShape } from '../common/file-sections.js';

export const scenarioStudySchema = z.strictObject({
  kind: z.literal('scenario'),
  ...headingShape,
  /** Scenario file, relative to the study's. */
  scenario: z.string().min(1),
});

export type ScenarioStudy = z.output<typeof scenarioStudySchema>;
