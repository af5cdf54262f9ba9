/** The networks' forward pass for training, through TensorFlow.js. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { type BatchStatistics, batchNorm, SMALL_VARIANCE } from '../../layers/batch-norm.js';
import { addRow, dense } from '../../layers/dense.js';
import type { WeightTensors } from '../../layers/weight-shapes.js';
import {
  type Branch,
  type BranchSizes,
  headNames,
  isPerceptron,
  perceptronLayers,
  type SweepSizes,
  sizedBottlenecks,
} from './sweep-network.js';

/** Told the statistics of the batch, by the name of what is normalised; null while a network runs: its running statistics count. */
export type OnStatistics = ((name: string, statistics: BatchStatistics) => void) | null;

/** What comes of a batch of maps; all [rows, …]. */
export interface SweepOutcome {
  /** Before the softmax. */
  readonly scores: Tensor2D;
  /** Features of the branches; those of places null where there is one branch. */
  readonly beam: Tensor2D;
  readonly place: Tensor2D | null;
  /** [rows, 2]: where the user is, in hundreds of metres; null where there is one branch. */
  readonly position: Tensor2D | null;
  /** What fusion is to make again, and what it makes; null without an auto-encoder. */
  readonly rebuilt: { readonly wanted: Tensor2D; readonly made: Tensor2D } | null;
  /** Features of places, enhanced, and what a generator makes of the beam's; null without a judge. */
  readonly judged: { readonly enhanced: Tensor2D; readonly generated: Tensor2D } | null;
}

/**
 * @param maps [rows, size, size, 1].
 * @param sectors of each row, from 0: whose head speaks, where there are three.
 */
export function sweepOutcome(
  tf: TensorFlow,
  { branch, fusion, heads }: SweepSizes,
  weights: WeightTensors,
  maps: Tensor4D,
  sectors: ArrayLike<number>,
  onStatistics: OnStatistics,
): SweepOutcome {
  const beam = branchOutcome(tf, 'beam', branch, weights, maps, onStatistics);
  const place = fusion === 'none' ? null : branchOutcome(tf, 'place', branch, weights, maps, onStatistics);
  const position = place === null ? null : linear(tf, place, weights, 'position');
  const { features, ...parts } = fused(tf, fusion, beam, place, weights);
  const names = headNames(heads);
  const each = names.map((name) => linear(tf, features, weights, name));
  return {
    scores: each.length === 1 ? each[0]! : chosen(tf, each, sectors),
    beam,
    place,
    position,
    ...parts,
  };
}

function fused(
  tf: TensorFlow,
  fusion: SweepSizes['fusion'],
  beam: Tensor2D,
  place: Tensor2D | null,
  weights: WeightTensors,
): { features: Tensor2D } & Pick<SweepOutcome, 'rebuilt' | 'judged'> {
  if (place === null) return { features: beam, rebuilt: null, judged: null };
  if (fusion === 'auto') {
    const both: Tensor2D = tf.concat([beam, place], 1);
    const { features, made } = autoFusion(tf, both, weights, 'fusion');
    return { features, rebuilt: { wanted: both, made }, judged: null };
  }
  const { features: enhanced, made } = autoFusion(tf, place, weights, 'enhance');
  const first = tf.relu<Tensor2D>(linear(tf, beam, weights, 'generator1'));
  const second = tf.relu<Tensor2D>(linear(tf, first, weights, 'generator2'));
  const generated = linear(tf, second, weights, 'generator3');
  const features: Tensor2D = tf.concat([generated, beam], 1);
  return { features, rebuilt: { wanted: place, made }, judged: { enhanced, generated } };
}

function autoFusion(tf: TensorFlow, x: Tensor2D, weights: WeightTensors, name: string) {
  const features = tf.relu<Tensor2D>(
    linear(tf, tf.relu<Tensor2D>(linear(tf, x, weights, `${name}.basic1`)), weights, `${name}.basic2`),
  );
  const back = tf.relu<Tensor2D>(linear(tf, features, weights, `${name}.back1`));
  return { features, made: linear(tf, back, weights, `${name}.back2`) };
}

/** Slope of a leaky ReLU below 0. */
const LEAK = 0.2;

/** How much features look like enhanced ones, before the logistic function, [rows, 1]. */
export function judgement(
  tf: TensorFlow,
  features: Tensor2D,
  weights: WeightTensors,
  onStatistics: OnStatistics,
): Tensor2D {
  let x = features;
  for (const name of ['judge1', 'judge2']) {
    x = tf.leakyRelu(normalised(tf, linear(tf, x, weights, name), weights, name, onStatistics), LEAK);
  }
  return linear(tf, x, weights, 'judge3');
}

/** @returns features, [rows, features]. */
function branchOutcome(
  tf: TensorFlow,
  name: string,
  sizes: Branch,
  weights: WeightTensors,
  maps: Tensor4D,
  onStatistics: OnStatistics,
): Tensor2D {
  if (!isPerceptron(sizes)) return convolvedFeatures(tf, name, sizes, weights, maps, onStatistics);
  const powers: Tensor2D = tf.reshape(maps, [maps.shape[0], sizes.mapSize ** 2]);
  return perceptronLayers(sizes).reduce(
    (x, _, k) => tf.relu<Tensor2D>(linear(tf, x, weights, `${name}.layer${k + 1}`)),
    powers,
  );
}

function convolvedFeatures(
  tf: TensorFlow,
  name: string,
  sizes: BranchSizes,
  weights: WeightTensors,
  maps: Tensor4D,
  onStatistics: OnStatistics,
): Tensor2D {
  const convolve = (x: Tensor4D, of: string, stride: 1 | 2, numGroups = 1) =>
    convolution(tf, x, weights, of, stride, numGroups, onStatistics);
  let x = tf.relu<Tensor4D>(convolve(maps, `${name}.stem`, sizes.stem.stride));
  for (const [k, { stride, numGroups, squeezed, hasShortcut }] of sizedBottlenecks(sizes).entries()) {
    const block = `${name}.block${k + 1}`;
    const inner = tf.relu<Tensor4D>(convolve(x, `${block}.in`, 1));
    let across = tf.relu<Tensor4D>(convolve(inner, `${block}.across`, stride, numGroups));
    if (squeezed > 0) across = excited(tf, across, weights, block);
    const beside = hasShortcut ? convolve(x, `${block}.shortcut`, stride) : x;
    x = tf.relu(tf.add<Tensor4D>(convolve(across, `${block}.out`, 1), beside));
  }
  return tf.mean(x, [1, 2]);
}

/** Channels weighed by what their means say. */
function excited(tf: TensorFlow, x: Tensor4D, weights: WeightTensors, block: string): Tensor4D {
  const means: Tensor2D = tf.mean(x, [1, 2]);
  const squeezed = tf.relu<Tensor2D>(linear(tf, means, weights, `${block}.squeeze`));
  const shares = tf.sigmoid<Tensor2D>(linear(tf, squeezed, weights, `${block}.excite`));
  return tf.mul(x, tf.reshape(shares, [x.shape[0], 1, 1, x.shape[3]]));
}

function convolution(
  tf: TensorFlow,
  x: Tensor4D,
  weights: WeightTensors,
  name: string,
  stride: 1 | 2,
  numGroups: number,
  onStatistics: OnStatistics,
): Tensor4D {
  const filter = weights[`${name}.filter`] as unknown as Tensor4D;
  const y = convolved(tf, x, filter, stride, numGroups);
  const channels = y.shape[3];
  const rows: Tensor2D = tf.reshape(y, [y.size / channels, channels]);
  return tf.reshape(normalised(tf, rows, weights, name, onStatistics), y.shape);
}

function convolved(
  tf: TensorFlow,
  x: Tensor4D,
  filter: Tensor4D,
  stride: 1 | 2,
  numGroups: number,
): Tensor4D {
  const [height, , inputs, outputs] = filter.shape;
  if (numGroups > 1) {
    const parts: Tensor4D[] = tf.split(x, numGroups, 3);
    const filters: Tensor4D[] = tf.split(filter, numGroups, 3);
    return tf.concat<Tensor4D>(
      parts.map((part, k) => tf.conv2d<Tensor4D>(part, filters[k]!, stride, padding(height))),
      3,
    );
  }
  if (height > 1 || stride > 1) return tf.conv2d<Tensor4D>(x, filter, stride, padding(height));
  // A product of matrices.
  const rows: Tensor2D = tf.reshape(x, [x.size / inputs, inputs]);
  const product = tf.matMul<Tensor2D>(rows, tf.reshape(filter, [inputs, outputs]));
  return tf.reshape(product, [x.shape[0], x.shape[1], x.shape[2], outputs]);
}

/** The same on every side, so that a stride begins at the first row and column. */
function padding(size: number): number {
  return (size - 1) / 2;
}

function normalised(
  tf: TensorFlow,
  rows: Tensor2D,
  weights: WeightTensors,
  name: string,
  onStatistics: OnStatistics,
): Tensor2D {
  const [scale, shift] = [weights[`${name}.scale`]!, weights[`${name}.shift`]!];
  if (onStatistics !== null) {
    return batchNorm(tf, rows, scale, shift, (statistics) => onStatistics(name, statistics));
  }
  const by = tf.mul<Tensor2D>(
    scale,
    tf.rsqrt(tf.add<Tensor2D>(weights[`${name}.variance`]!, SMALL_VARIANCE)),
  );
  return addRow(tf, tf.mul(rows, by), tf.sub(shift, tf.mul<Tensor2D>(weights[`${name}.mean`]!, by)));
}

function linear(tf: TensorFlow, x: Tensor2D, weights: WeightTensors, name: string): Tensor2D {
  return dense(tf, x, weights[`${name}.weight`]!, weights[`${name}.bias`]!);
}

/** Of each row the scores of its sector's head. */
function chosen(tf: TensorFlow, each: readonly Tensor2D[], sectors: ArrayLike<number>): Tensor2D {
  const parts = each.map((scores, k) => {
    const mine = Float32Array.from({ length: sectors.length }, (_, row) => (sectors[row] === k ? 1 : 0));
    return tf.mul<Tensor2D>(scores, tf.tensor2d(mine, [sectors.length, 1]));
  });
  return tf.addN(parts);
}
