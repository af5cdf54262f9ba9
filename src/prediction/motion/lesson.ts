/** What the networks of this family learn: the best codeword of the slot after each window. */
import type { TensorFlow } from '../backend/tensorflow-type.js';
import type { Judgement, Lesson } from '../learning/lesson.js';
import type { Weights } from '../learning/weights.js';
import { batchOf, type Examples } from './data/examples.js';
import { topColumn } from './heads/ranking.js';
import type { Judge } from './judge.js';
import { lossAndGradients, scoresOf } from './loss.js';
import type { NetworkDesign } from './networks/kinds.js';

/** Windows whose scores are computed at once. */
const SCORED_AT_ONCE = 50;

export function motionLesson(
  tf: TensorFlow,
  design: NetworkDesign,
  examples: { readonly training: Examples; readonly validation: Examples },
  judge: Judge,
): Lesson {
  const { network } = design;
  return {
    shapes: network.weights,
    numExamples: examples.training.numWindows,
    step(weights, windows) {
      const { batch, classes } = batchOf(tf, examples.training, windows);
      const found = lossAndGradients(tf, network, weights, batch, classes);
      tf.dispose([batch.features, batch.adjacency]);
      return found;
    },
    judge(weights) {
      const scores = scoresOfAll(tf, network, weights, examples.validation);
      return judged(scores, examples.validation, design, judge);
    },
  };
}

/** Scores of all users of all windows, [W * K, classes]. */
export function scoresOfAll(
  tf: TensorFlow,
  network: NetworkDesign['network'],
  weights: Weights,
  examples: Examples,
): Float32Array {
  const { numWindows, numUsers } = examples;
  const all = new Float32Array(numWindows * numUsers * network.numClasses);
  for (let first = 0; first < numWindows; first += SCORED_AT_ONCE) {
    const count = Math.min(SCORED_AT_ONCE, numWindows - first);
    const { batch } = batchOf(
      tf,
      examples,
      Array.from({ length: count }, (_, k) => first + k),
    );
    all.set(scoresOf(tf, network, weights, batch), first * numUsers * network.numClasses);
    tf.dispose([batch.features, batch.adjacency]);
  }
  return all;
}

/** The score is the gain. */
function judged(scores: Float32Array, { last }: Examples, { head }: NetworkDesign, judge: Judge): Judgement {
  let gain = 0;
  let hits = 0;
  last.forEach((column, row) => {
    const top = topColumn(scores.subarray(row * head.numClasses, (row + 1) * head.numClasses), head, column);
    gain += judge.gain(row, top);
    if (top === judge.best(row)) hits++;
  });
  const mean = gain / last.length;
  return { score: mean, figures: { gain: mean, top1: hits / last.length } };
}
