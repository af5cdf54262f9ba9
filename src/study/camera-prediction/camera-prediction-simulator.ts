/** Trains the networks of a study, a training a job, and tests them; one more job tests what learns no weights. */

import type { JobWatch, Simulator } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import { openData, readWindows } from '../../prediction/camera/data/dataset-windows.js';
import { drawStreetWindows } from '../../prediction/camera/data/street-windows.js';
import { NUM_SLOTS, type WindowSet } from '../../prediction/camera/data/window-set.js';
import { cameraBaselines } from '../../prediction/camera/evaluation/baselines.js';
import { modelScores } from '../../prediction/camera/evaluation/evaluate.js';
import { rankedBeams } from '../../prediction/camera/evaluation/scores.js';
import { focalLoss } from '../../prediction/camera/layers/focal-loss.js';
import {
  type CameraModel,
  type CameraModelFile,
  modelOfData,
  sizesOf,
  streetModel,
} from '../../prediction/camera/model-file.js';
import { learnCamera, streetParts } from '../../prediction/camera/train.js';
import { problemText } from '../../prediction/datasets/problems.js';
import { type CameraPredictionStudy, trainingsOf } from './camera-prediction-file.js';

/** Beams that a ranking lists. */
export const NUM_LISTED = 5;

/** Where a ranking of few beams has no more: far from all of them. */
const NO_BEAM = -1_000_000;

/** What one predictor says of the test windows. */
export interface Ranking {
  /** Best first, shape [windows, 7, 5]. */
  readonly ranked: readonly number[];
  /** Focal loss, shape [windows, 7]; null of what gives no probabilities. */
  readonly losses: readonly number[] | null;
}

/** What comes of a training. */
export interface TrainedRanking extends Ranking {
  /** Whose weights were kept, from 1. */
  readonly epoch: number;
  /** On the validation windows. */
  readonly validationLoss: number;
}

/** What comes of the last job: the tests themselves, and what learns no weights. */
export interface TestWindows {
  readonly numBeams: number;
  readonly numTraining: number;
  readonly numValidation: number;
  /** Pass of each window. */
  readonly passes: readonly number[];
  /** Best beams, shape [windows, 7]. */
  readonly truth: readonly number[];
  readonly tables: readonly (Ranking & { readonly id: string })[];
  /** Of windows of a data set that were left out. */
  readonly remarks: readonly string[];
}

interface Windows {
  readonly training: WindowSet;
  readonly validation: WindowSet;
  readonly test: WindowSet;
  readonly model: (file: CameraModelFile) => CameraModel;
  readonly remarks: readonly string[];
}

export class CameraPredictionSimulator implements Simulator {
  readonly #study: CameraPredictionStudy;
  #windows: Promise<Windows> | null = null;

  constructor(study: CameraPredictionStudy) {
    this.#study = study;
  }

  async run({ placeIndex }: UserJob, watch: JobWatch = {}): Promise<TrainedRanking | TestWindows> {
    this.#windows ??= readOrDraw(this.#study, watch.signal);
    const windows = await this.#windows;
    const training = trainingsOf(this.#study)[placeIndex];
    return training === undefined ? testsOf(windows) : this.#train(placeIndex, windows, watch);
  }

  async #train(index: number, windows: Windows, { signal, onPart }: JobWatch): Promise<TrainedRanking> {
    const { file, repeat } = trainingsOf(this.#study)[index]!;
    const model = windows.model(file);
    const { weights, epoch, score } = await learnCamera(model, windows, {
      ...{ seed: file.seed + repeat, signal, onEpoch: onPart },
    });
    const { numBeams, numWindows, future } = windows.test;
    const scores = await modelScores({ model, weights }, windows.test);
    const own = (k: number) => scores.subarray(k * numBeams, (k + 1) * numBeams);
    const losses = Array.from(
      { length: numWindows * NUM_SLOTS },
      (_, k) => focalLoss(own(k), future.subarray(k, k + 1)).loss,
    );
    return {
      epoch,
      validationLoss: -score,
      losses,
      ranked: listed(windows.test, (w, slot) => rankedBeams(own(w * NUM_SLOTS + slot), NUM_LISTED)),
    };
  }
}

function testsOf({ training, validation, test, remarks }: Windows): TestWindows {
  return {
    ...{ numBeams: test.numBeams, numTraining: training.numWindows, numValidation: validation.numWindows },
    ...{ passes: [...test.passes], truth: [...test.future], remarks },
    tables: cameraBaselines(test, training).map(({ name, ranked }) => ({
      ...{ id: name, losses: null, ranked: listed(test, ranked) },
    })),
  };
}

function listed(
  { numWindows }: WindowSet,
  rankedOf: (window: number, slot: number) => readonly number[],
): number[] {
  const all: number[] = [];
  for (let w = 0; w < numWindows; w++) {
    for (let slot = 0; slot < NUM_SLOTS; slot++) {
      const own = rankedOf(w, slot);
      for (let k = 0; k < NUM_LISTED; k++) all.push(own[k] ?? NO_BEAM);
    }
  }
  return all;
}

/** Once for all trainings of a thread; the same in every thread. */
async function readOrDraw(study: CameraPredictionStudy, signal: AbortSignal | undefined): Promise<Windows> {
  const trainings = trainingsOf(study);
  // Pictures are wanted where one of the networks looks at them.
  const { file } = trainings.find(({ file: { network } }) => network !== 'beam-history') ?? trainings[0]!;
  const { data, seed } = file;
  if (data === undefined) {
    const model = streetModel(file);
    const { training, validation } = streetParts(model);
    const size = sizesOf(model)?.size;
    const of = { numWindows: study.windows.test, numBeams: model.beams, seed, size };
    const test = drawStreetWindows({ ...of, purpose: 'evaluation' });
    return { training, validation, test, model: streetModel, remarks: [] };
  }
  const source = await openData(data, signal);
  const model = (each: CameraModelFile) => modelOfData({ ...each, data }, source);
  const remarks: string[] = [];
  const { beams: numBeams, ...settled } = model(file);
  const size = sizesOf({ ...settled, beams: numBeams })?.size ?? null;
  const parts = ['training', 'validation', 'test'] as const;
  const sets = await readWindows(
    source,
    data.set,
    { section: data, seed, numBeams, size, parts },
    {
      signal,
      onProblem: (problem) => remarks.push(problemText(problem)),
    },
  );
  const [training, validation, test] = parts.map((part) => sets.get(part)!);
  return { training: training!, validation: validation!, test: test!, model, remarks };
}
