/** A sweep network as it runs, without TensorFlow: normalisations are part of the filters, and what only trains is left out. */
import { Convolution, type ConvolutionSizes, numSeen, outputSize } from '../../forward/convolution.js';
import { type Activation, type DenseLayer, LayerKernel, type Matrix } from '../../forward/layer-kernel.js';
import { SMALL_VARIANCE } from '../../layers/batch-norm.js';
import { sizeOf } from '../../layers/weight-shapes.js';
import type { Weights } from '../../learning/weights.js';
import { interpolate, relativeLevels } from '../data/power-map.js';
import {
  type Branch,
  type BranchSizes,
  branchFeatures,
  headNames,
  isPerceptron,
  type PerceptronSizes,
  perceptronLayers,
  runningShapes,
  type SizedBottleneck,
  type SweepSizes,
  sizedBottlenecks,
  sweepShapes,
} from '../networks/sweep-network.js';

export interface SweepPass {
  /**
   * Scores of all fine beams before the softmax; overwritten by the next call.
   *
   * @param powers of the coarse sweep, linear, in any unit; NaN where none was measured.
   * @param sector whose head speaks, from 0, where there are three.
   */
  scores(powers: ArrayLike<number>, sector?: number): Float32Array;
}

/** Weights by their names, and the kernel that has room for all that works on them. */
class Loaded {
  readonly kernel: LayerKernel;
  readonly #named: ReadonlyMap<string, Float32Array>;

  constructor(sizes: SweepSizes, weights: Weights) {
    const shapes = sweepShapes(sizes);
    this.#named = new Map(shapes.map(({ name }, k) => [name, weights[k]!]));
    const own = runningShapes(sizes).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const blocks = isPerceptron(sizes.branch) ? [] : sizedBottlenecks(sizes.branch);
    const numGroups = blocks.reduce((sum, block) => sum + block.numGroups, 0);
    this.kernel = new LayerKernel(own + 2 * workingFloats(sizes.branch), 4 * shapes.length + 8 * numGroups);
  }

  of(name: string): Float32Array {
    return this.#named.get(name)!;
  }

  /** A convolution with the normalisation after it in its filters. */
  convolution(name: string, sizes: ConvolutionSizes, activation: Activation, seen: Matrix): Convolution {
    const by = this.of(`${name}.variance`).map(
      (variance, k) => this.of(`${name}.scale`)[k]! / Math.sqrt(variance + SMALL_VARIANCE),
    );
    const filter = this.of(`${name}.filter`).map((weight, k) => weight * by[k % sizes.outputs]!);
    const bias = this.of(`${name}.shift`).map((shift, k) => shift - this.of(`${name}.mean`)[k]! * by[k]!);
    return new Convolution(this.kernel, sizes, filter, bias, activation, seen);
  }

  linear(name: string): DenseLayer {
    const bias = this.of(`${name}.bias`);
    const weight = this.kernel.matrix(this.of(`${name}.weight`).length / bias.length, bias.length);
    weight.values.set(this.of(`${name}.weight`));
    const row = this.kernel.matrix(1, bias.length);
    row.values.set(bias);
    return { weight, bias: row };
  }
}

export function sweepPass(sizes: SweepSizes, numCoarse: number, weights: Weights): SweepPass {
  const { branch, fusion, heads, numBeams } = sizes;
  const loaded = new Loaded(sizes, weights);
  const { kernel } = loaded;
  const features = branchFeatures(branch);
  const map = kernel.matrix(branch.mapSize ** 2, 1);
  const beam = branchPass(loaded, 'beam', branch);
  // Of a generator the beam's features are enough: it makes those of places by itself.
  const place = fusion === 'auto' ? branchPass(loaded, 'place', branch) : null;
  const fuse = fusionOf(loaded, sizes, features);
  const layers = headNames(heads).map((name) => loaded.linear(name));
  const scores = kernel.matrix(1, numBeams);
  const side = Math.sqrt(numCoarse);
  const levels = new Float32Array(numCoarse);
  return {
    scores(powers, sector = 0) {
      relativeLevels(powers, levels);
      interpolate(levels, 0, side, map.values, 0, branch.mapSize);
      const fused = fuse(beam.run(map), place?.run(map) ?? null);
      kernel.dense(fused, layers[layers.length === 1 ? 0 : sector]!, 'none', scores);
      return scores.values;
    },
  };
}

/** Places of the largest scores, the largest first. */
export function likeliest(scores: Float32Array, count: number): number[] {
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count);
}

function fusionOf(loaded: Loaded, { fusion }: SweepSizes, features: number) {
  const { kernel } = loaded;
  if (fusion === 'none') return (beam: Matrix) => beam;
  if (fusion === 'auto') {
    const [first, second] = [loaded.linear('fusion.basic1'), loaded.linear('fusion.basic2')];
    const both = kernel.matrix(1, 2 * features);
    const [hidden, out] = [kernel.matrix(1, features), kernel.matrix(1, features)];
    return (beam: Matrix, place: Matrix | null) => {
      both.values.set(beam.values);
      both.values.set(place!.values, features);
      kernel.dense(both, first, 'relu', hidden);
      kernel.dense(hidden, second, 'relu', out);
      return out;
    };
  }
  const [first, second, third] = ['generator1', 'generator2', 'generator3'].map((name) =>
    loaded.linear(name),
  );
  const hidden = [kernel.matrix(1, 2 * features), kernel.matrix(1, 2 * features)] as const;
  const generated = kernel.matrix(1, features);
  const out = kernel.matrix(1, 2 * features);
  return (beam: Matrix) => {
    kernel.dense(beam, first!, 'relu', hidden[0]);
    kernel.dense(hidden[0], second!, 'relu', hidden[1]);
    kernel.dense(hidden[1], third!, 'none', generated);
    out.values.set(generated.values);
    out.values.set(beam.values, features);
    return out;
  };
}

/** More than a branch works on: maps between its convolutions, what their places see, and the parts of an excitation. */
function workingFloats(branch: Branch): number {
  if (isPerceptron(branch)) {
    return (
      branch.mapSize ** 2 +
      branch.layers.reduce((sum, outputs) => sum + outputs, 0) +
      12 * branchFeatures(branch) +
      5000
    );
  }
  const stem = outputSize({ mapSize: branch.mapSize, stride: branch.stem.stride });
  const maps = sizedBottlenecks(branch).reduce(
    (sum, { mapSize, middle, outputs }) => sum + mapSize ** 2 * (2 * middle + 2 * outputs) + 4 * outputs,
    stem ** 2 * branch.stem.outputs,
  );
  return maps + mostSeen(branch) + 10 * branchFeatures(branch) + 2000;
}

function mostSeen(branch: BranchSizes): number {
  const own = sizedBottlenecks(branch).flatMap((block) => Object.values(sizesOf(block)).map(numSeen));
  return Math.max(numSeen(stemSizes(branch)), ...own);
}

function stemSizes({ mapSize, stem }: BranchSizes): ConvolutionSizes {
  return { filterSize: 3, stride: stem.stride, mapSize, inputs: 1, outputs: stem.outputs, numGroups: 1 };
}

function sizesOf(block: SizedBottleneck): Record<'in' | 'across' | 'out' | 'shortcut', ConvolutionSizes> {
  const { inputs, middle, outputs, stride, numGroups, mapSize } = block;
  const after = outputSize(block);
  const plain = { filterSize: 1, stride: 1, numGroups: 1 };
  return {
    in: { ...plain, mapSize, inputs, outputs: middle },
    across: { filterSize: 3, stride, mapSize, inputs: middle, outputs: middle, numGroups },
    out: { ...plain, mapSize: after, inputs: middle, outputs },
    shortcut: { ...plain, stride, mapSize, inputs, outputs },
  };
}

/** Gives features of a map, [1, features]; overwritten by the next call. */
interface BranchPass {
  run(map: Matrix): Matrix;
}

function branchPass(loaded: Loaded, name: string, branch: Branch): BranchPass {
  return isPerceptron(branch)
    ? new PerceptronPass(loaded, name, branch)
    : new ConvolvedPass(loaded, name, branch);
}

class PerceptronPass implements BranchPass {
  readonly #kernel: LayerKernel;
  readonly #powers: Matrix;
  readonly #layers: readonly { readonly layer: DenseLayer; readonly out: Matrix }[];

  constructor(loaded: Loaded, name: string, branch: PerceptronSizes) {
    this.#kernel = loaded.kernel;
    this.#powers = loaded.kernel.matrix(1, branch.mapSize ** 2);
    this.#layers = perceptronLayers(branch).map(([, outputs], k) => ({
      layer: loaded.linear(`${name}.layer${k + 1}`),
      out: loaded.kernel.matrix(1, outputs),
    }));
  }

  run(map: Matrix): Matrix {
    this.#powers.values.set(map.values);
    let x = this.#powers;
    for (const { layer, out } of this.#layers) {
      this.#kernel.dense(x, layer, 'relu', out);
      x = out;
    }
    return x;
  }
}

class ConvolvedPass implements BranchPass {
  readonly #blocks: readonly ((map: Matrix) => Matrix)[];
  readonly #stem: Convolution;
  readonly #first: Matrix;
  readonly #means: Matrix;

  constructor(loaded: Loaded, name: string, branch: BranchSizes) {
    const { kernel } = loaded;
    const seen = kernel.matrix(1, mostSeen(branch));
    const stem = stemSizes(branch);
    this.#stem = loaded.convolution(`${name}.stem`, stem, 'relu', seen);
    this.#first = kernel.matrix(outputSize(stem) ** 2, stem.outputs);
    this.#blocks = sizedBottlenecks(branch).map((block, k) =>
      bottleneckPass(loaded, `${name}.block${k + 1}`, block, seen),
    );
    this.#means = kernel.matrix(1, branchFeatures(branch));
  }

  run(map: Matrix): Matrix {
    this.#stem.run(map, this.#first);
    let x = this.#first;
    for (const block of this.#blocks) x = block(x);
    columnMeans(x, this.#means.values);
    return this.#means;
  }
}

function bottleneckPass(loaded: Loaded, name: string, block: SizedBottleneck, seen: Matrix) {
  const { kernel } = loaded;
  const sizes = sizesOf(block);
  const first = loaded.convolution(`${name}.in`, sizes.in, 'relu', seen);
  const second = loaded.convolution(`${name}.across`, sizes.across, 'relu', seen);
  const third = loaded.convolution(`${name}.out`, sizes.out, 'none', seen);
  const shortcut = block.hasShortcut
    ? loaded.convolution(`${name}.shortcut`, sizes.shortcut, 'none', seen)
    : null;
  const places = outputSize(block) ** 2;
  const inner = kernel.matrix(block.mapSize ** 2, block.middle);
  const across = kernel.matrix(places, block.middle);
  const out = kernel.matrix(places, block.outputs);
  const beside = shortcut === null ? null : kernel.matrix(places, block.outputs);
  const excite = block.squeezed === 0 ? null : excitationPass(loaded, name, block);
  return (map: Matrix): Matrix => {
    first.run(map, inner);
    second.run(inner, across);
    excite?.(across);
    third.run(across, out);
    if (beside !== null) shortcut!.run(map, beside);
    const added = (beside ?? map).values;
    const { values } = out;
    for (let k = 0; k < values.length; k++) values[k] = Math.max(0, values[k]! + added[k]!);
    return out;
  };
}

function excitationPass(loaded: Loaded, name: string, { middle, squeezed }: SizedBottleneck) {
  const { kernel } = loaded;
  const [squeeze, excite] = [loaded.linear(`${name}.squeeze`), loaded.linear(`${name}.excite`)];
  const [means, hidden, shares] = [middle, squeezed, middle].map((size) => kernel.matrix(1, size));
  return (map: Matrix): void => {
    columnMeans(map, means!.values);
    kernel.dense(means!, squeeze, 'relu', hidden!);
    kernel.dense(hidden!, excite, 'sigmoid', shares!);
    const { values, columns } = map;
    for (let at = 0; at < values.length; at += columns) {
      for (let k = 0; k < columns; k++) values[at + k]! *= shares!.values[k]!;
    }
  };
}

function columnMeans({ values, rows, columns }: Matrix, means: Float32Array): void {
  means.fill(0);
  for (let at = 0; at < values.length; at += columns) {
    for (let k = 0; k < columns; k++) means[k]! += values[at + k]!;
  }
  for (let k = 0; k < columns; k++) means[k]! /= rows;
}
