/** Networks that foretell beams from a camera, with and without attention, beside those that are told beams. */
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { allOf } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import { NUM_FRAMES } from '../../prediction/camera/data/window-set.js';
import { PAST_BEAMS } from '../../prediction/camera/evaluation/evaluate.js';
import type { StudyResult } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { costOf, costTable } from './camera-costs.js';
import { cameraFigures, gainTable, overallTable, trainingTable } from './camera-prediction-figures.js';
import { type CameraPredictionStudy, trainingsOf } from './camera-prediction-file.js';
import { CAMERA_KEYS, cameraRows, type Predictor } from './camera-prediction-rows.js';
import type { TestWindows, TrainedRanking } from './camera-prediction-simulator.js';

/** One training each, as long as its epochs; then what learns no weights. */
function trainingJobs(study: CameraPredictionStudy): UserJob[] {
  const trainings = trainingsOf(study);
  return [
    ...trainings.map(({ file }, placeIndex) => ({
      ...{ placeIndex, firstUser: 1, numUsers: file.training.epochs },
    })),
    { placeIndex: trainings.length, firstUser: 1, numUsers: 1 },
  ];
}

/**
 * Runs the study.
 *
 * @throws what reading a data set throws; MODEL_MISMATCH for one of other beams; SCENARIO_INVALID for claims that cannot be checked;
 *   BAD_ARGUMENT when traces are asked for; the signal's reason when it is aborted.
 */
export async function runCameraPrediction(
  study: CameraPredictionStudy,
  context: StudyContext,
): Promise<StudyResult> {
  if (context.traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'camera-prediction' keeps no traces",
      where: '--trace',
      todo: 'Leave out --trace',
    });
  }
  const simulation = { kind: study.kind, study, traced: false };
  const results = await allOf(
    context.executor.runJobs<TrainedRanking | TestWindows>(simulation, trainingJobs(study), context),
  );
  const tests = results.at(-1) as TestWindows;
  const predictors = predictorsOf(study, results.slice(0, -1) as TrainedRanking[], tests);
  const rows = cameraRows(predictors, tests, study.against ?? null);
  const gains = study.against === undefined ? null : gainTable(rows, study.against);
  return studyResult(study, CAMERA_KEYS, {
    settings: settingsOf(study, tests),
    rows,
    tables: [
      overallTable(rows),
      ...(gains === null ? [] : [gains]),
      trainingTable(study, predictors, tests),
      costTable(tests.numBeams),
    ],
    figures: cameraFigures(rows),
  });
}

function predictorsOf(
  study: CameraPredictionStudy,
  trained: readonly TrainedRanking[],
  tests: TestWindows,
): Predictor[] {
  // A window of a data set tells one slot less.
  const pastBeams = study.data === undefined ? NUM_FRAMES : NUM_FRAMES - 1;
  const trainings = trainingsOf(study);
  return [
    ...Object.entries(study.networks).map(([id, { network }]) => {
      const { parameters, perStep: multiplications } = costOf(network, study.size, tests.numBeams);
      return {
        ...{ id, parameters, multiplications, beamsTold: network === 'beam-history' ? pastBeams : 0 },
        trainings: trained.filter((_, k) => trainings[k]!.id === id),
      };
    }),
    ...tests.tables.map(({ id, ...ranking }) => ({
      ...{ id, trainings: [ranking], parameters: null, multiplications: null },
      beamsTold: Math.min(PAST_BEAMS[id as keyof typeof PAST_BEAMS], pastBeams),
    })),
  ];
}

function settingsOf(study: CameraPredictionStudy, tests: TestWindows): [string, string][] {
  const { data, size, training, seed } = study;
  const { numTraining, numValidation, passes, remarks } = tests;
  const numPasses = new Set(passes).size;
  return [
    ['Windows', data === undefined ? 'of the drawn street, each of a pass of its own' : `of ${data.set}`],
    [
      'For training, validation, tests',
      `${numTraining}, ${numValidation}, ${passes.length} (of ${numPasses} passes)`,
    ],
    ...remarks.map((remark): [string, string] => ['Left out', remark]),
    ['Pictures', size === 'full' ? '224 × 224 pixels' : '56 × 56 pixels'],
    ['Beams', `${tests.numBeams}, evenly spread`],
    [
      'Training',
      `${training.epochs} epochs unless said otherwise, ${training.batch} windows a step, ${plural(study.trainings, 'training')} of each network`,
    ],
    ['Seed', String(seed)],
  ];
}
