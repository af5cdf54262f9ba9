import { describe, expect, it } from 'vitest';
import { besselI0 } from '../../../src/core/bessel.js';

describe('the Bessel function I0', () => {
  it('is the mean of exp(x cos t) over a turn', () => {
    for (const x of [0, 0.3, 3, 30]) {
      const count = 400;
      let sum = 0;
      for (let k = 0; k < count; k++) sum += Math.exp(x * Math.cos((2 * Math.PI * k) / count));
      expect(besselI0(x) / (sum / count)).toBeCloseTo(1, 12);
    }
  });
});
