import { BeamloopError } from '../../core/errors.js';
import { defineStudyKind } from '../common/study-kind.js';
import { runBeamPrediction } from './beam-prediction.js';
import { type BeamPredictionStudy, beamPredictionSchema, LEAST_USERS } from './beam-prediction-file.js';
import { BeamPredictionSimulator } from './beam-prediction-simulator.js';
import { beamPredictionSizes } from './beam-prediction-sizes.js';

/** Which fine beam is the best, named from a coarse sweep. */
export const beamPredictionKind = defineStudyKind({
  kind: 'beam-prediction',
  schema: beamPredictionSchema,
  sizes: beamPredictionSizes,
  takesData: true,
  override: (study, { numUsers, seed, data }) => {
    const placed = data === undefined ? study : onData(study, data);
    return { ...(numUsers === undefined ? placed : atMost(placed, numUsers)), seed: seed ?? study.seed };
  },
  simulator: (study) => new BeamPredictionSimulator(study),
  run: runBeamPrediction,
});

function onData({ places: _, ...study }: BeamPredictionStudy, data: string): BeamPredictionStudy {
  return { ...study, data };
}

/** Of each place; fewer users are gone through in fewer steps, so that a try is quick. */
function atMost(study: BeamPredictionStudy, numUsers: number): BeamPredictionStudy {
  if (numUsers < LEAST_USERS) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${numUsers} users are too few to train with some and test with others`,
      where: '--users',
      todo: `Give ${LEAST_USERS} or more`,
    });
  }
  const places = Object.entries(study.places ?? {}).map(([name, place]) => [
    name,
    { ...place, users: Math.min(numUsers, place.users ?? numUsers) },
  ]);
  return {
    ...{ ...study, users: numUsers },
    training: { ...study.training, steps: Math.min(study.training.steps, numUsers) },
    ...(study.places !== undefined && { places: Object.fromEntries(places) }),
  };
}
