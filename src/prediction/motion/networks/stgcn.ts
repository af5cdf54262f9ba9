/** Spatio-temporal graph network that ranks beams relative to the last one. */
import { dense } from '../../layers/dense.js';
import { gru } from '../../layers/gru.js';
import { denseShapes, gruShapes, gruWeights } from '../../layers/weight-shapes.js';
import { EMBEDDED, embeddingShapes, embedUsers, HIDDEN } from './graph-embedding.js';
import type { Network } from './network.js';

/** @param hasGraph false: what is left without the graph. */
export function stgcn(numFeatures: number, numClasses: number, hasGraph = true): Network {
  return {
    numClasses,
    weights: [
      ...embeddingShapes(numFeatures),
      ...gruShapes(EMBEDDED, HIDDEN),
      ...denseShapes('head', HIDDEN, numClasses),
    ],
    scores(tf, weights, batch) {
      const users = embedUsers(tf, weights, batch, hasGraph);
      const state = gru(tf, users, batch.numSlots, gruWeights(weights));
      return dense(tf, state, weights['head.weight']!, weights['head.bias']!);
    },
  };
}
