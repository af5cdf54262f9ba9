import { defineStudyKind } from '../common/study-kind.js';
import { runCalibrationStudy } from './calibration.js';
import { calibrationSchema } from './calibration-file.js';
import { CalibrationSimulator } from './calibration-simulator.js';
import { calibrationSizes } from './calibration-sizes.js';

/** What calibrations over the air find of arrays whose errors are known. */
export const calibrationKind = defineStudyKind({
  kind: 'calibration',
  schema: calibrationSchema,
  sizes: calibrationSizes,
  override: (study, { numUsers, seed }) => ({
    ...study,
    seed: seed ?? study.seed,
    users: { count: numUsers ?? study.users.count },
  }),
  counts: 'arrays',
  simulator: (study) => new CalibrationSimulator(study),
  run: runCalibrationStudy,
});
