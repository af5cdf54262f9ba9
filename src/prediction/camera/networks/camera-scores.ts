/** The networks' forward pass for training, through TensorFlow.js. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Random } from '../../../core/random.js';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { type BatchStatistics, SMALL_VARIANCE } from '../../layers/batch-norm.js';
import { dense } from '../../layers/dense.js';
import { GATES, type GateWeights, type GruWeights, gruStates } from '../../layers/gru.js';
import type { WeightTensors } from '../../layers/weight-shapes.js';
import { NUM_FRAMES, NUM_MASKS, NUM_SLOTS } from '../data/window-set.js';
import { attention } from '../layers/attention.js';
import { layerNorm } from '../layers/layer-norm.js';
import { normalisedPool } from '../layers/normalised-pool.js';
import { type CameraSizes, FEATURES, NUM_HEADS } from './camera-network.js';
import { NUM_HISTORY_STEPS, NUM_STEPS } from './camera-weights.js';

/** What is different while a network learns. */
export interface Learning {
  /** Of what is dropped out. */
  readonly random: Random;
  /** Told the statistics of the batch after each convolution, from 0. */
  readonly onStatistics: (block: number, statistics: BatchStatistics) => void;
}

/**
 * @param masks [7 * windows, size, size, 1], mask after mask.
 * @param learning null: as it runs, with running statistics and nothing dropped.
 * @returns scores before the softmax, [7 * windows, beams], slot after slot.
 */
export function cameraScores(
  tf: TensorFlow,
  sizes: CameraSizes,
  weights: WeightTensors,
  masks: Tensor4D,
  learning: Learning | null,
): Tensor2D {
  const { channels, embedding, head, dropout } = sizes;
  let x = masks;
  channels.forEach((_, k) => {
    x = block(tf, x, weights, k, learning);
  });
  const flat: Tensor2D = tf.reshape(x, [x.shape[0], x.size / x.shape[0]]);
  const drop = (of: Tensor2D, share: number | undefined) => dropped(tf, of, share ?? 0, learning);
  const embedded = chain(tf, flat, weights, 'embedding', embedding.length, (y, k) =>
    drop(y, dropout.embedding[k]),
  );
  const features = layerNorm(tf, embedded, weights['norm.scale']!, weights['norm.shift']!);
  const numWindows = features.shape[0] / NUM_MASKS;
  const later: Tensor2D = tf.zeros([(NUM_STEPS - NUM_MASKS) * numWindows, FEATURES]);
  const sequence: Tensor2D = tf.concat([features, later], 0);
  const first = gruStates(tf, sequence, NUM_STEPS, recurrentWeights(weights, 'gru1'));
  const second = gruStates(tf, drop(first, dropout.recurrent), NUM_STEPS, recurrentWeights(weights, 'gru2'));
  const seen = lastSteps(tf, second, NUM_STEPS, weights, sizes.withAttention);
  return chain(tf, seen, weights, 'head', head.length + 1, (y, k) => drop(y, dropout.head[k]));
}

/**
 * Of the network that is told the beams of the eight slots before.
 *
 * @param past [8 * windows], slot after slot.
 */
export function historyScores(
  tf: TensorFlow,
  weights: WeightTensors,
  past: Int32Array,
  numBeams: number,
): Tensor2D {
  // The WASM backend's own one-hot numbers are whole ones in the guise of others.
  const ones = new Float32Array(past.length * numBeams);
  for (const [k, beam] of past.entries()) ones[k * numBeams + beam] = 1;
  const which = tf.tensor2d(ones, [past.length, numBeams]);
  const beams: Tensor2D = tf.matMul(which, weights.beams!);
  const features = dense(tf, beams, weights['embedding1.weight']!, weights['embedding1.bias']!);
  const numWindows = past.length / NUM_FRAMES;
  const later: Tensor2D = tf.zeros([NUM_SLOTS * numWindows, FEATURES]);
  const states = gruStates(
    tf,
    tf.concat([features, later], 0),
    NUM_HISTORY_STEPS,
    recurrentWeights(weights, 'gru1'),
  );
  const seen = lastSteps(tf, states, NUM_HISTORY_STEPS, weights, true);
  return chain(tf, seen, weights, 'head', 2, (y) => y);
}

function lastSteps(
  tf: TensorFlow,
  states: Tensor2D,
  numSteps: number,
  weights: WeightTensors,
  withAttention: boolean,
): Tensor2D {
  const sizes = { numSteps, numLast: NUM_SLOTS, numHeads: NUM_HEADS };
  if (withAttention) return attention(tf, states, sizes, weights);
  const rows = states.shape[0] / numSteps;
  return tf.slice(states, [(numSteps - NUM_SLOTS) * rows, 0], [NUM_SLOTS * rows, FEATURES]);
}

/** A convolution's bias is taken away again by the normalisation while the network learns. */
function block(
  tf: TensorFlow,
  x: Tensor4D,
  weights: WeightTensors,
  k: number,
  learning: Learning | null,
): Tensor4D {
  const name = `block${k + 1}`;
  const filter = weights[`${name}.filter`] as unknown as Tensor4D;
  const [scale, shift] = [weights[`${name}.scale`]!, weights[`${name}.shift`]!];
  const y: Tensor4D = tf.conv2d(x, filter, 1, 'same');
  if (learning !== null) {
    return normalisedPool(tf, y, scale, shift, (statistics) => learning.onStatistics(k, statistics));
  }
  const deviation = tf.sqrt(tf.add(weights[`${name}.variance`]!, SMALL_VARIANCE));
  const slope = tf.div(scale, deviation);
  const centre = tf.sub(weights[`${name}.mean`]!, weights[`${name}.bias`]!);
  const offset = tf.sub(shift, tf.mul(centre, slope));
  const rows: Tensor2D = tf.reshape(y, [y.size / y.shape[3], y.shape[3]]);
  const normal: Tensor4D = tf.reshape(tf.add(tf.mul(rows, slope), offset), y.shape);
  return tf.relu(tf.maxPool(normal, 2, 2, 'valid'));
}

/** Dense layers with ReLU between them. */
function chain(
  tf: TensorFlow,
  x: Tensor2D,
  weights: WeightTensors,
  name: string,
  count: number,
  between: (y: Tensor2D, k: number) => Tensor2D,
): Tensor2D {
  let y = x;
  for (let k = 0; k < count; k++) {
    y = dense(tf, y, weights[`${name}${k + 1}.weight`]!, weights[`${name}${k + 1}.bias`]!);
    if (k < count - 1) y = between(tf.relu(y), k);
  }
  return y;
}

/** What is left is scaled up, so that the mean stays. */
function dropped(tf: TensorFlow, x: Tensor2D, share: number, learning: Learning | null): Tensor2D {
  if (learning === null || share === 0) return x;
  const kept = Float32Array.from({ length: x.size }, () =>
    learning.random.uniform() < share ? 0 : 1 / (1 - share),
  );
  return tf.mul(x, tf.tensor2d(kept, x.shape));
}

function recurrentWeights(weights: WeightTensors, name: string): GruWeights {
  return Object.fromEntries(
    GATES.map((gate): [string, GateWeights] => [
      gate,
      {
        input: weights[`${name}.${gate}.input`]!,
        inputBias: weights[`${name}.${gate}.inputBias`]!,
        recurrent: weights[`${name}.${gate}.recurrent`]!,
        recurrentBias: weights[`${name}.${gate}.recurrentBias`]!,
      },
    ]),
  ) as GruWeights;
}
