import { BeamloopError } from '../../core/errors.js';
import { defineStudyKind, type StudyOverrides } from '../common/study-kind.js';
import { runAccuracy } from './accuracy.js';
import { type AccuracyStudy, accuracySchema } from './accuracy-file.js';
import { checkAccuracyPlaces } from './accuracy-place-checks.js';
import { Simulator } from './accuracy-simulator.js';
import { accuracySizes } from './accuracy-sizes.js';

/** How often schemes find the best codeword. */
export const accuracyKind = defineStudyKind({
  kind: 'accuracy',
  schema: accuracySchema,
  sizes: accuracySizes,
  longChecks: checkAccuracyPlaces,
  override: overrideAccuracy,
  simulator: (study, traced) => new Simulator(study, traced),
  run: runAccuracy,
});

function overrideAccuracy(study: AccuracyStudy, { numUsers, seed }: StudyOverrides): AccuracyStudy {
  if (numUsers !== undefined && study.users.list !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The study lists its users one by one',
      where: '--users',
      todo: 'Leave out --users, or edit the list',
    });
  }
  return {
    ...study,
    seed: seed ?? study.seed,
    users: { ...study.users, count: numUsers ?? study.users.count },
  };
}
