/** All that training is about to go on with: what a checkpoint holds. */
import type { WeightShape } from '../layers/weight-shapes.js';
import type { AdamState } from './adam.js';
import type { Judgement } from './lesson.js';
import { initialWeights, type Weights, zeroWeights } from './weights.js';

/** One pass over the training examples. */
export interface EpochRecord extends Judgement {
  /** From 1. */
  readonly epoch: number;
  /** Mean of the steps. */
  readonly loss: number;
  readonly seconds: number;
}

/** What is learned from: plain data, read from a model file. A checkpoint belongs to one. */
export interface SeededFile {
  readonly seed: number;
}

export interface TrainingState {
  /** Passes that are complete. */
  numEpochs: number;
  /** Steps of the pass that is underway, and the sum of their losses. */
  numSteps: number;
  lossSum: number;
  /** Of the pass that is underway, in earlier runs. */
  seconds: number;
  readonly weights: Weights;
  readonly adam: AdamState;
  /** Of the epoch with the best score; null before the first. */
  best: { readonly epoch: number; readonly score: number; readonly weights: Weights } | null;
  readonly history: EpochRecord[];
}

export function initialState(shapes: readonly WeightShape[], seed: number): TrainingState {
  return {
    numEpochs: 0,
    numSteps: 0,
    lossSum: 0,
    seconds: 0,
    weights: initialWeights(shapes, seed),
    adam: { numSteps: 0, means: zeroWeights(shapes), squares: zeroWeights(shapes) },
    best: null,
    history: [],
  };
}
