/** Training as a command does it: into a folder, with checkpoints that an interrupted one goes on from. */
import { BeamloopError } from '../../core/errors.js';
import type { Executor } from '../../fan-out/executor.js';
import { type Backend, openBackend } from '../backend/tensorflow.js';
import type { WeightShape } from '../layers/weight-shapes.js';
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from '../model/checkpoint.js';
import { hasModel } from '../model/model-folder.js';
import type { Lesson } from './lesson.js';
import { type LearningOptions, learn } from './training-loop.js';
import { initialState, type SeededFile, type TrainingState } from './training-state.js';

export interface TrainOptions {
  readonly folder: string;
  /** Go on with the checkpoint in the folder. */
  readonly resume: boolean;
  /** Draws data, where they are drawn. */
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onBackend?: ((backend: Backend) => void) | undefined;
  /** Told what is worth knowing of the data. */
  readonly onRemark?: ((remark: string) => void) | undefined;
  readonly onDrawn?: ((numDone: number, numWindows: number) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

export interface TrainingProgress {
  readonly state: TrainingState;
  readonly stepsPerEpoch: number;
  readonly numEpochs: number;
}

export interface Training<R> {
  /** Plain data: it goes into the checkpoint. */
  readonly model: SeededFile;
  readonly shapes: readonly WeightShape[];
  readonly learning: Omit<LearningOptions, 'seed' | 'signal' | 'onProgress' | 'onEpoch'>;
  /** Draws or reads the data. */
  prepare(backend: Backend): Promise<Lesson>;
  /** Writes the model: `state.best` is there. */
  finish(backend: Backend, state: TrainingState): Promise<R>;
}

/**
 * Interrupted, it leaves a checkpoint.
 *
 * @throws INTERRUPTED; FILE_UNWRITABLE; BAD_ARGUMENT for a folder that holds a model; what `readCheckpoint` throws.
 */
export async function trainInFolder<R>(training: Training<R>, options: TrainOptions): Promise<R> {
  const { folder, signal } = options;
  const { model, shapes, learning } = training;
  if (hasModel(folder)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The folder holds a trained model already',
      where: folder,
      todo: 'Give another folder, or delete this one',
    });
  }
  const backend = await openBackend();
  options.onBackend?.(backend);
  // A checkpoint that does not fit is said before the data are drawn.
  const state = options.resume
    ? readCheckpoint(folder, model, backend.name, shapes)
    : initialState(shapes, model.seed);
  if (!options.resume) await removeCheckpoint(folder);
  const save = () => writeCheckpoint(folder, model, backend.name, state);
  await save();
  try {
    const lesson = await training.prepare(backend);
    await learn(lesson, state, {
      ...{ ...learning, seed: model.seed, signal, onEpoch: save },
      onProgress: (_, stepsPerEpoch) =>
        options.onProgress?.({ state, stepsPerEpoch, numEpochs: learning.epochs }),
    });
    const result = await training.finish(backend, state);
    await removeCheckpoint(folder);
    return result;
  } catch (error) {
    if (!signal?.aborted) throw error;
    await save();
    throw new BeamloopError('INTERRUPTED', {
      what: `Interrupted in epoch ${state.numEpochs + 1}, after ${state.numSteps} steps of it`,
      where: folder,
      todo: 'Go on with --resume',
    });
  }
}
