import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow.js';
import { addRow, dense } from './dense.js';

export interface GruWeights {
  /** [inputs, 3 hidden]: of the gates reset, update and new. */
  readonly input: Tensor2D;
  /** [1, 3 hidden]. */
  readonly inputBias: Tensor2D;
  /** [hidden, 3 hidden]. */
  readonly recurrent: Tensor2D;
  /** [1, 3 hidden]. */
  readonly recurrentBias: Tensor2D;
}

/**
 * Gated recurrent unit from a state of zeros, with two biases and the reset gate applied after the recurrent product:
 * n = tanh(i_n + r (W g + b)), g' = (1 - z) n + z g.
 *
 * @param x [slots * rows, inputs], slot after slot.
 * @returns state after the last slot, [rows, hidden].
 */
export function gru(tf: TensorFlow, x: Tensor2D, numSlots: number, weights: GruWeights): Tensor2D {
  const hidden = weights.recurrent.shape[0];
  const rows = x.shape[0] / numSlots;
  const inputs = tf.split(dense(tf, x, weights.input, weights.inputBias), numSlots, 0);
  let state: Tensor2D = tf.zeros([rows, hidden]);
  for (const input of inputs) {
    // The first product is with zeros, but its bias has a gradient.
    const recurrent = addRow(tf, tf.matMul(state, weights.recurrent), weights.recurrentBias);
    const [resetIn, updateIn, newIn] = tf.split(input, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const [resetPast, updatePast, newPast] = tf.split(recurrent, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const reset = tf.sigmoid(tf.add(resetIn, resetPast));
    const update = tf.sigmoid(tf.add(updateIn, updatePast));
    const fresh = tf.tanh(tf.add(newIn, tf.mul(reset, newPast)));
    state = tf.add(fresh, tf.mul(update, tf.sub(state, fresh)));
  }
  return state;
}
