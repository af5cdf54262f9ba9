import type { DenseLayer, Matrix } from '../../forward/layer-kernel.js';
import { HIDDEN } from '../networks/graph-embedding.js';
import type { ForwardPass, LoadedWeights, PassSizes } from './forward-pass.js';

/** Convolutions over each user's map of slots by features; every step computes them anew, because the map's edge moves. */
export function convolutionPass(loaded: LoadedWeights, sizes: PassSizes): ForwardPass {
  const { kernel } = loaded;
  const { numUsers, numSlots, numFeatures, numClasses } = sizes;
  const first = convolution(loaded, 'first', [numSlots, numFeatures], 1, 1);
  const second = convolution(loaded, 'second', [numSlots, numFeatures], first.outputs, 2);
  const layer = loaded.dense('hidden');
  const head = loaded.dense('head');
  const flat = kernel.matrix(numUsers, second.out.values.length);
  const hidden = kernel.matrix(numUsers, HIDDEN);
  const scores = kernel.matrix(numUsers, numClasses);
  const size = numSlots * numFeatures;
  /** Oldest slot first. */
  const maps = new Float32Array(numUsers * size);
  return {
    push(features, _adjacency, isNew) {
      for (let user = 0; user < numUsers; user++) {
        const own = features.subarray(user * numFeatures, (user + 1) * numFeatures);
        maps.copyWithin(user * size, user * size + numFeatures, (user + 1) * size);
        const begin = isNew[user] ? 0 : numSlots - 1;
        for (let slot = begin; slot < numSlots; slot++) maps.set(own, user * size + slot * numFeatures);
      }
    },
    scores() {
      for (let user = 0; user < numUsers; user++) {
        first.run(maps.subarray(user * size, (user + 1) * size));
        second.run(first.out.values);
        flat.values.set(second.out.values, user * second.out.values.length);
      }
      kernel.dense(flat, layer, 'relu', hidden);
      kernel.dense(hidden, head, 'none', scores);
      return scores.values;
    },
  };
}

interface Convolution {
  readonly outputs: number;
  /** [places, outputs]. */
  readonly out: Matrix;
  /** @param map [height, width, inputs]. */
  run(map: Float32Array): void;
}

const TAPS = 3;

/** 3 x 3 with ReLU, padded so that the first and last places are seen as TensorFlow's "same" has it. */
function convolution(
  loaded: LoadedWeights,
  name: string,
  [height, width]: readonly [number, number],
  inputs: number,
  stride: number,
): Convolution {
  const { kernel } = loaded;
  const layer: DenseLayer = { weight: loaded.filters(`${name}.filter`), bias: loaded.matrix(`${name}.bias`) };
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const seen = kernel.matrix(rows * columns, TAPS * TAPS * inputs);
  const out = kernel.matrix(rows * columns, layer.weight.columns);
  const before = (length: number, count: number) =>
    Math.floor(Math.max(0, (count - 1) * stride + TAPS - length) / 2);
  const [top, left] = [before(height, rows), before(width, columns)];
  return {
    outputs: layer.weight.columns,
    out,
    run(map) {
      seen.values.fill(0);
      let at = 0;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          for (let tap = 0; tap < TAPS * TAPS; tap++, at += inputs) {
            const y = row * stride + Math.floor(tap / TAPS) - top;
            const x = column * stride + (tap % TAPS) - left;
            if (y < 0 || x < 0 || y >= height || x >= width) continue;
            const from = (y * width + x) * inputs;
            seen.values.set(map.subarray(from, from + inputs), at);
          }
        }
      }
      kernel.dense(seen, layer, 'relu', out);
    },
  };
}
