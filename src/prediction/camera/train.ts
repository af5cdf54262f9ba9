/** Trains a tracker that sees: draws its windows, lets it learn, and writes the model folder. */
import { VERSION } from '../../core/version.js';
import type { Backend } from '../backend/tensorflow.js';
import { oneCycleRate } from '../learning/rates.js';
import { honestTemperature } from '../learning/temperature.js';
import { type TrainOptions, trainInFolder } from '../learning/train-in-folder.js';
import type { TrainingState } from '../learning/training-state.js';
import { cameraLesson, scoresOfAll } from './camera-lesson.js';
import { drawStreetWindows } from './data/street-windows.js';
import { NUM_SLOTS, type WindowSet } from './data/window-set.js';
import { type CameraModelFile, designOf } from './model-file.js';
import { type TrainedCamera, writeCameraModel } from './model-folder.js';

/** Norm to which longer gradients are cut. */
const LONGEST_GRADIENT = 10;

export interface CameraTraining {
  readonly contentHash: string;
  readonly state: TrainingState;
  readonly making: TrainedCamera['making'];
}

/** @throws what `trainInFolder` throws. */
export async function trainCamera(model: CameraModelFile, options: TrainOptions): Promise<CameraTraining> {
  const design = designOf(model);
  const { epochs, batch, patience, rate, weightDecay, mirror } = model.training;
  let validation: WindowSet | null = null;
  return trainInFolder<CameraTraining>(
    {
      model,
      shapes: design.shapes,
      learning: {
        ...{ epochs, batch, patience, weightDecay, longestGradient: LONGEST_GRADIENT },
        rateAt: (step, numSteps) => oneCycleRate(rate, step, numSteps),
      },
      async prepare({ tf }) {
        const drawn = draw(model, options);
        validation = drawn.validation;
        return cameraLesson(tf, design, drawn, mirror);
      },
      async finish(backend, state) {
        const temperatures = temperaturesOf(backend, model, state, validation!);
        const making = makingOf(backend, state);
        const weights = state.best!.weights;
        const contentHash = await writeCameraModel(options.folder, { model, temperatures, weights, making });
        return { contentHash, state, making };
      },
    },
    options,
  );
}

function draw({ windows, beams, seed }: CameraModelFile, { onDrawn, signal }: TrainOptions) {
  const total = windows.training + windows.validation;
  const of = (purpose: 'training' | 'validation', before: number) =>
    drawStreetWindows({
      ...{ numWindows: windows[purpose], numBeams: beams, seed, purpose },
      onDrawn(numDone) {
        signal?.throwIfAborted();
        onDrawn?.(before + numDone, total);
      },
    });
  return { training: of('training', 0), validation: of('validation', windows.training) };
}

/** Later slots are less sure than they say, in another measure than the first. */
function temperaturesOf(
  { tf }: Backend,
  model: CameraModelFile,
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
