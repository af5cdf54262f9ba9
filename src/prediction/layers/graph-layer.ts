import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';

/**
 * What every node hears of all nodes: A X for each graph of a batch (the aggregation of Qian et al. 2026, eq. 11). The
 * adjacency is data and symmetric, so the gradient by X is A times the gradient.
 *
 * @param adjacency [graphs, nodes, nodes], symmetric.
 * @param x [graphs, nodes, features].
 */
export function aggregate(tf: TensorFlow, adjacency: Tensor3D, x: Tensor3D): Tensor3D {
  const withGradient = tf.customGrad((...args) => {
    const [nodes, save] = args as unknown as [Tensor3D, (saved: Tensor3D[]) => void];
    // What is not saved is gone when the gradient is asked for.
    save([adjacency]);
    return {
      value: tf.matMul(adjacency, nodes),
      gradFunc: (dy, [saved]) => tf.matMul(saved as Tensor3D, dy as Tensor3D),
    };
  });
  return withGradient(x) as Tensor3D;
}
