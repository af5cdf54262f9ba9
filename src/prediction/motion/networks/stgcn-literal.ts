/**
 * Spatio-temporal graph network as Qian et al. (2026) print it: sigmoid graph layers without a shortcut, and one class per
 * codeword of the codebook (their eq. 10 to 17).
 */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { dense } from '../../layers/dense.js';
import { aggregate } from '../../layers/graph-layer.js';
import { gru } from '../../layers/gru.js';
import { denseShapes, glorot, gruShapes, gruWeights } from '../../layers/weight-shapes.js';
import { HIDDEN } from './graph-embedding.js';
import type { Network } from './network.js';

export function stgcnLiteral(numFeatures: number, numClasses: number): Network {
  return {
    numClasses,
    weights: [
      ...denseShapes('embedding', numFeatures, numFeatures),
      { name: 'graph.first', shape: [numFeatures, HIDDEN], spread: glorot(numFeatures, HIDDEN) },
      { name: 'graph.second', shape: [HIDDEN, HIDDEN], spread: glorot(HIDDEN, HIDDEN) },
      ...gruShapes(HIDDEN, HIDDEN),
      ...denseShapes('head', HIDDEN, numClasses),
    ],
    scores(tf, weights, { features, adjacency, numSlots, numUsers }) {
      const [numGraphs, numNodes] = features.shape;
      const rows = numGraphs * numNodes;
      const graphLayer = (x: Tensor2D, weight: Tensor2D): Tensor2D => {
        const nodes: Tensor3D = tf.reshape(x, [numGraphs, numNodes, x.shape[1]]);
        const heard: Tensor2D = tf.reshape(aggregate(tf, adjacency, nodes), [rows, x.shape[1]]);
        return tf.sigmoid(tf.matMul<Tensor2D>(heard, weight));
      };
      const flat: Tensor2D = tf.reshape(features, [rows, numFeatures]);
      const embedded = tf.relu<Tensor2D>(
        dense(tf, flat, weights['embedding.weight']!, weights['embedding.bias']!),
      );
      const first = graphLayer(embedded, weights['graph.first']!);
      const second = graphLayer(first, weights['graph.second']!);
      const all: Tensor3D = tf.reshape(second, [numGraphs, numNodes, HIDDEN]);
      const users: Tensor2D = tf.reshape(tf.slice(all, [0, 1, 0], [numGraphs, numUsers, HIDDEN]), [
        numGraphs * numUsers,
        HIDDEN,
      ]);
      const state = gru(tf, users, numSlots, gruWeights(weights));
      return dense(tf, state, weights['head.weight']!, weights['head.bias']!);
    },
  };
}
