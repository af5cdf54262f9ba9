/** The sizes of sweep networks as published, and the forward pass that runs against TensorFlow's. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/core/random.js';
import { openBackend } from '../../../../src/prediction/backend/tensorflow.js';
import type { TensorFlow } from '../../../../src/prediction/backend/tensorflow-type.js';
import type { WeightShape } from '../../../../src/prediction/layers/weight-shapes.js';
import { sizeOf } from '../../../../src/prediction/layers/weight-shapes.js';
import type { Weights } from '../../../../src/prediction/learning/weights.js';
import type { SweepSet } from '../../../../src/prediction/sweep/data/sweep-set.js';
import { sweepPass } from '../../../../src/prediction/sweep/forward/sweep-pass.js';
import {
  type BranchSizes,
  branchMultiplications,
  branchShapes,
  FULL,
  FUSIONS,
  HEADS,
  numLearned,
  type PerceptronSizes,
  perceptronFor,
  REDUCED,
  type SweepSizes,
  sweepMultiplications,
  sweepShapes,
} from '../../../../src/prediction/sweep/networks/sweep-network.js';
import { scoresOfAll, sweepLesson } from '../../../../src/prediction/sweep/sweep-lesson.js';

const NUM_COARSE = 16;

/** All drawn, statistics too: zeros and ones would hide what is missing. */
function drawnWeights(shapes: readonly WeightShape[], seed = 5): Weights {
  return shapes.map(({ name, shape }) => {
    const random = new Random(seed, name);
    const inputs = sizeOf(shape.slice(0, -1));
    const isVariance = name.endsWith('.variance');
    return Float32Array.from({ length: sizeOf(shape) }, () =>
      isVariance ? 0.5 + random.uniform() : random.normal() / Math.sqrt(inputs),
    );
  });
}

/** Users whose powers are drawn; what they receive of fine beams is made up. */
function drawnSet(numUsers: number, numFine: number): SweepSet {
  const random = new Random(8, 'users');
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const fine = numbers(numUsers * numFine).map((x) => x * x);
  const best = Int32Array.from({ length: numUsers }, (_, user) => {
    const own = fine.subarray(user * numFine, (user + 1) * numFine);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  });
  return {
    ...{ numUsers, numCoarse: NUM_COARSE, numFine, numReceived: 2 },
    ...{ coarse: numbers(numUsers * NUM_COARSE * 4), fine, best },
    sectors: Uint8Array.from({ length: numUsers }, (_, k) => k % 3),
    ownM: numbers(numUsers * 2),
    worldM: numbers(numUsers * 2),
  };
}

const small: BranchSizes = {
  ...{ mapSize: 8, stem: { outputs: 8, stride: 1 }, ratio: 1, groupWidth: 4, withExcitation: true },
  bottlenecks: [
    { outputs: 8, stride: 2 },
    { outputs: 8, stride: 1 },
  ],
};
const sizesFor = (branch: BranchSizes | PerceptronSizes, more: Partial<SweepSizes> = {}): SweepSizes => ({
  ...{ branch, fusion: 'none', heads: 'shared', numBeams: 256 },
  ...more,
});

describe('sizes', () => {
  it('of the reduced networks are as published: 74,000 weights a branch', () => {
    expect(numLearned(branchShapes('one', REDUCED))).toBe(74_000);
    expect(numLearned(sweepShapes(sizesFor(REDUCED)))).toBe(98_832);
    expect(numLearned(sweepShapes(sizesFor(REDUCED, { fusion: 'auto' })))).toBe(228_802);
  });

  it('of the perceptron are those of dense layers 16 - 128 - 128 - 256', () => {
    const sizes = sizesFor(perceptronFor(4));
    expect(numLearned(sweepShapes(sizes))).toBe(17 * 128 + 129 * 128 + 129 * 256);
    const multiplications = 16 * 128 + 128 * 128 + 128 * 256;
    expect(sweepMultiplications(sizes)).toEqual({ running: multiplications, training: multiplications });
  });

  it('multiply what runs for a sweep, and more in training', () => {
    const one = branchMultiplications(REDUCED);
    expect(sweepMultiplications(sizesFor(REDUCED)).running).toBe(one + 96 * 256);
    const auto = sweepMultiplications(sizesFor(REDUCED, { fusion: 'auto' }));
    expect(auto.running).toBe(2 * one + 192 * 96 + 96 * 96 + 96 * 256);
    expect(auto.training).toBe(auto.running + 96 * 2 + 96 * 96 + 96 * 192);
    // The generator makes the second branch's features from the first one's: 96 - 192 - 192 - 96.
    const gan = sweepMultiplications(sizesFor(REDUCED, { fusion: 'gan', heads: 'three' }));
    expect(gan.running).toBe(one + 96 * 192 + 192 * 192 + 192 * 96 + 192 * 256);
    expect(gan.training).toBe(gan.running + one + 96 * 2 + 4 * 96 * 96 + 2 * 96 * 96 + 96);
  });

  it('of the full branch are those of RegNetY-4GF: 19.6 million weights, 17.1 without excitation, 326 million multiplications', () => {
    expect(numLearned(branchShapes('one', FULL))).toBe(19_557_080);
    expect(numLearned(branchShapes('one', { ...FULL, withExcitation: false }))).toBe(17_069_152);
    expect(Math.round(branchMultiplications(FULL) / 1e6)).toBe(326);
    // As Jin et al. (2026) print them in Table VII: 0.33, 0.66 and 0.67 thousand million.
    const printed = { none: 0.33, auto: 0.66, gan: 0.67 };
    for (const fusion of FUSIONS) {
      expect(sweepMultiplications(sizesFor(FULL, { fusion })).training / 1e9).toBeCloseTo(printed[fusion], 2);
    }
  });
});

describe('a sweep network', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await openBackend('wasm'));
  });

  const variants = FUSIONS.flatMap((fusion) => HEADS.map((heads) => ({ fusion, heads })));

  it.each(variants)('runs without TensorFlow as with it: $fusion, $heads', (variant) => {
    for (const branch of [small, REDUCED, perceptronFor(4)]) {
      const sizes = sizesFor(branch, { ...variant, numBeams: 9 });
      const set = drawnSet(6, 9);
      const weights = drawnWeights(sweepShapes(sizes));
      const powers = Float64Array.from({ length: 6 * NUM_COARSE }, (_, k) => set.coarse[k]! ** 2);
      const wanted = scoresOfAll(tf, sizes, weights, set, powers);
      const pass = sweepPass(sizes, NUM_COARSE, weights);
      const most = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(most).toBeGreaterThan(0.1);
      for (let user = 0; user < 6; user++) {
        const own = pass.scores(
          powers.subarray(user * NUM_COARSE, (user + 1) * NUM_COARSE),
          set.sectors[user],
        );
        own.forEach((score, beam) => {
          expect(Math.abs(score - wanted[user * 9 + beam]!)).toBeLessThan(1e-4 * most);
        });
      }
    }
  });

  it('of full width runs on this machine', () => {
    const sizes = sizesFor(FULL);
    const scores = sweepPass(sizes, NUM_COARSE, drawnWeights(sweepShapes(sizes))).scores(
      Float64Array.from({ length: NUM_COARSE }, (_, k) => 1 / (k + 1)),
    );
    expect(scores).toHaveLength(256);
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(new Set(scores).size).toBeGreaterThan(200);
  });

  it.each(variants)('has the gradients of finite differences: $fusion, $heads', (variant) => {
    const sizes = sizesFor(small, { ...variant, numBeams: 5 });
    const set = drawnSet(12, 5);
    const lesson = sweepLesson(tf, sizes, { training: set, validation: set, snrDb: Infinity, seed: 1 });
    const weights = drawnWeights(lesson.shapes);
    const users = Array.from({ length: 12 }, (_, k) => k);
    const copy = () => weights.map((weight) => weight.slice());
    const { gradients } = lesson.step(copy(), users, new Random(1));
    const random = new Random(2, 'directions');
    // Judge and generator pull at the same numbers from two sides, which is no slope of one sum; and in branches and fusions whole fields of a
    // picture are alike, which pass the kink of a ReLU together: those are held against the plain backend.
    const isSmooth = (name: string) => /^(head|position)|back2/.test(name);
    for (const [k, { name, isLearned }] of lesson.shapes.entries()) {
      const gradient = gradients[k];
      expect(gradient === null, name).toBe(isLearned === false);
      if (gradient === null || gradient === undefined || !isSmooth(name)) continue;
      const direction = gradient.map(() => random.normal());
      const slope = gradient.reduce((sum, value, at) => sum + value * direction[at]!, 0);
      const lossAt = (step: number) => {
        const moved = copy();
        moved[k]!.forEach((_, at) => {
          moved[k]![at]! += step * direction[at]!;
        });
        return lesson.step(moved, users, new Random(1)).loss;
      };
      // One step that is neither too long nor lost in the last bits of a loss is enough.
      const isNear = (step: number) =>
        Math.abs((lossAt(step) - lossAt(-step)) / (2 * step) - slope) < 0.02 * Math.abs(slope) + 2e-3;
      expect([1e-3, 1e-2, 3e-4].some(isNear), name).toBe(true);
    }
  });

  it.each(variants)(
    'has the same loss and gradients on the plain backend: $fusion, $heads',
    async (variant) => {
      const sizes = sizesFor(small, { ...variant, numBeams: 5 });
      const set = drawnSet(12, 5);
      const users = Array.from({ length: 12 }, (_, k) => k);
      const on = async (name: 'wasm' | 'cpu') => {
        const backend = await openBackend(name);
        const lesson = sweepLesson(backend.tf, sizes, { training: set, validation: set, snrDb: 20, seed: 1 });
        return lesson.step(drawnWeights(lesson.shapes), users, new Random(1));
      };
      const plain = await on('cpu');
      const fast = await on('wasm');
      expect(fast.loss).toBeCloseTo(plain.loss, 4);
      for (const [k, gradient] of fast.gradients.entries()) {
        const wanted = plain.gradients[k]!;
        const most = wanted?.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-3);
        gradient?.forEach((value, at) => {
          expect(Math.abs(value - wanted[at]!)).toBeLessThan(2e-3 * most!);
        });
      }
    },
  );

  it('learns which beam is whose, and keeps running statistics', () => {
    const sizes = sizesFor(small, { numBeams: 4 });
    const set = drawnSet(24, 4);
    const lesson = sweepLesson(tf, sizes, { training: set, validation: set, snrDb: 20, seed: 1 });
    const weights = drawnWeights(lesson.shapes);
    const place = lesson.shapes.findIndex(({ name }) => name === 'beam.stem.mean');
    const before = weights[place]!.slice();
    lesson.step(weights, [0, 1, 2, 3, 4, 5], new Random(1));
    expect(weights[place]).not.toEqual(before);
    const { figures } = lesson.judge(weights);
    expect(figures.surprise).toBeGreaterThan(0);
    expect(figures.top1).toBeLessThanOrEqual(figures.within1Db!);
  });
});
