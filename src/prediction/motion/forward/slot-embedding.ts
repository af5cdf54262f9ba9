/** What networks make of the graph of one slot, without TensorFlow. */

import type { Activation, DenseLayer, Matrix } from '../../forward/layer-kernel.js';
import { EMBEDDED, HIDDEN } from '../networks/graph-embedding.js';
import type { LoadedWeights, PassSizes } from './forward-pass.js';

export interface SlotEmbedding {
  readonly width: number;
  /** Of the users, [users, width]; overwritten by the next call. */
  embed(features: Float32Array, adjacency: Float32Array): Matrix;
}

/** Of networks with the beam-relative head: the second graph layer's output, then the embedding itself. */
export function relativeEmbedding(loaded: LoadedWeights, sizes: PassSizes, hasGraph: boolean): SlotEmbedding {
  const { kernel } = loaded;
  const { features, graph, load } = inputsOf(loaded, sizes);
  const nodes = sizes.numUsers + 1;
  const embedding = loaded.dense('embedding');
  const first = loaded.plain('graph.first');
  const second = loaded.plain('graph.second');
  const [embedded, heard, hidden] = [0, 1, 2].map(() => kernel.matrix(nodes, HIDDEN)) as [
    Matrix,
    Matrix,
    Matrix,
  ];
  const out = kernel.matrix(nodes, EMBEDDED);
  const graphPart = kernel.columnsOf(out, 0, HIDDEN);
  const layer = (x: Matrix, weight: DenseLayer, to: Matrix) => {
    if (hasGraph) kernel.dense(graph, { weight: x, bias: null }, 'none', heard);
    kernel.dense(hasGraph ? heard : x, weight, 'relu', to);
  };
  const users = kernel.rowsOf(out, 1, sizes.numUsers);
  return {
    width: EMBEDDED,
    embed(given, adjacency) {
      load(given, adjacency);
      kernel.dense(features, embedding, 'relu', embedded);
      layer(embedded, first, hidden);
      layer(hidden, second, graphPart);
      for (let node = 1; node < nodes; node++) {
        const own = embedded.values.subarray(node * HIDDEN, (node + 1) * HIDDEN);
        out.values.set(own, node * EMBEDDED + HIDDEN);
      }
      return users;
    },
  };
}

/** As printed: two sigmoid graph layers, nothing beside them. */
export function literalEmbedding(loaded: LoadedWeights, sizes: PassSizes): SlotEmbedding {
  const { kernel } = loaded;
  const { features, graph, load } = inputsOf(loaded, sizes);
  const nodes = sizes.numUsers + 1;
  const embedding = loaded.dense('embedding');
  const first = loaded.plain('graph.first');
  const second = loaded.plain('graph.second');
  const embedded = kernel.matrix(nodes, sizes.numFeatures);
  const heardFirst = kernel.matrix(nodes, sizes.numFeatures);
  const [hidden, heard, out] = [0, 1, 2].map(() => kernel.matrix(nodes, HIDDEN)) as [Matrix, Matrix, Matrix];
  const users = kernel.rowsOf(out, 1, sizes.numUsers);
  const layer = (x: Matrix, through: Matrix, weight: DenseLayer, to: Matrix) => {
    const activation: Activation = 'sigmoid';
    kernel.dense(graph, { weight: x, bias: null }, 'none', through);
    kernel.dense(through, weight, activation, to);
  };
  return {
    width: HIDDEN,
    embed(given, adjacency) {
      load(given, adjacency);
      kernel.dense(features, embedding, 'relu', embedded);
      layer(embedded, heardFirst, first, hidden);
      layer(hidden, heard, second, out);
      return users;
    },
  };
}

/** Row 0 of the features is the base station's: it stays zeros. */
function inputsOf({ kernel }: LoadedWeights, { numUsers, numFeatures }: PassSizes) {
  const nodes = numUsers + 1;
  const features = kernel.matrix(nodes, numFeatures);
  const graph = kernel.matrix(nodes, nodes);
  return {
    features,
    graph,
    load(given: Float32Array, adjacency: Float32Array) {
      features.values.set(given, numFeatures);
      graph.values.set(adjacency);
    },
  };
}
