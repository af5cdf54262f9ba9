import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import { crossEntropy } from '../layers/cross-entropy.js';
import type { WeightTensors } from '../layers/weight-shapes.js';
import { byName, type Weights, weightTensors } from '../learning/weights.js';
import { NO_CLASS } from './heads/head.js';
import type { Batch, Network } from './networks/network.js';

export interface LossAndGradients {
  readonly loss: number;
  readonly gradients: Weights;
}

/**
 * Cross entropy, mean over the users that have a class, and its gradients.
 *
 * @param classes [windows * users]; NO_CLASS counts for nothing.
 */
export function lossAndGradients(
  tf: TensorFlow,
  network: Network,
  weights: Weights,
  batch: Batch,
  classes: Int32Array,
): LossAndGradients {
  const shapes = network.weights;
  let loss = 0;
  const gradients: Float32Array[] = [];
  // Numbers leave by side doors: what a tidied function returns is searched for tensors, number by number.
  tf.tidy(() => {
    const wanted = wantedClasses(tf, classes, network.numClasses);
    const lossOf = (...tensors: Tensor2D[]) =>
      crossEntropy(tf, network.scores(tf, byName(shapes, tensors), batch), wanted);
    const { value, grads } = tf.valueAndGrads(lossOf as never)([...weightTensors(tf, shapes, weights)]);
    loss = value.dataSync()[0]!;
    for (const gradient of grads) gradients.push(gradient.dataSync() as Float32Array);
  });
  return { loss, gradients };
}

/** Scores of every class, [windows * users, classes] row-major. */
export function scoresOf(tf: TensorFlow, network: Network, weights: Weights, batch: Batch): Float32Array {
  const shapes = network.weights;
  const made: Float32Array[] = [];
  tf.tidy(() => {
    const named: WeightTensors = byName(shapes, weightTensors(tf, shapes, weights));
    made.push(network.scores(tf, named, batch).dataSync() as Float32Array);
  });
  return made[0]!;
}

/** 1/n at the class of each of the n users that have one, 0 elsewhere. */
function wantedClasses(tf: TensorFlow, classes: Int32Array, numClasses: number): Tensor2D {
  const numWanted = classes.reduce((sum, one) => sum + (one === NO_CLASS ? 0 : 1), 0);
  const wanted = new Float32Array(classes.length * numClasses);
  classes.forEach((one, k) => {
    if (one !== NO_CLASS) wanted[k * numClasses + one] = 1 / numWanted;
  });
  return tf.tensor2d(wanted, [classes.length, numClasses]);
}
