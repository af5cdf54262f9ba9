/** Trains a tracker that sees: draws or reads its windows, lets it learn, and writes the model folder. */
import { VERSION } from '../../core/version.js';
import { type Backend, openBackend } from '../backend/tensorflow.js';
import { problemText } from '../datasets/problems.js';
import { oneCycleRate } from '../learning/rates.js';
import { honestTemperature } from '../learning/temperature.js';
import { type Training, type TrainOptions, trainInFolder } from '../learning/train-in-folder.js';
import { learn } from '../learning/training-loop.js';
import { initialState, type TrainingState } from '../learning/training-state.js';
import { cameraLesson, scoresOfAll } from './camera-lesson.js';
import { openData, readWindows } from './data/dataset-windows.js';
import { drawStreetSets } from './data/street-draws.js';
import { drawStreetWindows } from './data/street-windows.js';
import { NUM_SLOTS, type WindowSet } from './data/window-set.js';
import {
  type CameraModel,
  type CameraModelFile,
  designOf,
  modelOfData,
  sizesOf,
  streetModel,
} from './model-file.js';
import { type TrainedCamera, writeCameraModel } from './model-folder.js';

/** Norm to which longer gradients are cut. */
const LONGEST_GRADIENT = 10;

export interface CameraTraining {
  readonly contentHash: string;
  readonly state: TrainingState;
  readonly making: TrainedCamera['making'];
}

/** @throws what `trainInFolder` throws, and what reading the data set does. */
export async function trainCamera(file: CameraModelFile, options: TrainOptions): Promise<CameraTraining> {
  const { model, draw } = await dataOf(file, options);
  const design = designOf(model);
  let validation: WindowSet | null = null;
  let numTraining = 0;
  return trainInFolder<CameraTraining>(
    {
      model,
      shapes: design.shapes,
      learning: learningOf(model),
      async prepare({ tf }) {
        const drawn = await draw();
        validation = drawn.validation;
        numTraining = drawn.training.numWindows;
        return cameraLesson(tf, design, drawn, model.training.mirror);
      },
      async finish(backend, state) {
        const temperatures = temperaturesOf(backend, model, state, validation!);
        const windows = { training: numTraining, validation: validation!.numWindows };
        const making = { ...makingOf(backend, state), ...(model.data !== undefined && { windows }) };
        const weights = state.best!.weights;
        const contentHash = await writeCameraModel(options.folder, { model, temperatures, weights, making });
        return { contentHash, state, making };
      },
    },
    options,
  );
}

function learningOf({ training }: CameraModelFile): Training<unknown>['learning'] {
  const { epochs, batch, patience, rate, weightDecay } = training;
  return {
    ...{ epochs, batch, patience, weightDecay, longestGradient: LONGEST_GRADIENT },
    rateAt: (step, numSteps) => oneCycleRate(rate, step, numSteps),
  };
}

export interface CameraWindows {
  readonly training: WindowSet;
  readonly validation: WindowSet;
}

/**
 * Trains and keeps nothing on disk.
 *
 * @param seed of the weights and of the order of windows; the windows themselves are there.
 * @throws the signal's reason.
 */
export async function learnCamera(
  model: CameraModel,
  windows: CameraWindows,
  {
    seed,
    signal,
    onEpoch,
  }: {
    readonly seed: number;
    readonly signal?: AbortSignal | undefined;
    readonly onEpoch?: ((numDone: number) => void) | undefined;
  },
): Promise<NonNullable<TrainingState['best']>> {
  const design = designOf(model);
  const { tf } = await openBackend();
  const state = initialState(design.shapes, seed);
  await learn(cameraLesson(tf, design, windows, model.training.mirror), state, {
    ...{ ...learningOf(model), seed, signal },
    onEpoch: async ({ numEpochs }) => onEpoch?.(numEpochs),
  });
  return state.best!;
}

const PURPOSES = ['training', 'validation'] as const;

interface TrainingData {
  readonly model: CameraModel;
  draw(): Promise<CameraWindows>;
}

async function dataOf(
  file: CameraModelFile,
  { executor, signal, onDrawn, onRemark }: TrainOptions,
): Promise<TrainingData> {
  const { data } = file;
  if (data === undefined) {
    const model = streetModel(file);
    return {
      model,
      async draw() {
        const { setting, numWindows } = streetOf(model);
        const draws = { setting, purposes: PURPOSES };
        const options = { signal, onProgress: onDrawn };
        const [training, validation] = await drawStreetSets(draws, numWindows, executor, options);
        return { training: training!, validation: validation! };
      },
    };
  }
  const source = await openData(data, signal);
  const model = modelOfData({ ...file, data }, source);
  const wanted = {
    section: data,
    seed: model.seed,
    numBeams: model.beams,
    size: sizesOf(model)?.size ?? null,
    parts: PURPOSES,
  };
  return {
    model,
    async draw() {
      const sets = await readWindows(source, data.set, wanted, {
        ...{ signal, onRead: onDrawn },
        onProblem: (problem) => onRemark?.(problemText(problem)),
      });
      return { training: sets.get('training')!, validation: sets.get('validation')! };
    },
  };
}

/** Windows of the drawn street that a model learns from, drawn in one go. */
export function streetParts(model: CameraModel): CameraWindows {
  const { setting, numWindows } = streetOf(model);
  const [training, validation] = PURPOSES.map((purpose, k) =>
    drawStreetWindows({ ...setting, purpose, numWindows: numWindows[k]! }),
  );
  return { training: training!, validation: validation! };
}

/** Which windows of the street a model learns from, and how many of each of the purposes. */
function streetOf(model: CameraModel) {
  const { beams: numBeams, seed } = model;
  const { training, validation } = model.windows!;
  return { setting: { numBeams, seed, size: sizesOf(model)?.size }, numWindows: [training, validation] };
}

/** Later slots are less sure than they say, in another measure than the first. */
function temperaturesOf(
  { tf }: Backend,
  model: CameraModel,
  { best }: TrainingState,
  validation: WindowSet,
): number[] {
  const { numWindows, numBeams, future } = validation;
  const scores = scoresOfAll(tf, designOf(model), best!.weights, validation);
  return Array.from({ length: NUM_SLOTS }, (_, slot) => {
    const own = new Float32Array(numWindows * numBeams);
    for (let w = 0; w < numWindows; w++) {
      const from = (w * NUM_SLOTS + slot) * numBeams;
      own.set(scores.subarray(from, from + numBeams), w * numBeams);
    }
    const classes = Int32Array.from({ length: numWindows }, (_, w) => future[w * NUM_SLOTS + slot]!);
    return honestTemperature(own, classes);
  });
}

function makingOf(backend: Backend, { best, history }: TrainingState): TrainedCamera['making'] {
  const figuresOf = (figures: Readonly<Record<string, number>>) => ({
    loss: figures.loss!,
    top1: figures.top1!,
    top5: figures.top5!,
    dbaTop3: figures.dbaTop3!,
  });
  return {
    beamloop: VERSION,
    tensorflow: backend.version,
    backend: backend.name,
    node: process.version,
    epoch: best!.epoch,
    ...figuresOf(history[best!.epoch - 1]!.figures),
    history: history.map(({ epoch, loss, figures, seconds }) => ({
      ...{ epoch, trainingLoss: loss, seconds },
      ...figuresOf(figures),
    })),
  };
}
