/** Trains a tracker of this family: draws its data, lets it learn, and writes the model folder. */
import { VERSION } from '../../core/version.js';
import type { Backend } from '../backend/tensorflow.js';
import { cosineRate } from '../learning/rates.js';
import { honestTemperature } from '../learning/temperature.js';
import { type TrainOptions, trainInFolder } from '../learning/train-in-folder.js';
import type { TrainingState } from '../learning/training-state.js';
import { type Examples, examplesOf, standardiseExamples } from './data/examples.js';
import { drawWindowSets } from './data/window-draws.js';
import type { WindowSet } from './data/window-set.js';
import { type Standardisation, standardisationOf } from './features/standardisation.js';
import { Judge } from './judge.js';
import { motionLesson, scoresOfAll } from './lesson.js';
import { codebookOf, drawnModelOf, type ModelFile } from './model-file.js';
import { writeModel } from './model-folder.js';
import { type NetworkDesign, networkDesign } from './networks/kinds.js';

export interface TrainingOutcome {
  readonly contentHash: string;
  readonly state: TrainingState;
  readonly temperature: number;
  /** Mean gain on the validation windows of serving with the last beam. */
  readonly holdGain: number;
}

interface Prepared {
  readonly drawn: { readonly training: WindowSet; readonly validation: WindowSet };
  readonly validation: Examples;
  readonly standardisation: Standardisation;
  readonly judge: Judge;
}

/** @throws what `trainInFolder` throws. */
export async function trainModel(model: ModelFile, options: TrainOptions): Promise<TrainingOutcome> {
  const codebook = codebookOf(model);
  const design = networkDesign(model.network, { codebook, epochS: model.epoch, numSlots: model.slots });
  const { epochs, batch, patience, rate } = model.training;
  let prepared: Prepared | null = null;
  return trainInFolder<TrainingOutcome>(
    {
      model,
      shapes: design.network.weights,
      learning: {
        ...{ epochs, batch, patience },
        rateAt: (step, numSteps) => cosineRate(rate, step, numSteps),
      },
      async prepare({ tf }) {
        const drawn = await drawData(model, options);
        const training = examplesOf(drawn.training, design.features, design.head, model.epoch);
        const validation = examplesOf(drawn.validation, design.features, design.head, model.epoch);
        const standardisation = standardisationOf(training.features, design.features.numFeatures);
        standardiseExamples(training, standardisation);
        standardiseExamples(validation, standardisation);
        const judge = new Judge(drawn.validation, codebook);
        prepared = { drawn, validation, standardisation, judge };
        return motionLesson(tf, design, { training, validation }, judge);
      },
      async finish(backend, state) {
        const { drawn, validation, standardisation, judge } = prepared!;
        const best = state.best!;
        const temperature = temperatureOf(backend, design, state, validation);
        const holdGain = holdGainOf(judge, validation);
        const contentHash = await writeModel(options.folder, {
          ...{ model, standardisation, temperature, weights: best.weights },
          typicalAmplitude: typicalAmplitudeOf(drawn.training),
          making: {
            beamloop: VERSION,
            tensorflow: backend.version,
            backend: backend.name,
            node: process.version,
            epoch: best.epoch,
            gain: best.score,
            top1: state.history[best.epoch - 1]!.figures.top1!,
            holdGain,
            history: state.history.map(({ epoch, loss, score, figures, seconds }) => {
              return { epoch, loss, gain: score, top1: figures.top1!, seconds };
            }),
          },
        });
        return { contentHash, state, temperature, holdGain };
      },
    },
    options,
  );
}

async function drawData(
  model: ModelFile,
  { executor, signal, onDrawn }: TrainOptions,
): Promise<Prepared['drawn']> {
  const { windows, seed } = model;
  const [training, validation] = await drawWindowSets(
    { model: drawnModelOf(model), seed, purposes: ['training', 'validation'] },
    [windows.training, windows.validation],
    executor,
    { signal, onProgress: onDrawn },
  );
  return { training: training!, validation: validation! };
}

function temperatureOf(
  { tf }: Backend,
  { network }: NetworkDesign,
  { best }: TrainingState,
  validation: Examples,
): number {
  return honestTemperature(scoresOfAll(tf, network, best!.weights, validation), validation.classes);
}

function holdGainOf(judge: Judge, { last }: Examples): number {
  return last.reduce((sum, column, row) => sum + judge.gain(row, column), 0) / last.length;
}

/** Median of what users received with their own last beams. */
function typicalAmplitudeOf({ amplitudes, numUsers }: WindowSet): number {
  const own = Float32Array.from({ length: amplitudes.length / numUsers }, (_, row) => {
    return amplitudes[row * numUsers + (row % numUsers)]!;
  }).sort();
  return Math.max(1e-6, own[own.length >> 1]!);
}
