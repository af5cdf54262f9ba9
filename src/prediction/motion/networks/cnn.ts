/**
 * Convolutions over each user's map of slots by features: local patterns in time, no graph. The letter gives its CNN no
 * layers; these are ours.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { addRow, dense } from '../../layers/dense.js';
import { denseShapes, glorot, type WeightShape, type WeightTensors } from '../../layers/weight-shapes.js';
import { HIDDEN } from './graph-embedding.js';
import type { Batch, Network } from './network.js';

const FIRST = 16;
const SECOND = 32;

export function cnn(numSlots: number, numFeatures: number, numClasses: number): Network {
  const places = Math.ceil(numSlots / 2) * Math.ceil(numFeatures / 2);
  return {
    numClasses,
    weights: [
      ...convShapes('first', 1, FIRST),
      ...convShapes('second', FIRST, SECOND),
      ...denseShapes('hidden', places * SECOND, HIDDEN),
      ...denseShapes('head', HIDDEN, numClasses),
    ],
    scores(tf, weights, batch) {
      const numMaps = batch.numWindows * batch.numUsers;
      const first = convolve(tf, userMaps(tf, batch), weights, 'first', 1);
      const second = convolve(tf, first, weights, 'second', 2);
      const flat: Tensor2D = tf.reshape(second, [numMaps, places * SECOND]);
      const hidden = tf.relu(dense(tf, flat, weights['hidden.weight']!, weights['hidden.bias']!));
      return dense(tf, hidden, weights['head.weight']!, weights['head.bias']!);
    },
  };
}

function convShapes(name: string, inputs: number, outputs: number): WeightShape[] {
  return [
    { name: `${name}.filter`, shape: [3, 3, inputs, outputs], spread: glorot(9 * inputs, 9 * outputs) },
    { name: `${name}.bias`, shape: [1, outputs], spread: 0 },
  ];
}

function convolve(
  tf: TensorFlow,
  x: Tensor4D,
  weights: WeightTensors,
  name: string,
  stride: number,
): Tensor4D {
  const filter = weights[`${name}.filter`] as unknown as Tensor4D;
  const y: Tensor4D = tf.conv2d(x, filter, stride, 'same');
  const channels = y.shape[3];
  const rows: Tensor2D = tf.reshape(y, [y.size / channels, channels]);
  return tf.reshape(tf.relu(addRow(tf, rows, weights[`${name}.bias`]!)), y.shape);
}

/** [windows * users, slots, features, 1]. */
function userMaps(tf: TensorFlow, { features, numSlots, numWindows, numUsers }: Batch): Tensor4D {
  const [, numNodes, numFeatures] = features.shape;
  const bySlot = tf.reshape(features, [numSlots, numWindows, numNodes, numFeatures]);
  const users = tf.slice(bySlot, [0, 0, 1, 0], [numSlots, numWindows, numUsers, numFeatures]);
  return tf.reshape(tf.transpose(users, [1, 2, 0, 3]), [numWindows * numUsers, numSlots, numFeatures, 1]);
}
