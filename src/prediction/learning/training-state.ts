/** All that training is about to go on with: what a checkpoint holds. */
import type { WeightShape } from '../networks/network.js';
import type { AdamState } from './adam.js';
import { initialWeights, type Weights, zeroWeights } from './weights.js';

/** One pass over the training windows. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross entropy of the steps. */
  readonly loss: number;
  /** Mean gain on the validation windows. */
  readonly gain: number;
  readonly top1: number;
  readonly seconds: number;
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
  /** Of the epoch with the best validation score; null before the first. */
  best: { readonly epoch: number; readonly gain: number; readonly weights: Weights } | null;
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
