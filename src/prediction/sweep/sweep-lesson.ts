/** What sweep networks learn: the best fine beam of users, and where they are. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { Random } from '../../core/random.js';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import type { BatchStatistics } from '../layers/batch-norm.js';
import { crossEntropy } from '../layers/cross-entropy.js';
import type { WeightTensors } from '../layers/weight-shapes.js';
import type { Judgement, Lesson, LossAndGradients } from '../learning/lesson.js';
import { followBatch, slopesOf } from '../learning/slopes.js';
import { byName, type Weights, weightTensors } from '../learning/weights.js';
import type { SweepSet } from './data/sweep-set.js';
import { mapsOf, sweptPowers } from './data/swept.js';
import { type SweepSizes, sweepShapes } from './networks/sweep-network.js';
import { judgement, type SweepOutcome, sweepOutcome } from './networks/sweep-scores.js';

/** Shares of the loss (Jin et al. 2026, eq. 21, where the last two are not printed). */
const BEAM_SHARE = 0.99;
const PLACE_SHARE = 0.01;
const REBUILT_SHARE = 0.1;
const JUDGED_SHARE = 0.05;
/** Users whose scores are computed at once. */
const SCORED_AT_ONCE = 256;
/** Positions in metres would outweigh beams. */
const POSITION_UNIT_M = 100;
/** Within so much of the best beam a user is as good as served. */
const NEARLY_DB = 1;

export interface SweepExamples {
  readonly training: SweepSet;
  readonly validation: SweepSet;
  /** Of a pilot; training draws its noise anew every time. */
  readonly snrDb: number;
  /** Of the noise that the validation users have. */
  readonly seed: number;
}

export function sweepLesson(tf: TensorFlow, sizes: SweepSizes, examples: SweepExamples): Lesson {
  const { training, validation, snrDb, seed } = examples;
  const shapes = sweepShapes(sizes);
  return {
    shapes,
    numExamples: training.numUsers,
    step(weights, users, random): LossAndGradients {
      const powers = sweptPowers(training, users, snrDb, random);
      const sectors = users.map((user) => training.sectors[user]!);
      const onStatistics = followBatch(shapes, weights);
      return slopesOf(tf, shapes, weights, (named) => {
        const maps = mapTensor(tf, powers, training.numCoarse, sizes.branch.mapSize);
        const outcome = sweepOutcome(tf, sizes, named, maps, sectors, onStatistics);
        return totalLoss(tf, sizes, outcome, named, training, users, onStatistics);
      });
    },
    judge(weights): Judgement {
      const users = Array.from({ length: validation.numUsers }, (_, k) => k);
      const powers = sweptPowers(validation, users, snrDb, new Random(seed, 'validation', 'noise'));
      return judged(scoresOfAll(tf, sizes, weights, validation, powers), validation);
    },
  };
}

/**
 * Scores of all fine beams before the softmax, [users, fine].
 *
 * @param powers of the coarse sweep, [users, coarse].
 */
export function scoresOfAll(
  tf: TensorFlow,
  sizes: SweepSizes,
  weights: Weights,
  { numUsers, numCoarse, sectors }: SweepSet,
  powers: Float64Array,
): Float32Array {
  const shapes = sweepShapes(sizes);
  const all = new Float32Array(numUsers * sizes.numBeams);
  for (let first = 0; first < numUsers; first += SCORED_AT_ONCE) {
    const last = Math.min(numUsers, first + SCORED_AT_ONCE);
    tf.tidy(() => {
      const named = byName(shapes, weightTensors(tf, shapes, weights));
      const own = powers.subarray(first * numCoarse, last * numCoarse);
      const maps = mapTensor(tf, own, numCoarse, sizes.branch.mapSize);
      const { scores } = sweepOutcome(tf, sizes, named, maps, sectors.subarray(first, last), null);
      all.set(scores.dataSync() as Float32Array, first * sizes.numBeams);
    });
  }
  return all;
}

function mapTensor(tf: TensorFlow, powers: Float64Array, numCoarse: number, mapSize: number): Tensor4D {
  const numUsers = powers.length / numCoarse;
  return tf.tensor4d(mapsOf(powers, numCoarse, mapSize), [numUsers, mapSize, mapSize, 1]);
}

function totalLoss(
  tf: TensorFlow,
  sizes: SweepSizes,
  outcome: SweepOutcome,
  weights: WeightTensors,
  set: SweepSet,
  users: readonly number[],
  onStatistics: (name: string, statistics: BatchStatistics) => void,
): Scalar {
  const wanted = new Float32Array(users.length * sizes.numBeams);
  users.forEach((user, row) => {
    wanted[row * sizes.numBeams + set.best[user]!] = 1 / users.length;
  });
  const surprise = crossEntropy(tf, outcome.scores, tf.tensor2d(wanted, outcome.scores.shape));
  if (outcome.position === null) return surprise;
  const terms: Scalar[] = [tf.mul(surprise, BEAM_SHARE)];
  const placesM = sizes.heads === 'shared' ? set.ownM : set.worldM;
  const truth = tf.tensor2d(
    users.flatMap((user) => [placesM[2 * user]! / POSITION_UNIT_M, placesM[2 * user + 1]! / POSITION_UNIT_M]),
    [users.length, 2],
  );
  terms.push(tf.mul(squaredError(tf, outcome.position, truth), PLACE_SHARE));
  if (outcome.rebuilt !== null) {
    const { made, wanted: target } = outcome.rebuilt;
    terms.push(tf.mul(squaredError(tf, made, fixed(tf, target)), REBUILT_SHARE));
  }
  if (outcome.judged !== null) {
    terms.push(tf.mul(adversarialLoss(tf, outcome.judged, weights, onStatistics), JUDGED_SHARE));
  }
  return tf.addN(terms);
}

/**
 * The judge learns to tell enhanced features from generated ones; the generator learns to be taken for enhanced, by a loss that does
 * not saturate (Goodfellow et al. 2014).
 */
function adversarialLoss(
  tf: TensorFlow,
  { enhanced, generated }: NonNullable<SweepOutcome['judged']>,
  weights: WeightTensors,
  onStatistics: (name: string, statistics: BatchStatistics) => void,
): Scalar {
  const still = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, fixed(tf, weight)]),
  );
  const ofBoth = judgement(
    tf,
    tf.concat<Tensor2D>([fixed(tf, enhanced), fixed(tf, generated)], 0),
    weights,
    onStatistics,
  );
  const numUsers = generated.shape[0];
  const real = tf.slice(ofBoth, [0, 0], [numUsers, 1]);
  const made = tf.slice(ofBoth, [numUsers, 0], [numUsers, 1]);
  const told: Scalar = tf.mean(tf.add(tf.softplus(tf.neg(real)), tf.softplus(made)));
  // As the judge sees it: beside enhanced ones, whose statistics count as well.
  const seen = judgement(
    tf,
    tf.concat<Tensor2D>([fixed(tf, enhanced), generated], 0),
    still as WeightTensors,
    () => {},
  );
  const taken: Scalar = tf.mean(tf.softplus(tf.neg(tf.slice(seen, [numUsers, 0], [numUsers, 1]))));
  return tf.add(told, taken);
}

function squaredError(tf: TensorFlow, made: Tensor2D, wanted: Tensor2D): Scalar {
  return tf.mean(tf.square(tf.sub(made, wanted)));
}

/** The same values, which no gradient goes through. */
function fixed(tf: TensorFlow, x: Tensor2D): Tensor2D {
  const still = tf.customGrad((...args) => ({
    value: tf.clone(args[0] as Tensor2D),
    gradFunc: (dy) => tf.zerosLike(dy),
  }));
  return still(x) as Tensor2D;
}

function judged(scores: Float32Array, { best, fine, numFine, numUsers }: SweepSet): Judgement {
  let hits = 0;
  let near = 0;
  let surprise = 0;
  for (let user = 0; user < numUsers; user++) {
    const own = scores.subarray(user * numFine, (user + 1) * numFine);
    const first = own.indexOf(own.reduce((a, b) => Math.max(a, b)));
    const top = best[user]!;
    if (first === top) hits++;
    const power = (beam: number) => fine[user * numFine + beam]!;
    if (power(first) >= power(top) * 10 ** (-NEARLY_DB / 10)) near++;
    const most = own[first]!;
    surprise -= own[top]! - most - Math.log(own.reduce((sum, score) => sum + Math.exp(score - most), 0));
  }
  const figures = { surprise: surprise / numUsers, top1: hits / numUsers, within1Db: near / numUsers };
  return { score: figures.top1, figures };
}
