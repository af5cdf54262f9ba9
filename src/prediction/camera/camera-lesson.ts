/** What camera networks learn: the best beams of seven slots from windows of motion masks, or of the beams before. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Random } from '../../core/random.js';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import type { WeightShape, WeightTensors } from '../layers/weight-shapes.js';
import type { Judgement, Lesson, LossAndGradients } from '../learning/lesson.js';
import { followBatch, slopesOf } from '../learning/slopes.js';
import { byName, type Weights, weightTensors } from '../learning/weights.js';
import { NUM_FRAMES, NUM_MASKS, NUM_SLOTS, type WindowSet } from './data/window-set.js';
import { dbaTop3, isInTop, rankedBeams } from './evaluation/scores.js';
import { focalLoss, focalLossTensor } from './layers/focal-loss.js';
import type { CameraSizes } from './networks/camera-network.js';
import { cameraScores, historyScores, type Learning } from './networks/camera-scores.js';
import { cameraShapes, historyShapes } from './networks/camera-weights.js';

/** Windows whose scores are computed at once. */
const SCORED_AT_ONCE = 50;
const LISTED = 5;

/** A window, as it is or left and right exchanged. */
interface Shown {
  readonly window: number;
  readonly isMirrored: boolean;
}

/** A network as lessons and evaluations see it. */
export interface CameraDesign {
  readonly shapes: readonly WeightShape[];
  /** [7 * windows, beams], slot after slot. */
  scores(
    tf: TensorFlow,
    weights: WeightTensors,
    set: WindowSet,
    shown: readonly Shown[],
    learning: Learning | null,
  ): Tensor2D;
}

export function cameraDesign(sizes: CameraSizes): CameraDesign {
  return {
    shapes: cameraShapes(sizes),
    scores: (tf, weights, set, shown, learning) =>
      cameraScores(tf, sizes, weights, masksOf(tf, set, shown), learning),
  };
}

export function historyDesign(numBeams: number): CameraDesign {
  return {
    shapes: historyShapes(numBeams),
    scores: (tf, weights, set, shown) => historyScores(tf, weights, pastOf(set, shown), numBeams),
  };
}

export function cameraLesson(
  tf: TensorFlow,
  design: CameraDesign,
  { training, validation }: { readonly training: WindowSet; readonly validation: WindowSet },
  /** Whether every second window, at random, is shown with left and right exchanged. */
  mirror: boolean,
): Lesson {
  return {
    shapes: design.shapes,
    numExamples: training.numWindows,
    step(weights, examples, random) {
      const shown = examples.map((window) => ({ window, isMirrored: mirror && random.uniform() < 0.5 }));
      return step(tf, design, training, weights, shown, random);
    },
    judge: (weights) => judgement(scoresOfAll(tf, design, weights, validation), validation),
  };
}

function step(
  tf: TensorFlow,
  design: CameraDesign,
  set: WindowSet,
  weights: Weights,
  shown: readonly Shown[],
  random: Random,
): LossAndGradients {
  const follow = followBatch(design.shapes, weights);
  const learning: Learning = {
    random,
    onStatistics: (block, statistics) => follow(`block${block + 1}`, statistics),
  };
  const classes = futureOf(set, shown);
  return slopesOf(tf, design.shapes, weights, (named) =>
    focalLossTensor(tf, design.scores(tf, named, set, shown, learning), classes),
  );
}

/** Scores of every slot of every window, shape [windows, 7, beams]. */
export function scoresOfAll(
  tf: TensorFlow,
  design: CameraDesign,
  weights: Weights,
  set: WindowSet,
): Float32Array {
  const { numWindows, numBeams } = set;
  const all = new Float32Array(numWindows * NUM_SLOTS * numBeams);
  for (let first = 0; first < numWindows; first += SCORED_AT_ONCE) {
    const count = Math.min(SCORED_AT_ONCE, numWindows - first);
    const shown = Array.from({ length: count }, (_, k) => ({ window: first + k, isMirrored: false }));
    tf.tidy(() => {
      const named = byName(design.shapes, weightTensors(tf, design.shapes, weights));
      const scores = design.scores(tf, named, set, shown, null).dataSync() as Float32Array;
      for (let slot = 0; slot < NUM_SLOTS; slot++) {
        for (let w = 0; w < count; w++) {
          const from = (slot * count + w) * numBeams;
          all.set(scores.subarray(from, from + numBeams), ((first + w) * NUM_SLOTS + slot) * numBeams);
        }
      }
    });
  }
  return all;
}

function judgement(scores: Float32Array, { numBeams, future }: WindowSet): Judgement {
  const { loss } = focalLoss(scores, future);
  const figures = { loss, top1: 0, top5: 0, dbaTop3: 0 };
  future.forEach((truth, k) => {
    const ranked = rankedBeams(scores.subarray(k * numBeams, (k + 1) * numBeams), LISTED);
    figures.top1 += (isInTop(ranked, truth, 1) ? 1 : 0) / future.length;
    figures.top5 += (isInTop(ranked, truth, LISTED) ? 1 : 0) / future.length;
    figures.dbaTop3 += dbaTop3(ranked, truth) / future.length;
  });
  return { score: -loss, figures };
}

function masksOf(tf: TensorFlow, { masks, maskPlaces }: WindowSet, shown: readonly Shown[]): Tensor4D {
  const { size } = masks;
  const pixels = size ** 2;
  const values = new Float32Array(NUM_MASKS * shown.length * pixels);
  shown.forEach(({ window, isMirrored }, w) => {
    for (let m = 0; m < NUM_MASKS; m++) {
      const at = (m * shown.length + w) * pixels;
      masks.read(maskPlaces[window * NUM_MASKS + m]!, values, at);
      if (!isMirrored) continue;
      for (let row = at; row < at + pixels; row += size) values.subarray(row, row + size).reverse();
    }
  });
  return tf.tensor4d(values, [NUM_MASKS * shown.length, size, size, 1]);
}

/** [8 * windows], slot after slot. */
function pastOf(set: WindowSet, shown: readonly Shown[]): Int32Array {
  return bySlot(set, set.past, NUM_FRAMES, shown);
}

/** [7 * windows], slot after slot. */
function futureOf(set: WindowSet, shown: readonly Shown[]): Int32Array {
  return bySlot(set, set.future, NUM_SLOTS, shown);
}

function bySlot(
  { numBeams }: WindowSet,
  beams: Int32Array,
  numSlots: number,
  shown: readonly Shown[],
): Int32Array {
  return Int32Array.from({ length: numSlots * shown.length }, (_, k) => {
    const { window, isMirrored } = shown[k % shown.length]!;
    const beam = beams[window * numSlots + Math.floor(k / shown.length)]!;
    return isMirrored ? numBeams - 1 - beam : beam;
  });
}
