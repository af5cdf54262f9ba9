/** Cross entropy of a softmax, with the gradient that it has in one piece. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';

/**
 * @param scores before the softmax, [rows, classes].
 * @param wanted what each row is worth at its class and 0 elsewhere, [rows, classes]: 1/n of n rows for their mean.
 */
export function crossEntropy(tf: TensorFlow, scores: Tensor2D, wanted: Tensor2D): Scalar {
  const withGradient = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor2D, (saved: Tensor2D[]) => void];
    const shifted: Tensor2D = tf.sub(given, tf.max(given, 1, true));
    const exponentials: Tensor2D = tf.exp(shifted);
    const sums: Tensor2D = tf.sum(exponentials, 1, true);
    const share: Tensor2D = tf.sum(wanted, 1, true);
    const loss: Scalar = tf.sum(tf.mul(wanted, tf.sub(tf.log(sums), shifted)));
    save([tf.sub(tf.mul(tf.div(exponentials, sums), share), wanted)]);
    return {
      value: loss,
      gradFunc: (dy, saved) => tf.mul(dy, saved[0]!),
    };
  });
  return withGradient(scores) as Scalar;
}
