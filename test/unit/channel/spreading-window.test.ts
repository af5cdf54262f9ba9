import { describe, expect, it } from 'vitest';
import {
  WINDOW_POINTS,
  windowAt,
  windowCoefficients,
  windowTransform,
} from '../../../src/channel/wideband/spreading-window.js';

describe('spreading window', () => {
  it('is 1 in the middle, even, and nothing beyond its ends', () => {
    expect(windowAt(0)).toBe(1);
    expect(windowAt(2.3)).toBe(windowAt(-2.3));
    expect(windowAt(WINDOW_POINTS / 2)).toBeLessThan(1e-10);
    expect(windowAt(WINDOW_POINTS / 2 + 1e-9)).toBe(0);
  });

  it('has the transform that integrating it gives', () => {
    const steps = 20_000;
    for (const frequency of [0, 0.01, 0.1, 0.17, 0.25]) {
      // Midpoints.
      const width = WINDOW_POINTS / steps;
      let sum = 0;
      for (let k = 0; k < steps; k++) {
        const x = -WINDOW_POINTS / 2 + (k + 0.5) * width;
        sum += windowAt(x) * Math.cos(2 * Math.PI * frequency * x) * width;
      }
      expect(Math.abs(windowTransform(frequency) / sum - 1)).toBeLessThan(1e-6);
    }
  });

  it('is what the polynomials give on every grid point, the left half and its mirror image', () => {
    const coefficients = windowCoefficients();
    const half = (pair: number, odd: number, lane: number, z: number) => {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum = sum * z + coefficients[((2 * pair + odd) * 6 + k) * 2 + lane]!;
      return sum;
    };
    for (let point = 0; point < WINDOW_POINTS / 2; point++) {
      for (const x of [-1, -0.6, 0, 0.3, 0.99]) {
        const even = half(point >> 1, 0, point & 1, x * x);
        const odd = x * half(point >> 1, 1, point & 1, x * x);
        const distance = point + (x + 1) / 2 - WINDOW_POINTS / 2;
        expect(Math.abs(even + odd - windowAt(distance))).toBeLessThan(1e-12);
        const mirrored = WINDOW_POINTS - 1 - point + (x + 1) / 2 - WINDOW_POINTS / 2;
        const evenHere = half(point >> 1, 0, point & 1, x * x);
        expect(Math.abs(evenHere - odd - windowAt(mirrored))).toBeLessThan(1e-12);
      }
    }
  });
});
