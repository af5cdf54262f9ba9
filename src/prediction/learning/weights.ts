/** Weights of a network outside TensorFlow: what is kept, updated and written. */
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { Random } from '../../core/random.js';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import { sizeOf, type WeightShape, type WeightTensors } from '../layers/weight-shapes.js';

/** Row-major, one array per weight, in the network's order. */
export type Weights = readonly Float32Array[];

/** Drawn anew for each weight by its name, so that a network that gains a weight keeps the others. */
export function initialWeights(shapes: readonly WeightShape[], seed: number): Weights {
  return shapes.map(({ name, shape, spread, begins = 0 }) => {
    if (spread === 0) return new Float32Array(sizeOf(shape)).fill(begins);
    const random = new Random(seed, 'weights', name);
    return Float32Array.from({ length: sizeOf(shape) }, () => spread * (2 * random.uniform() - 1));
  });
}

export function zeroWeights(shapes: readonly WeightShape[]): Weights {
  return shapes.map(({ shape }) => new Float32Array(sizeOf(shape)));
}

/** Tensors of them, to be disposed of by whoever asked. */
export function weightTensors(
  tf: TensorFlow,
  shapes: readonly WeightShape[],
  weights: Weights,
): readonly Tensor2D[] {
  return shapes.map(({ shape }, k) => tf.tensor<Rank>(weights[k]!, [...shape]) as Tensor2D);
}

export function byName(shapes: readonly WeightShape[], tensors: readonly Tensor2D[]): WeightTensors {
  return Object.fromEntries(shapes.map(({ name }, k) => [name, tensors[k]!]));
}
