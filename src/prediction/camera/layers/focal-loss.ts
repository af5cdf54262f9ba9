/** Focal loss (Lin et al. 2017; docs/model.md eq. 113): what is foretold well counts for little. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';

/** Exponent gamma. */
const FOCUS = 2;

/** Mean over the rows, and its gradient by the scores. */
export function focalLoss(
  scores: Float32Array,
  classes: Int32Array,
): { readonly loss: number; readonly slope: Float32Array } {
  const numRows = classes.length;
  const numClasses = scores.length / numRows;
  const slope = new Float32Array(scores.length);
  let loss = 0;
  for (let row = 0; row < numRows; row++) {
    const from = row * numClasses;
    const own = scores.subarray(from, from + numClasses);
    const most = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const score of own) sum += Math.exp(score - most);
    const wanted = classes[row]!;
    const log = own[wanted]! - most - Math.log(sum);
    const right = Math.exp(log);
    const wrong = 1 - right;
    loss -= (wrong ** FOCUS * log) / numRows;
    const by = (FOCUS * right * wrong ** (FOCUS - 1) * log - wrong ** FOCUS) / numRows;
    for (let k = 0; k < numClasses; k++) {
      const share = Math.exp(own[k]! - most) / sum;
      slope[from + k] = by * ((k === wanted ? 1 : 0) - share);
    }
  }
  return { loss, slope };
}

/** @param scores [rows, classes]; `classes` [rows]. */
export function focalLossTensor(tf: TensorFlow, scores: Tensor2D, classes: Int32Array): Scalar {
  const withGradient = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor2D, (saved: Tensor2D[]) => void];
    const { loss, slope } = focalLoss(given.dataSync() as Float32Array, classes);
    save([tf.tensor2d(slope, given.shape)]);
    return { value: tf.scalar(loss), gradFunc: (dy, saved) => tf.mul(dy, saved[0]!) };
  });
  return withGradient(scores) as Scalar;
}
