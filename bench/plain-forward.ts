/** The tracking network's forward pass as one would write it down first: plain loops over the whole window, nothing kept. */

import type { WeightShape } from '../src/prediction/layers/weight-shapes.js';
import type { Weights } from '../src/prediction/learning/weights.js';

type Rows = number[][];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const relu = (rows: Rows): Rows => rows.map((row) => row.map((value) => Math.max(0, value)));

export class PlainForward {
  readonly #weights: ReadonlyMap<string, { readonly columns: number; readonly values: Float32Array }>;

  constructor(shapes: readonly WeightShape[], weights: Weights) {
    this.#weights = new Map(
      shapes.map(({ name, shape }, k) => [name, { columns: shape.at(-1)!, values: weights[k]! }]),
    );
  }

  /**
   * @param features of every slot, [users + 1, features] each; row 0 zeros.
   * @param adjacency of every slot, [users + 1, users + 1].
   * @returns [users, classes].
   */
  scores(features: readonly Rows[], adjacency: readonly Rows[]): Rows {
    let state: Rows = features[0]!.slice(1).map(() => new Array<number>(64).fill(0));
    features.forEach((slot, t) => {
      const hear = (x: Rows) => adjacency[t]!.map((edges) => weighed(edges, x));
      const embedded = relu(this.#dense(slot, 'embedding.weight', 'embedding.bias'));
      const first = relu(this.#dense(hear(embedded), 'graph.first'));
      const second = relu(this.#dense(hear(first), 'graph.second'));
      const users = second.slice(1).map((row, k) => [...row, ...embedded[k + 1]!]);
      const [r, z, n] = ['reset', 'update', 'fresh'].map((gate) => ({
        input: this.#dense(users, `gru.${gate}.input`, `gru.${gate}.inputBias`),
        past: this.#dense(state, `gru.${gate}.recurrent`, `gru.${gate}.recurrentBias`),
      })) as [Gate, Gate, Gate];
      state = state.map((row, k) =>
        row.map((before, h) => {
          const reset = sigmoid(r.input[k]![h]! + r.past[k]![h]!);
          const update = sigmoid(z.input[k]![h]! + z.past[k]![h]!);
          const fresh = Math.tanh(n.input[k]![h]! + reset * n.past[k]![h]!);
          return fresh + update * (before - fresh);
        }),
      );
    });
    return this.#dense(state, 'head.weight', 'head.bias');
  }

  #dense(x: Rows, weight: string, bias?: string): Rows {
    const { columns, values } = this.#weights.get(weight)!;
    const added = bias === undefined ? null : this.#weights.get(bias)!.values;
    return x.map((row) => {
      const out = new Array<number>(columns);
      for (let c = 0; c < columns; c++) {
        let sum = added === null ? 0 : added[c]!;
        for (let k = 0; k < row.length; k++) sum += row[k]! * values[k * columns + c]!;
        out[c] = sum;
      }
      return out;
    });
  }
}

interface Gate {
  readonly input: Rows;
  readonly past: Rows;
}

function weighed(edges: readonly number[], x: Rows): number[] {
  return x[0]!.map((_, c) => edges.reduce((sum, edge, k) => sum + edge * x[k]![c]!, 0));
}
