/** Multi-head attention over the steps of a sequence, added to what goes in (docs/model.md eq. 112). */
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { dense } from '../../layers/dense.js';
import type { WeightTensors } from '../../layers/weight-shapes.js';

/**
 * Every step looks at all steps, later ones too.
 *
 * @param x [steps * rows, features], step after step.
 * @param numLast steps that are asked for, the last ones.
 * @returns [numLast * rows, features].
 */
export function attention(
  tf: TensorFlow,
  x: Tensor2D,
  { numSteps, numLast, numHeads }: { numSteps: number; numLast: number; numHeads: number },
  weights: WeightTensors,
): Tensor2D {
  const [total, features] = x.shape;
  const rows = total / numSteps;
  const width = features / numHeads;
  const last: Tensor2D = tf.slice(x, [(numSteps - numLast) * rows, 0], [numLast * rows, features]);
  const part = (of: Tensor2D, name: string) =>
    dense(tf, of, weights[`attention.${name}.weight`]!, weights[`attention.${name}.bias`]!);
  /** [rows * heads, steps, width]. */
  const byHead = (of: Tensor2D, steps: number): Tensor3D => {
    const apart: Tensor = tf.transpose(tf.reshape(of, [steps, rows, numHeads, width]), [1, 2, 0, 3]);
    return tf.reshape(apart, [rows * numHeads, steps, width]);
  };
  const query = byHead(part(last, 'query'), numLast);
  const key = byHead(part(x, 'key'), numSteps);
  const value = byHead(part(x, 'value'), numSteps);
  const shares = tf.softmax(tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width)));
  const seen = tf.reshape(tf.matMul(shares, value), [rows, numHeads, numLast, width]);
  const together: Tensor2D = tf.reshape(tf.transpose(seen, [2, 0, 1, 3]), [numLast * rows, features]);
  return tf.add(last, part(together, 'out'));
}
