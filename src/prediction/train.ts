/** From a model file to a model folder: draws the windows, trains, calibrates the confidence, writes. */
import { BeamloopError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { type Backend, openBackend } from './backend/tensorflow.js';
import { type Examples, examplesOf, standardiseExamples } from './data/examples.js';
import type { WindowSet } from './data/window-set.js';
import { drawInThreads } from './data/window-threads.js';
import { standardisationOf } from './features/standardisation.js';
import { Judge } from './learning/judge.js';
import { honestTemperature } from './learning/temperature.js';
import { scoresOfAll, trainNetwork } from './learning/train-network.js';
import { initialState, type TrainingState } from './learning/training-state.js';
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from './model/checkpoint.js';
import { hasModel, writeModel } from './model/model-folder.js';
import { codebookOf, type ModelFile } from './model-file.js';
import { type NetworkDesign, networkDesign } from './networks/kinds.js';

export interface TrainOptions {
  readonly folder: string;
  /** Go on with the checkpoint in the folder. */
  readonly resume: boolean;
  readonly numThreads: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBackend?: ((backend: Backend) => void) | undefined;
  readonly onDrawn?: ((numDone: number, numWindows: number) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

export interface TrainingProgress {
  readonly state: TrainingState;
  readonly stepsPerEpoch: number;
  readonly numEpochs: number;
}

export interface TrainingOutcome {
  readonly contentHash: string;
  readonly state: TrainingState;
  readonly temperature: number;
  /** Mean gain on the validation windows of serving with the last beam. */
  readonly holdGain: number;
}

/**
 * Interrupted, it leaves a checkpoint.
 *
 * @throws INTERRUPTED; FILE_UNWRITABLE; BAD_ARGUMENT for a folder that holds a model; what `readCheckpoint` throws.
 */
export async function trainModel(model: ModelFile, options: TrainOptions): Promise<TrainingOutcome> {
  const { folder } = options;
  if (hasModel(folder)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The folder holds a trained model already',
      where: folder,
      todo: 'Give another folder, or delete this one',
    });
  }
  const backend = await openBackend();
  options.onBackend?.(backend);
  const codebook = codebookOf(model);
  const design = networkDesign(model.network, { codebook, epochS: model.epoch, numSlots: model.slots });
  const shapes = design.network.weights;
  // A checkpoint that does not fit is said before the data are drawn.
  const state = options.resume
    ? readCheckpoint(folder, model, backend.name, shapes)
    : initialState(shapes, model.seed);
  if (!options.resume) await removeCheckpoint(folder);
  const save = () => writeCheckpoint(folder, model, backend.name, state);
  await save();
  try {
    const drawn = await drawData(model, options);
    const training = examplesOf(drawn.training, design.features, design.head, model.epoch);
    const validation = examplesOf(drawn.validation, design.features, design.head, model.epoch);
    const standardisation = standardisationOf(training.features, design.features.numFeatures);
    standardiseExamples(training, standardisation);
    standardiseExamples(validation, standardisation);
    const judge = new Judge(drawn.validation, codebook);
    await trainNetwork(backend.tf, design, { training, validation }, judge, state, {
      training: model.training,
      seed: model.seed,
      signal: options.signal,
      onEpoch: save,
      onProgress: (_, stepsPerEpoch) =>
        options.onProgress?.({ state, stepsPerEpoch, numEpochs: model.training.epochs }),
    });
    const best = state.best!;
    const temperature = temperatureOf(backend, design, state, validation);
    const holdGain = holdGainOf(judge, validation);
    const contentHash = await writeModel(folder, {
      ...{ model, standardisation, temperature, weights: best.weights },
      typicalAmplitude: typicalAmplitudeOf(drawn.training),
      making: {
        beamloop: VERSION,
        tensorflow: backend.version,
        backend: backend.name,
        node: process.version,
        epoch: best.epoch,
        gain: best.gain,
        top1: state.history[best.epoch - 1]!.top1,
        holdGain,
        history: state.history,
      },
    });
    await removeCheckpoint(folder);
    return { contentHash, state, temperature, holdGain };
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    await save();
    throw new BeamloopError('INTERRUPTED', {
      what: `Interrupted in epoch ${state.numEpochs + 1}, after ${state.numSteps} steps of it`,
      where: folder,
      todo: 'Go on with --resume',
    });
  }
}

async function drawData(
  model: ModelFile,
  { numThreads, signal, onDrawn }: TrainOptions,
): Promise<{ training: WindowSet; validation: WindowSet }> {
  const { training, validation } = model.windows;
  const total = training + validation;
  const draw = (purpose: 'training' | 'validation', numWindows: number, before: number) =>
    drawInThreads(
      model,
      { purpose, firstWindow: 0, numWindows, seed: model.seed },
      { numThreads, signal, onProgress: (numDone) => onDrawn?.(before + numDone, total) },
    );
  return {
    training: await draw('training', training, 0),
    validation: await draw('validation', validation, training),
  };
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
