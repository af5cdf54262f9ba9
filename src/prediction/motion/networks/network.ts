/** What all networks of this family have in common: a batch of windows in, scores of classes out. */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import type { WeightShape, WeightTensors } from '../../layers/weight-shapes.js';

export interface BatchShape {
  readonly numWindows: number;
  readonly numSlots: number;
  readonly numUsers: number;
}

export interface Batch extends BatchShape {
  /** Standardised, [slots * windows, users + 1, features], slot after slot; node 0 is the base station, zeros. */
  readonly features: Tensor3D;
  /** Normalised and symmetric, [slots * windows, users + 1, users + 1]. */
  readonly adjacency: Tensor3D;
}

export interface Network {
  readonly weights: readonly WeightShape[];
  readonly numClasses: number;
  /** Scores before the softmax, [windows * users, classes]. */
  scores(tf: TensorFlow, weights: WeightTensors, batch: Batch): Tensor2D;
}
