/** A sweep network learns from users: in a folder with checkpoints (train.ts), or for a study, which keeps no model. */
import { openBackend } from '../backend/tensorflow.js';
import { oneCycleRate } from '../learning/rates.js';
import { type LearningOptions, learn } from '../learning/training-loop.js';
import { initialState } from '../learning/training-state.js';
import type { Weights } from '../learning/weights.js';
import type { PartedUsers } from './data/home-users.js';
import { type SweepModelFile, sizesOf } from './model-file.js';
import { sweepLesson } from './sweep-lesson.js';

/** How it is done, for the loop that does it. */
export function learningOf({
  training,
}: SweepModelFile): Pick<LearningOptions, 'epochs' | 'batch' | 'patience' | 'weightDecay' | 'rateAt'> {
  const { epochs, batch, rate, weightDecay, patience } = training;
  return {
    ...{ epochs, batch, patience, weightDecay },
    rateAt: (step, numSteps) => oneCycleRate(rate, step, numSteps),
  };
}

export interface LearnedSweep {
  readonly weights: Weights;
  /** That they are of: the best one on the validation users, from 1. */
  readonly epoch: number;
}

/** @throws the signal's reason, between two steps. */
export async function learnSweep(
  model: SweepModelFile,
  { training, validation }: Pick<PartedUsers, 'training' | 'validation'>,
  {
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal | undefined;
    /** Told the share that is done. */
    readonly onProgress?: ((share: number) => void) | undefined;
  } = {},
): Promise<LearnedSweep> {
  const { tf } = await openBackend();
  const { seed, snr: snrDb } = model;
  const lesson = sweepLesson(tf, sizesOf(model), { training, validation, snrDb, seed });
  const state = initialState(lesson.shapes, seed);
  const learning = learningOf(model);
  await learn(lesson, state, {
    ...{ ...learning, seed, signal },
    onProgress: ({ numEpochs, numSteps }, stepsPerEpoch) =>
      onProgress?.((numEpochs + numSteps / stepsPerEpoch) / learning.epochs),
  });
  const { epoch, weights } = state.best!;
  return { weights, epoch };
}
