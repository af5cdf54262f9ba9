/**
 * A camera network's forward pass without TensorFlow, frame by frame as a tracker goes: only the newest mask goes through the
 * convolutions, features of those before are kept.
 */
import { type DenseLayer, LayerKernel, type Matrix } from '../../forward/layer-kernel.js';
import { SMALL_VARIANCE } from '../../layers/batch-norm.js';
import { GATES } from '../../layers/gru.js';
import { sizeOf, type WeightShape } from '../../layers/weight-shapes.js';
import type { Weights } from '../../learning/weights.js';
import { NUM_MASKS, NUM_SLOTS } from '../data/window-set.js';
import { type CameraSizes, FEATURES, NUM_HEADS } from '../networks/camera-network.js';
import { cameraShapes, flatFeatures, NUM_STEPS } from '../networks/camera-weights.js';
import { MaskPass } from './mask-pass.js';

/** More than is worked on beside the weights. */
const WORKING_FLOATS = 200_000;
const HEAD_WIDTH = FEATURES / NUM_HEADS;

export class CameraPass {
  readonly #values: (name: string) => Float32Array;
  readonly #kernel: LayerKernel;
  readonly #masks: MaskPass;
  readonly #flat: Matrix;
  readonly #embedding: Chain;
  readonly #head: Chain;
  readonly #recurrent: readonly Recurrent[];
  readonly #attention: Attention | null;
  readonly #scale: Float32Array;
  readonly #shift: Float32Array;
  /** Oldest first, [13, features]; those of later slots are zeros. */
  readonly #steps: Matrix;
  readonly #numBeams: number;

  constructor(sizes: CameraSizes, weights: Weights) {
    const shapes = cameraShapes(sizes);
    this.#values = (name) => weights[shapes.findIndex((shape) => shape.name === name)]!;
    const numFloats = shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.#kernel = new LayerKernel(numFloats + flatFeatures(sizes) + WORKING_FLOATS);
    const kernel = this.#kernel;
    const layer = (name: string) => denseLayer(kernel, shapes, this.#values, name);
    this.#masks = new MaskPass(sizes, this.#values);
    this.#flat = kernel.matrix(1, flatFeatures(sizes));
    this.#embedding = new Chain(kernel, 'embedding', sizes.embedding.length, 1, layer);
    this.#head = new Chain(kernel, 'head', sizes.head.length + 1, NUM_SLOTS, layer);
    this.#recurrent = ['gru1', 'gru2'].map((name) => new Recurrent(kernel, shapes, this.#values, name));
    this.#attention = sizes.withAttention ? new Attention(kernel, layer) : null;
    [this.#scale, this.#shift] = [this.#values('norm.scale'), this.#values('norm.shift')];
    this.#steps = kernel.matrix(NUM_STEPS, FEATURES);
    this.#numBeams = sizes.numBeams;
  }

  /** Takes one more mask, [size, size]. */
  push(mask: Uint8Array): void {
    this.#flat.values.set(this.#masks.features(mask));
    const embedded = this.#embedding.run(this.#flat);
    const kept = this.#steps.values;
    kept.copyWithin(0, FEATURES, NUM_MASKS * FEATURES);
    normalise(embedded.values, this.#scale, this.#shift, kept.subarray((NUM_MASKS - 1) * FEATURES));
  }

  /** Scores of all beams after the last mask, for the current slot and the six after it, [7, beams]; overwritten by the next call. */
  scores(): Float32Array {
    let x = this.#steps;
    for (const recurrent of this.#recurrent) x = recurrent.run(x);
    const last = this.#kernel.rowsOf(x, NUM_STEPS - NUM_SLOTS, NUM_SLOTS);
    return this.#head
      .run(this.#attention === null ? last : this.#attention.run(x, last))
      .values.subarray(0, NUM_SLOTS * this.#numBeams);
  }
}

function denseLayer(
  kernel: LayerKernel,
  shapes: readonly WeightShape[],
  values: (name: string) => Float32Array,
  name: string,
): DenseLayer {
  const [rows, columns] = shapes.find((shape) => shape.name === `${name}.weight`)!.shape;
  const weight = kernel.matrix(rows!, columns!);
  weight.values.set(values(`${name}.weight`));
  const bias = kernel.matrix(1, columns!);
  bias.values.set(values(`${name}.bias`));
  return { weight, bias };
}

/** Dense layers with ReLU between them. */
class Chain {
  readonly #kernel: LayerKernel;
  readonly #layers: readonly { readonly layer: DenseLayer; readonly out: Matrix }[];

  constructor(
    kernel: LayerKernel,
    name: string,
    count: number,
    rows: number,
    layer: (name: string) => DenseLayer,
  ) {
    this.#kernel = kernel;
    this.#layers = Array.from({ length: count }, (_, k) => {
      const own = layer(`${name}${k + 1}`);
      return { layer: own, out: kernel.matrix(rows, own.weight.columns) };
    });
  }

  run(given: Matrix): Matrix {
    let x = given;
    for (const [k, { layer, out }] of this.#layers.entries()) {
      this.#kernel.dense(x, layer, k < this.#layers.length - 1 ? 'relu' : 'none', out);
      x = out;
    }
    return x;
  }
}

/** Gated recurrent unit over all steps, from a state of zeros. */
class Recurrent {
  readonly #kernel: LayerKernel;
  readonly #input: DenseLayer;
  readonly #recurrent: DenseLayer;
  readonly #inputs: Matrix;
  readonly #past: Matrix;
  readonly #state: Matrix;
  readonly #states: Matrix;

  constructor(
    kernel: LayerKernel,
    shapes: readonly WeightShape[],
    values: (name: string) => Float32Array,
    name: string,
  ) {
    this.#kernel = kernel;
    const beside = (part: string): Matrix => {
      const names = GATES.map((gate) => `${name}.${gate}.${part}`);
      const [rows, columns] = shapes.find((shape) => shape.name === names[0])!.shape as [number, number];
      const together = kernel.matrix(rows, columns * names.length);
      names.forEach((each, k) => {
        for (let row = 0; row < rows; row++) {
          const own = values(each).subarray(row * columns, (row + 1) * columns);
          together.values.set(own, (row * names.length + k) * columns);
        }
      });
      return together;
    };
    this.#input = { weight: beside('input'), bias: beside('inputBias') };
    this.#recurrent = { weight: beside('recurrent'), bias: beside('recurrentBias') };
    this.#inputs = kernel.matrix(NUM_STEPS, GATES.length * FEATURES);
    this.#past = kernel.matrix(1, GATES.length * FEATURES);
    this.#state = kernel.matrix(1, FEATURES);
    this.#states = kernel.matrix(NUM_STEPS, FEATURES);
  }

  run(x: Matrix): Matrix {
    const kernel = this.#kernel;
    kernel.dense(x, this.#input, 'none', this.#inputs);
    this.#state.values.fill(0);
    for (let step = 0; step < NUM_STEPS; step++) {
      kernel.dense(this.#state, this.#recurrent, 'none', this.#past);
      kernel.recur(kernel.rowsOf(this.#inputs, step, 1), this.#past, this.#state);
      this.#states.values.set(this.#state.values, step * FEATURES);
    }
    return this.#states;
  }
}

/** Multi-head attention of the last steps over all of them, added to what goes in. */
class Attention {
  readonly #kernel: LayerKernel;
  readonly #layers: Readonly<Record<'query' | 'key' | 'value' | 'out', DenseLayer>>;
  readonly #query: Matrix;
  readonly #key: Matrix;
  readonly #value: Matrix;
  readonly #seen: Matrix;
  readonly #out: Matrix;

  constructor(kernel: LayerKernel, layer: (name: string) => DenseLayer) {
    this.#kernel = kernel;
    const part = (name: string) => layer(`attention.${name}`);
    this.#layers = { query: part('query'), key: part('key'), value: part('value'), out: part('out') };
    [this.#query, this.#seen, this.#out] = [0, 1, 2].map(() => kernel.matrix(NUM_SLOTS, FEATURES)) as [
      Matrix,
      Matrix,
      Matrix,
    ];
    [this.#key, this.#value] = [0, 1].map(() => kernel.matrix(NUM_STEPS, FEATURES)) as [Matrix, Matrix];
  }

  run(x: Matrix, last: Matrix): Matrix {
    const kernel = this.#kernel;
    kernel.dense(last, this.#layers.query, 'none', this.#query);
    kernel.dense(x, this.#layers.key, 'none', this.#key);
    kernel.dense(x, this.#layers.value, 'none', this.#value);
    const [query, key, value] = [this.#query.values, this.#key.values, this.#value.values];
    const shares = new Float64Array(NUM_STEPS);
    this.#seen.values.fill(0);
    for (let slot = 0; slot < NUM_SLOTS; slot++) {
      for (let from = 0; from < FEATURES; from += HEAD_WIDTH) {
        const own = query.subarray(slot * FEATURES + from, slot * FEATURES + from + HEAD_WIDTH);
        softmax(
          shares.fill(0).map((_, step) => {
            let sum = 0;
            for (let k = 0; k < HEAD_WIDTH; k++) sum += own[k]! * key[step * FEATURES + from + k]!;
            return sum / Math.sqrt(HEAD_WIDTH);
          }),
          shares,
        );
        for (let k = 0; k < HEAD_WIDTH; k++) {
          let sum = 0;
          for (let step = 0; step < NUM_STEPS; step++)
            sum += shares[step]! * value[step * FEATURES + from + k]!;
          this.#seen.values[slot * FEATURES + from + k] = sum;
        }
      }
    }
    kernel.dense(this.#seen, this.#layers.out, 'none', this.#out);
    for (let k = 0; k < this.#out.values.length; k++) this.#out.values[k]! += last.values[k]!;
    return this.#out;
  }
}

function softmax(scores: Float64Array, out: Float64Array): void {
  const most = scores.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += out[k] = Math.exp(scores[k]! - most);
  for (let k = 0; k < out.length; k++) out[k]! /= sum;
}

/** To mean 0 and variance 1, scaled and shifted. */
function normalise(x: Float32Array, scale: Float32Array, shift: Float32Array, out: Float32Array): void {
  const size = scale.length;
  let [sum, squares] = [0, 0];
  for (let k = 0; k < size; k++) sum += x[k]!;
  const mean = sum / size;
  for (let k = 0; k < size; k++) squares += (x[k]! - mean) ** 2;
  const inverse = 1 / Math.sqrt(squares / size + SMALL_VARIANCE);
  for (let k = 0; k < size; k++) out[k] = (x[k]! - mean) * inverse * scale[k]! + shift[k]!;
}
