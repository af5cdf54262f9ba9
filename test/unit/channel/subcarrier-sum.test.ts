import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { DirectSum } from '../../../src/channel/wideband/direct-sum.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from '../../../src/channel/wideband/response.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';
import { type ComplexVector, complexVector, magnitude } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

/** Of the sum of all magnitudes, as createSubcarrierSum states it. */
const TOLERANCES = { double: 1e-10, single: 1e-6 } as const;

const bandOf = (numSubcarriers: number) => new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers });

function evaluate(sum: SubcarrierSum, { re, im }: ComplexVector, delayS: Float64Array): ComplexVector {
  // Not zeros: everything must be written.
  const out = complexVector(sum.band.numSubcarriers);
  out.re.fill(Number.NaN);
  out.im.fill(Number.NaN);
  sum.evaluate(re, im, delayS, out);
  return out;
}

function largestDifference(a: ComplexVector, b: ComplexVector): number {
  expect(a.re.length).toBe(b.re.length);
  return a.re.reduce((worst, re, m) => Math.max(worst, Math.hypot(re - b.re[m]!, a.im[m]! - b.im[m]!)), 0);
}

const total = ({ re, im }: ComplexVector) => re.reduce((sum, x, n) => sum + Math.hypot(x, im[n]!), 0);

function drawWeights(numElements: number, random: Random): ComplexVector {
  const weights = complexVector(numElements);
  for (let n = 0; n < numElements; n++) {
    weights.re[n] = random.normal();
    weights.im[n] = random.normal();
  }
  return weights;
}

describe.each(['double', 'single'] as const)('sum over elements for all subcarriers, %s', (precision) => {
  const tolerance = TOLERANCES[precision];

  it.each([
    [2, 1],
    [2, 2],
    [3, 3],
    [2, 7],
    [17, 8],
    [16, 9],
    [64, 31],
    [33, 64],
    [65, 127],
    [128, 512],
    [256, 521],
    [256, 1024],
    [100, 1025],
    [512, 2048],
    [9, 4099],
  ])('of %i elements on %i subcarriers is the direct one, for delays of any sign and size', (N, M) => {
    const random = new Random(3, 'sum', N, M);
    const band = bandOf(M);
    const fast = createSubcarrierSum(N, band, precision);
    const direct = new DirectSum(band);
    for (const [spreadS, offsetS] of [
      [1e-12, 0],
      [20e-9, 0],
      [300e-9, 60e-9],
      [300e-9, -700e-9],
    ] as const) {
      const weights = drawWeights(N, random);
      const delayS = Float64Array.from({ length: N }, () => offsetS + spreadS * (random.uniform() - 0.5));
      const difference = largestDifference(
        evaluate(fast, weights, delayS),
        evaluate(direct, weights, delayS),
      );
      expect(difference / total(weights)).toBeLessThan(tolerance);
    }
  });

  it.each([true, false])('over several paths is the direct one (delays: %s)', (withDelays) => {
    const random = new Random(6, 'paths', withDelays ? 1 : 0);
    const band = bandOf(129);
    const beam: ElementBeam = {
      ...drawWeights(24, random),
      delayS: withDelays ? Float64Array.from({ length: 24 }, () => 1e-7 * random.uniform()) : null,
    };
    const paths: DelayedPath[] = [0, 1, 2].map(() => ({
      gain: { re: random.normal(), im: random.normal() },
      delayS: Float64Array.from({ length: 24 }, () => 30e-9 + 1e-9 * random.uniform()),
    }));
    const fast = complexVector(129);
    const direct = complexVector(129);
    createSubcarrierSum(24, band, precision).receive(beam, paths, fast);
    new DirectSum(band).receive(beam, paths, direct);
    const peak = total(beam) * paths.reduce((sum, { gain }) => sum + magnitude(gain), 0);
    expect(largestDifference(fast, direct) / peak).toBeLessThan(tolerance);
    expect(largestDifference(direct, complexVector(129)) / peak).toBeGreaterThan(0.1);
  });

  it('is the geometric series when delays grow evenly from element to element', () => {
    const N = 48;
    const band = bandOf(300);
    const ones = complexVector(N);
    ones.re.fill(1);
    for (const stepS of [0, 0.31e-9, -2.7e-9, 16.7e-12]) {
      const delayS = Float64Array.from({ length: N }, (_, n) => n * stepS);
      const expected = complexVector(300);
      band.frequenciesHz.forEach((hz, m) => {
        const half = Math.PI * hz * stepS;
        const size = stepS === 0 ? N : Math.sin(N * half) / Math.sin(half);
        expected.re[m] = size * Math.cos((N - 1) * half);
        expected.im[m] = -size * Math.sin((N - 1) * half);
      });
      const difference = largestDifference(
        evaluate(createSubcarrierSum(N, band, precision), ones, delayS),
        expected,
      );
      expect(difference / N).toBeLessThan(tolerance);
    }
  });

  it('puts elements at and around the ends of a period of delay where they belong', () => {
    const band = bandOf(16);
    const periodS = 1 / band.spacingHz;
    const fast = createSubcarrierSum(2, band, precision);
    const direct = new DirectSum(band);
    for (const delay of [0, -1e-25, 1e-25, periodS, periodS * (1 - 1e-16), -periodS, 0.5 * periodS]) {
      const weights = { re: new Float64Array([1, 0.3]), im: new Float64Array([-0.5, 2]) };
      const delayS = new Float64Array([delay, delay + periodS / 64]);
      const difference = largestDifference(
        evaluate(fast, weights, delayS),
        evaluate(direct, weights, delayS),
      );
      expect(difference / total(weights)).toBeLessThan(tolerance);
    }
  });

  it('does not remember what it computed before', () => {
    const band = bandOf(40);
    const random = new Random(4);
    const fast = createSubcarrierSum(11, band, precision);
    const weights = drawWeights(11, random);
    const delayS = Float64Array.from({ length: 11 }, () => 1e-7 * random.uniform());
    const before = evaluate(fast, weights, delayS);
    evaluate(fast, drawWeights(11, random), new Float64Array(11));
    expect(evaluate(fast, weights, delayS)).toEqual(before);
  });

  it('refuses another number of elements than it was made for', () => {
    const fast = createSubcarrierSum(5, bandOf(4), precision);
    expect(() => evaluate(fast, complexVector(4), new Float64Array(4))).toThrow(/4 elements.*5/);
  });
});
