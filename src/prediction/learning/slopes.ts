/** What a step of learning takes from a network: the loss, its gradients by the weights that are learned, and what the others follow. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import type { BatchStatistics } from '../layers/batch-norm.js';
import type { WeightShape, WeightTensors } from '../layers/weight-shapes.js';
import type { LossAndGradients } from './lesson.js';
import { byName, type Weights, weightTensors } from './weights.js';

/** Share of a batch in the running statistics after it. */
const MOMENTUM = 0.1;

export function slopesOf(
  tf: TensorFlow,
  shapes: readonly WeightShape[],
  weights: Weights,
  lossOf: (named: WeightTensors) => Scalar,
): LossAndGradients {
  const learned = shapes.flatMap(({ isLearned }, k) => (isLearned === false ? [] : [k]));
  let loss = 0;
  const gradients: (Float32Array | null)[] = shapes.map(() => null);
  tf.tidy(() => {
    const all = [...weightTensors(tf, shapes, weights)];
    const ofLearned = (...tensors: Tensor2D[]) => {
      const given = all.slice();
      for (const [k, place] of learned.entries()) given[place] = tensors[k]!;
      return lossOf(byName(shapes, given));
    };
    const { value, grads } = tf.valueAndGrads(ofLearned as never)(learned.map((k) => all[k]!));
    loss = value.dataSync()[0]!;
    for (const [k, gradient] of grads.entries()) gradients[learned[k]!] = gradient.dataSync() as Float32Array;
  });
  return { loss, gradients };
}

/** The running mean and variance of a normalisation, `name.mean` and `name.variance`, come nearer to those of a batch, in place. */
export function followBatch(
  shapes: readonly WeightShape[],
  weights: Weights,
): (name: string, statistics: BatchStatistics) => void {
  const places = new Map(shapes.map(({ name }, k) => [name, k]));
  const follow = (name: string, batch: Float32Array) => {
    const running = weights[places.get(name)!]!;
    for (let k = 0; k < running.length; k++) running[k]! += MOMENTUM * (batch[k]! - running[k]!);
  };
  return (name, { mean, variance }) => {
    follow(`${name}.mean`, mean);
    follow(`${name}.variance`, variance);
  };
}
