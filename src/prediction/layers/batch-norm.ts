/** Batch normalisation (Ioffe and Szegedy 2015). */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';

/** Added to variances. */
export const SMALL_VARIANCE = 1e-5;

/** Of the columns of a batch. */
export interface BatchStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * Columns brought to mean 0 and variance 1 over the rows, scaled and shifted.
 *
 * @param x [rows, columns].
 * @param scale [1, columns]; `shift` likewise.
 * @param onStatistics told what the columns' mean and variance were.
 */
export function batchNorm(
  tf: TensorFlow,
  x: Tensor2D,
  scale: Tensor2D,
  shift: Tensor2D,
  onStatistics: (statistics: BatchStatistics) => void,
): Tensor2D {
  const numRows = x.shape[0];
  const withGradient = tf.customGrad<Tensor2D>((...args) => {
    const [rows, by, plus] = args as unknown as [Tensor2D, Tensor2D, Tensor2D];
    const save = args[3] as unknown as (saved: Tensor2D[]) => void;
    const ones: Tensor2D = tf.ones([1, numRows]);
    const meanOf = (values: Tensor2D): Tensor2D => tf.div<Tensor2D>(tf.matMul(ones, values), numRows);
    const mean: Tensor2D = meanOf(rows);
    const centred = tf.sub<Tensor2D>(rows, mean);
    const variance = meanOf(tf.square(centred));
    const inverse = tf.rsqrt<Tensor2D>(tf.add<Tensor2D>(variance, SMALL_VARIANCE));
    const normal = tf.mul<Tensor2D>(centred, inverse);
    onStatistics({
      mean: mean.dataSync() as Float32Array,
      variance: variance.dataSync() as Float32Array,
    });
    save([normal, tf.mul(inverse, by)]);
    return {
      value: tf.add<Tensor2D>(tf.mul(normal, by), plus) as Tensor2D,
      gradFunc: (given, saved) => {
        const dy = given as Tensor2D;
        const [z, slope] = saved as [Tensor2D, Tensor2D];
        const row: Tensor2D = tf.ones([1, numRows]);
        const dShift: Tensor2D = tf.matMul(row, dy);
        const dScale: Tensor2D = tf.matMul<Tensor2D>(row, tf.mul(dy, z));
        const through = tf.sub(
          tf.sub(dy, tf.div(dShift, numRows)),
          tf.mul(z, tf.div<Tensor2D>(dScale, numRows)),
        );
        return [tf.mul(through, slope), dScale, dShift];
      },
    };
  });
  return withGradient(x, scale, shift) as Tensor2D;
}
