/** A network's forward pass without TensorFlow, slot by slot as a tracker goes: what a slot gave is kept for the slots after it. */

import { type DenseLayer, LayerKernel, type Matrix } from '../../forward/layer-kernel.js';
import { GATES } from '../../layers/gru.js';
import { sizeOf, type WeightShape } from '../../layers/weight-shapes.js';
import type { Weights } from '../../learning/weights.js';

export interface ForwardPass {
  /**
   * Takes one more slot.
   *
   * @param features standardised, [users, features].
   * @param adjacency normalised, [users + 1, users + 1].
   * @param isNew users whose slots before this one count for nothing: this one stands in for them.
   */
  push(features: Float32Array, adjacency: Float32Array, isNew: readonly boolean[]): void;
  /** Scores of all classes after the last slot, [users, classes]; overwritten by the next call. */
  scores(): Float32Array;
}

export interface PassSizes {
  readonly numUsers: number;
  readonly numSlots: number;
  readonly numFeatures: number;
  readonly numClasses: number;
}

/** More than any pass works on: a few hundred numbers per node and slot, maps of features, and the scores. */
function workingFloats({ numUsers, numSlots, numFeatures, numClasses }: PassSizes): number {
  const nodes = numUsers + 1;
  return nodes * (1000 + nodes + 300 * numSlots + 300 * (numSlots + 2) * (numFeatures + 2) + 2 * numClasses);
}

/** A network's weights in the kernel's memory, by name. */
export class LoadedWeights {
  readonly kernel: LayerKernel;
  readonly #shapes: readonly WeightShape[];
  readonly #weights: Weights;

  /** The memory has room for what passes of these sizes work on, too. */
  constructor(shapes: readonly WeightShape[], weights: Weights, sizes: PassSizes) {
    const own = shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.kernel = new LayerKernel(own + workingFloats(sizes));
    this.#shapes = shapes;
    this.#weights = weights;
  }

  matrix(name: string): Matrix {
    const [rows, columns] = this.#shapeOf(name);
    const matrix = this.kernel.matrix(rows, columns);
    matrix.values.set(this.#valuesOf(name));
    return matrix;
  }

  /** Filters of a convolution as one matrix, [height * width * inputs, outputs]. */
  filters(name: string): Matrix {
    const values = this.#valuesOf(name);
    const outputs = this.#shapes.find((shape) => shape.name === name)!.shape.at(-1)!;
    const matrix = this.kernel.matrix(values.length / outputs, outputs);
    matrix.values.set(values);
    return matrix;
  }

  dense(name: string): DenseLayer {
    return { weight: this.matrix(`${name}.weight`), bias: this.matrix(`${name}.bias`) };
  }

  plain(name: string): DenseLayer {
    return { weight: this.matrix(name), bias: null };
  }

  /** All gates of the recurrent unit side by side. */
  gates(part: 'input' | 'recurrent'): DenseLayer {
    const names = GATES.map((gate) => `gru.${gate}.${part}`);
    return { weight: this.#beside(names), bias: this.#beside(names.map((name) => `${name}Bias`)) };
  }

  #beside(names: readonly string[]): Matrix {
    const [rows, columns] = this.#shapeOf(names[0]!);
    const together = this.kernel.matrix(rows, columns * names.length);
    names.forEach((name, k) => {
      const values = this.#valuesOf(name);
      for (let row = 0; row < rows; row++) {
        const at = (row * names.length + k) * columns;
        together.values.set(values.subarray(row * columns, (row + 1) * columns), at);
      }
    });
    return together;
  }

  #shapeOf(name: string): [number, number] {
    const { shape } = this.#shapes.find((one) => one.name === name)!;
    return [shape[0]!, shape[1]!];
  }

  #valuesOf(name: string): Float32Array {
    return this.#weights[this.#shapes.findIndex((shape) => shape.name === name)]!;
  }
}
