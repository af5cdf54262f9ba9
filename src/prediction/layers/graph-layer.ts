import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow.js';

/**
 * What every node hears of all nodes: A X for each graph of a batch (the aggregation of Qian et al. 2026, eq. 11). The
 * adjacency is data and symmetric, so the gradient by X is A times the gradient.
 *
 * @param adjacency [graphs, nodes, nodes], symmetric.
 * @param x [graphs, nodes, features].
 */
export function aggregate(tf: TensorFlow, adjacency: Tensor3D, x: Tensor3D): Tensor3D {
  const withGradient = tf.customGrad((...args) => {
    return {
      value: tf.matMul(adjacency, args[0] as Tensor3D),
      gradFunc: (dy) => tf.matMul(adjacency, dy as Tensor3D),
    };
  });
  return withGradient(x) as Tensor3D;
}
