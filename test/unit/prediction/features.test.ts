import { describe, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { Random } from '../../../src/core/random.js';
import { honestTemperature } from '../../../src/prediction/learning/temperature.js';
import { writeAdjacency } from '../../../src/prediction/motion/features/adjacency.js';
import { relativeFeatures } from '../../../src/prediction/motion/features/relative-features.js';
import { standardisationOf, standardise } from '../../../src/prediction/motion/features/standardisation.js';
import { absoluteHead, NO_CLASS, relativeHead } from '../../../src/prediction/motion/heads/head.js';
import { rankedColumns } from '../../../src/prediction/motion/heads/ranking.js';

const array = new LinearArray({ numElements: 512, carrierHz: 60e9 });
const codebook = new PolarCodebook(array, {
  numRings: 8,
  numAngles: 256,
  withInfinity: false,
  name: 'tracking',
});

describe('relative features', () => {
  const map = relativeFeatures(codebook, 0.02);
  const write = (user: Parameters<typeof map.write>[0]) => {
    const out = new Float32Array(map.numFeatures);
    map.write(user, out, 0);
    return [...out];
  };

  it('a user in the middle of its beam that stands still is off by nothing', () => {
    const column = codebook.column({ ring: 8, angleIndex: 150 });
    const positionM = polarPointM(30, codebook.angleRad(150));
    const features = write({ column, amplitude: 1, positionM, velocityMPerS: [0, 0] });
    const sine = codebook.sinAngles[149]!;
    const wanted = [
      0,
      0,
      Math.sin(Math.PI * sine * 256),
      Math.cos(Math.PI * sine * 256),
      1 - sine ** 2,
      0,
      1.25,
    ];
    wanted.forEach((value, k) => {
      expect(features[k]).toBeCloseTo(value, 3);
    });
    expect(features[7]).toBeCloseTo(0, 3);
  });

  it('moving across by one direction per epoch is said in spacings', () => {
    const column = codebook.column({ ring: 8, angleIndex: 128 });
    const sine = codebook.sinAngles[127]!;
    const positionM = polarPointM(40, Math.asin(sine));
    const acrossM = 40 / 128;
    const features = write({ column, amplitude: 1, positionM, velocityMPerS: [0, acrossM / 0.02] });
    expect(features[0]).toBeCloseTo(0, 5);
    expect(features[1]).toBeCloseTo(1, 2);
  });
});

describe('adjacency', () => {
  it('is that of the definition, by hand, for one user', () => {
    const out = new Float32Array(4);
    writeAdjacency([0.5], 1, out, 0);
    // A = [[1, .5], [.5, 1]], degrees 1.5.
    expect([...out].map((value) => Number(value.toFixed(6)))).toEqual([
      0.666667, 0.333333, 0.333333, 0.666667,
    ]);
  });

  it('is symmetric, with a largest eigenvalue of 1', () => {
    const numUsers = 4;
    const random = new Random(1, 'adjacency');
    const amplitudes = Float64Array.from({ length: 16 }, () => random.uniform());
    const out = new Float32Array(25);
    writeAdjacency(amplitudes, numUsers, out, 0);
    for (let k = 0; k < 25; k++) expect(out[k]).toBeCloseTo(out[(k % 5) * 5 + Math.floor(k / 5)]!, 6);
    let vector = new Array(5).fill(1);
    for (let turn = 0; turn < 200; turn++) {
      const next = vector.map((_, r) => vector.reduce((sum, value, c) => sum + out[r * 5 + c]! * value, 0));
      const norm = Math.hypot(...next);
      vector = next.map((value) => value / norm);
      if (turn === 199) expect(norm).toBeCloseTo(1, 4);
    }
  });
});

describe('heads', () => {
  it('a class means the codeword that it was made of', () => {
    for (const head of [relativeHead(codebook), absoluteHead(codebook)]) {
      const last = codebook.column({ ring: 3, angleIndex: 100 });
      for (const angleIndex of [88, 100, 112]) {
        const column = codebook.column({ ring: 7, angleIndex });
        expect(head.columnOf(head.classOf(column, last), last)).toBe(column);
      }
    }
  });

  it('what lies beyond twelve directions has no class', () => {
    const head = relativeHead(codebook);
    expect(head.classOf(112, 100)).not.toBe(NO_CLASS);
    expect(head.classOf(113, 100)).toBe(NO_CLASS);
  });

  it('classes beyond the codebook are its edge, and their probabilities one', () => {
    const head = relativeHead(codebook);
    const ranked = rankedColumns(new Float32Array(head.numClasses), head, 2, 1, head.numClasses);
    expect(new Set(ranked.map(({ column }) => column)).size).toBe(ranked.length);
    expect(ranked.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(ranked[0]).toEqual({ column: 0, probability: expect.closeTo(11 / 25 / 8, 6) });
  });

  it('lists as many codewords as are wanted of a network that knows next to nothing, unless told what is too unlikely', () => {
    const head = absoluteHead(codebook);
    const scores = Float32Array.from({ length: head.numClasses }, (_, one) => 1e-3 * one);
    const likely = rankedColumns(scores, head, 0, 1, 3);
    expect(likely).toHaveLength(3);
    const [first] = likely;
    expect(rankedColumns(scores, head, 0, 1, 3, 0.9)).toEqual([first]);
  });
});

it('standardised features have mean 0 and deviation 1, and constant ones stay finite', () => {
  const random = new Random(2, 'features');
  const features = Float32Array.from(
    { length: 3000 },
    (_, k) => [5 + 2 * random.normal(), random.uniform(), 7][k % 3]!,
  );
  standardise(features, standardisationOf(features, 3));
  const again = standardisationOf(features, 3);
  for (const k of [0, 1]) {
    expect(again.mean[k]).toBeCloseTo(0, 4);
    expect(again.deviation[k]).toBeCloseTo(1, 4);
  }
  expect(features[2]).toBeCloseTo(0, 5);
});

it('the temperature makes probabilities honest again', () => {
  const random = new Random(3, 'temperature');
  const numClasses = 10;
  const numRows = 20_000;
  const overconfidence = 2.5;
  const scores = new Float32Array(numRows * numClasses);
  const classes = new Int32Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const logits = Array.from({ length: numClasses }, () => 2 * random.normal());
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    let draw = random.uniform() * total;
    let drawn = 0;
    while (drawn < numClasses - 1 && draw >= Math.exp(logits[drawn]!)) draw -= Math.exp(logits[drawn++]!);
    classes[row] = drawn;
    logits.forEach((logit, k) => {
      scores[row * numClasses + k] = overconfidence * logit;
    });
  }
  expect(honestTemperature(scores, classes)).toBeGreaterThan(2.35);
  expect(honestTemperature(scores, classes)).toBeLessThan(2.65);
});
