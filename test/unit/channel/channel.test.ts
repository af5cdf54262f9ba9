import { describe, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import { channelVector, drawNoise, noiseVariance, receivePilot } from '../../../src/channel/channel.js';
import { DirectEvaluator } from '../../../src/channel/direct-evaluator.js';
import { drawPaths, drawPosition, type UserRegion } from '../../../src/channel/paths.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { complexVector, magnitude } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

const array = new LinearArray({ numElements: 64, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
const region: UserRegion = { ringDistanceM: [0.2, 1.25], angleRad: [-Math.PI / 3, Math.PI / 3] };

describe('channel', () => {
  it('sums spherical waves with their gains', () => {
    const paths = [
      { gain: { re: 0.6, im: -0.2 }, positionM: [0.8, 0.3] as const },
      { gain: { re: -0.1, im: 0.3 }, positionM: [0.5, -0.4] as const },
    ];
    const h = channelVector(array, paths);
    for (const n of [1, 33, 64]) {
      let re = 0;
      let im = 0;
      for (const { gain, positionM } of paths) {
        const y = ((2 * n - 65) / 2) * 1.5e-3;
        const phase = (-2 * Math.PI * Math.hypot(positionM[0], y - positionM[1])) / 3e-3;
        re += gain.re * Math.cos(phase) - gain.im * Math.sin(phase);
        im += gain.re * Math.sin(phase) + gain.im * Math.cos(phase);
      }
      expect(h.re[n - 1]).toBeCloseTo(re, 9);
      expect(h.im[n - 1]).toBeCloseTo(im, 9);
    }
  });

  it('receives h^T w without conjugation', () => {
    const codebook = new PolarCodebook(array, { numRings: 2 });
    const codeword = codebook.codeword({ ring: 1, angleIndex: 40 });
    const [x, y] = codebook.focusM({ ring: 1, angleIndex: 40 })!;
    const h = channelVector(array, [{ gain: { re: 0, im: 1 }, positionM: [x, y] }]);
    const received = receivePilot(h, codeword, array.carrierHz);
    expect(received.re).toBeCloseTo(0, 9);
    expect(received.im).toBeCloseTo(8, 9);
  });

  it('follows delays over frequency: a true-time-delay focus holds where a phase focus drifts', () => {
    const focusM = [0.3, 0.25] as const;
    const propagationS = Array.from(array.elementYM, (yM) => Math.hypot(focusM[0], yM - focusM[1]) / 3e8);
    const latestS = Math.max(...propagationS);
    const delayed: Codeword = {
      key: 'polar/1/1',
      label: { kind: 'polar', ring: 1, angleIndex: 1 },
      phaseRad: new Float64Array(64),
      delayS: Float64Array.from(propagationS, (delay) => latestS - delay),
      amplitude: null,
    };
    const phased: Codeword = { ...delayed, phaseRad: array.propagationPhaseRad(focusM), delayS: null };
    for (const frequencyHz of [90e9, 100e9, 110e9]) {
      const h = channelVector(array, [{ gain: { re: 1, im: 0 }, positionM: focusM }], frequencyHz);
      expect(magnitude(receivePilot(h, delayed, frequencyHz))).toBeCloseTo(8, 6);
      const drifted = magnitude(receivePilot(h, phased, frequencyHz));
      if (frequencyHz === 100e9) expect(drifted).toBeCloseTo(8, 6);
      else expect(drifted).toBeLessThan(7);
    }
  });

  it('has noise of the variance that the SNR says, equal in both parts', () => {
    expect(noiseVariance(15)).toBeCloseTo(0.0316228, 7);
    expect(noiseVariance(Infinity)).toBe(0);
    const random = new Random(7, 'noise');
    let re = 0;
    let im = 0;
    let cross = 0;
    const numDraws = 20_000;
    for (let k = 0; k < numDraws; k++) {
      const noise = drawNoise(0.5, random);
      re += noise.re ** 2 / numDraws;
      im += noise.im ** 2 / numDraws;
      cross += (noise.re * noise.im) / numDraws;
    }
    // Six standard deviations of a mean of squares of normals of variance 1/4.
    const tolerance = (6 * Math.SQRT2 * 0.25) / Math.sqrt(numDraws);
    expect(Math.abs(re - 0.25)).toBeLessThan(tolerance);
    expect(Math.abs(im - 0.25)).toBeLessThan(tolerance);
    expect(Math.abs(cross)).toBeLessThan(tolerance);
  });
});

describe('users', () => {
  it('are uniform by area between the rings', () => {
    const random = new Random(3, 'users');
    const numUsers = 20_000;
    // Median ring and the share of the inner sector |theta| < 30 degrees, by integrating rho cos^4 theta.
    const medianM = Math.sqrt((0.2 ** 2 + 1.25 ** 2) / 2);
    const area = (to: number) => (3 * to) / 8 + Math.sin(2 * to) / 4 + Math.sin(4 * to) / 32;
    const share = area(Math.PI / 6) / area(Math.PI / 3);
    let inner = 0;
    let central = 0;
    for (let k = 0; k < numUsers; k++) {
      const [x, y] = drawPosition(region, random);
      const angle = Math.atan2(y, x);
      const ringM = Math.hypot(x, y) / Math.cos(angle) ** 2;
      expect(Math.abs(angle)).toBeLessThanOrEqual(Math.PI / 3 + 1e-12);
      expect(ringM).toBeGreaterThanOrEqual(0.2 - 1e-12);
      expect(ringM).toBeLessThanOrEqual(1.25 + 1e-12);
      if (ringM < medianM) inner++;
      if (Math.abs(angle) < Math.PI / 6) central++;
    }
    expect(Math.abs(inner / numUsers - 0.5)).toBeLessThan(6 * Math.sqrt(0.25 / numUsers));
    expect(Math.abs(central / numUsers - share)).toBeLessThan(6 * Math.sqrt(0.25 / numUsers));
  });

  it('stay on one ring or at one angle when the region is that narrow', () => {
    const random = new Random(4);
    for (let k = 0; k < 50; k++) {
      const [x, y] = drawPosition({ ringDistanceM: [30, 30], angleRad: [-1, 1] }, random);
      expect(Math.hypot(x, y)).toBeCloseTo(30 * (x / Math.hypot(x, y)) ** 2, 9);
      const [u, v] = drawPosition({ ringDistanceM: [20, 40], angleRad: [1.5, 1.5] }, random);
      expect(Math.atan2(v, u)).toBeCloseTo(1.5, 12);
    }
  });

  it('have paths of unit power, the Rician share of it in the line of sight', () => {
    const random = new Random(5);
    const userM = polarPointM(0.5, 0.2);
    const paths = drawPaths(userM, region, { numScatterers: 5, ricianFactorDb: 13 }, random);
    const powers = paths.map(({ gain }) => gain.re ** 2 + gain.im ** 2);
    expect(paths).toHaveLength(6);
    expect(paths[0]!.positionM).toBe(userM);
    expect(powers.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const scattered = powers.slice(1).reduce((a, b) => a + b);
    expect(10 * Math.log10(powers[0]! / scattered)).toBeCloseTo(13, 9);
    for (const { positionM } of paths.slice(1)) {
      expect(Math.abs(Math.atan2(positionM[1], positionM[0]))).toBeLessThanOrEqual(Math.PI / 3);
    }
    const alone = drawPaths(userM, region, { numScatterers: 5, ricianFactorDb: Infinity }, random);
    expect(alone).toHaveLength(1);
    expect(magnitude(alone[0]!.gain)).toBeCloseTo(1, 12);
    expect(drawPaths(userM, region, { numScatterers: 0, ricianFactorDb: 0 }, random)).toHaveLength(1);
  });
});

describe('direct evaluation', () => {
  const codebook = new PolarCodebook(array, { numRings: 6 });
  const evaluator = new DirectEvaluator(codebook);

  it('finds the codeword that focuses on the user', () => {
    for (const index of [
      { ring: 1, angleIndex: 32 },
      { ring: 2, angleIndex: 10 },
      { ring: 5, angleIndex: 50 },
    ]) {
      const [x, y] = codebook.focusM(index)!;
      evaluator.setChannel([{ gain: { re: 0, im: -1 }, positionM: [x, y] }]);
      expect(evaluator.best()).toEqual(index);
      expect(magnitude(evaluator.receive(codebook.codeword(index)))).toBeCloseTo(8, 9);
    }
    evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: polarPointM(1e6, codebook.angleRad(20)) }]);
    expect(evaluator.best()).toEqual({ ring: 6, angleIndex: 20 });
  });

  it('goes wrong under noise exactly where the noise is', () => {
    const [x, y] = codebook.focusM({ ring: 1, angleIndex: 32 })!;
    evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: [x, y] }]);
    const noise = complexVector(codebook.numCodewords);
    expect(evaluator.bestWithNoise(noise)).toEqual({ ring: 1, angleIndex: 32 });
    noise.im[codebook.column({ ring: 4, angleIndex: 3 })] = 30;
    expect(evaluator.bestWithNoise(noise)).toEqual({ ring: 4, angleIndex: 3 });
  });
});
