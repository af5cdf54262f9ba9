/** The graph layers alone: what one slot tells, without a memory. */
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { dense } from '../../layers/dense.js';
import { denseShapes } from '../../layers/weight-shapes.js';
import { EMBEDDED, embeddingShapes, embedUsers, HIDDEN } from './graph-embedding.js';
import type { Batch, Network } from './network.js';

export function gcn(numFeatures: number, numClasses: number): Network {
  return {
    numClasses,
    weights: [
      ...embeddingShapes(numFeatures),
      ...denseShapes('hidden', EMBEDDED, HIDDEN),
      ...denseShapes('head', HIDDEN, numClasses),
    ],
    scores(tf, weights, batch) {
      const users = embedUsers(tf, weights, lastSlot(tf, batch), true);
      const hidden = tf.relu(dense(tf, users, weights['hidden.weight']!, weights['hidden.bias']!));
      return dense(tf, hidden, weights['head.weight']!, weights['head.bias']!);
    },
  };
}

function lastSlot(tf: TensorFlow, batch: Batch): Batch {
  const { features, adjacency, numSlots, numWindows } = batch;
  const cut = (x: Tensor3D): Tensor3D =>
    tf.slice(x, [(numSlots - 1) * numWindows, 0, 0], [numWindows, x.shape[1], x.shape[2]]);
  return { ...batch, numSlots: 1, features: cut(features), adjacency: cut(adjacency) };
}
