import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { SMALL_VARIANCE } from '../../layers/batch-norm.js';

/**
 * Rows brought to mean 0 and variance 1, scaled and shifted (Ba et al. 2016).
 *
 * @param x [rows, features].
 * @param scale [1, features]; `shift` likewise.
 */
export function layerNorm(tf: TensorFlow, x: Tensor2D, scale: Tensor2D, shift: Tensor2D): Tensor2D {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, SMALL_VARIANCE))), scale), shift);
}
