import { describe, expect, it } from 'vitest';
import { wilsonInterval95 } from '../../../src/study/common/wilson.js';

describe('Wilson interval', () => {
  // Roots of n (p0 - p)^2 = z^2 p (1 - p) in p, worked out by hand for z = 1.959964.
  it.each([
    [0, 10, 0, 0.277533],
    [10, 10, 0.722467, 1],
    [5, 10, 0.236593, 0.763407],
    [4950, 5000, 0.986846, 0.992406],
    [1, 1, 0.206549, 1],
  ])('%i of %i', (numSuccesses, numTrials, low, high) => {
    const interval = wilsonInterval95(numSuccesses, numTrials);
    expect(interval[0]).toBeCloseTo(low, 5);
    expect(interval[1]).toBeCloseTo(high, 5);
  });

  it('solves the equation that defines it', () => {
    for (const bound of wilsonInterval95(730, 1000)) {
      expect((1000 * (0.73 - bound) ** 2) / (bound * (1 - bound))).toBeCloseTo(1.959963984540054 ** 2, 9);
    }
  });

  it('says nothing about nothing', () => {
    expect(wilsonInterval95(0, 0)).toEqual([0, 1]);
  });
});
