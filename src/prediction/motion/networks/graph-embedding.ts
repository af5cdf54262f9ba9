/** What the networks with a beam-relative head make of one slot's graph: embedding, two graph layers, and a shortcut past them (docs/model.md eq. 96). */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { dense } from '../../layers/dense.js';
import { aggregate } from '../../layers/graph-layer.js';
import { denseShapes, glorot, type WeightShape, type WeightTensors } from '../../layers/weight-shapes.js';
import type { Batch } from './network.js';

/** Of every hidden layer. */
export const HIDDEN = 64;
/** Per user and slot: the second graph layer's output, then the embedding itself. */
export const EMBEDDED = 2 * HIDDEN;

export function embeddingShapes(numFeatures: number): WeightShape[] {
  const spread = glorot(HIDDEN, HIDDEN);
  return [
    ...denseShapes('embedding', numFeatures, HIDDEN),
    { name: 'graph.first', shape: [HIDDEN, HIDDEN], spread },
    { name: 'graph.second', shape: [HIDDEN, HIDDEN], spread },
  ];
}

/**
 * @param hasGraph false: every node hears itself alone.
 * @returns of the users, without the base station, [slots * windows * users, EMBEDDED].
 */
export function embedUsers(
  tf: TensorFlow,
  weights: WeightTensors,
  batch: Batch,
  hasGraph: boolean,
): Tensor2D {
  const { features, adjacency, numUsers } = batch;
  const [numGraphs, numNodes, numFeatures] = features.shape;
  const rows = numGraphs * numNodes;
  const hear = (x: Tensor2D): Tensor2D => {
    if (!hasGraph) return x;
    const nodes: Tensor3D = tf.reshape(x, [numGraphs, numNodes, x.shape[1]]);
    return tf.reshape(aggregate(tf, adjacency, nodes), [rows, x.shape[1]]);
  };
  const flat: Tensor2D = tf.reshape(features, [rows, numFeatures]);
  const embedded = tf.relu<Tensor2D>(
    dense(tf, flat, weights['embedding.weight']!, weights['embedding.bias']!),
  );
  const first = tf.relu<Tensor2D>(tf.matMul<Tensor2D>(hear(embedded), weights['graph.first']!));
  const second: Tensor2D = tf.relu(tf.matMul<Tensor2D>(hear(first), weights['graph.second']!));
  const usersOf = (x: Tensor2D): Tensor2D => {
    const nodes: Tensor3D = tf.reshape(x, [numGraphs, numNodes, HIDDEN]);
    return tf.reshape(tf.slice(nodes, [0, 1, 0], [numGraphs, numUsers, HIDDEN]), [
      numGraphs * numUsers,
      HIDDEN,
    ]);
  };
  return tf.concat([usersOf(second), usersOf(embedded)], 1);
}
