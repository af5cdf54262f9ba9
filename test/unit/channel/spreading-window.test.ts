import { describe, expect, it } from 'vitest';
import { SpreadingWindow } from '../../../src/channel/wideband/spreading-window.js';

describe.each([
  [12, 2],
  [8, 4],
])('spreading window of %i points', (numPoints, lanes) => {
  const window = new SpreadingWindow(numPoints);

  it('is 1 in the middle, even, and nothing beyond its ends', () => {
    expect(window.at(0)).toBe(1);
    expect(window.at(2.3)).toBe(window.at(-2.3));
    expect(window.at(numPoints / 2)).toBeLessThan(numPoints === 12 ? 1e-10 : 1e-6);
    expect(window.at(numPoints / 2 + 1e-9)).toBe(0);
  });

  it('has the transform that integrating it gives', () => {
    const steps = 20_000;
    for (const frequency of [0, 0.01, 0.1, 0.17, 0.25]) {
      // Midpoints.
      const width = numPoints / steps;
      let sum = 0;
      for (let k = 0; k < steps; k++) {
        const x = -numPoints / 2 + (k + 0.5) * width;
        sum += window.at(x) * Math.cos(2 * Math.PI * frequency * x) * width;
      }
      expect(Math.abs(window.transform(frequency) / sum - 1)).toBeLessThan(1e-6);
    }
  });

  it('is what the polynomials give on every grid point, the left half and its mirror image', () => {
    const coefficients = window.coefficients(lanes);
    const half = (vector: number, odd: number, lane: number, z: number) => {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum = sum * z + coefficients[((2 * vector + odd) * 6 + k) * lanes + lane]!;
      return sum;
    };
    for (let point = 0; point < numPoints / 2; point++) {
      const vector = Math.floor(point / lanes);
      for (const x of [-1, -0.6, 0, 0.3, 0.99]) {
        const even = half(vector, 0, point % lanes, x * x);
        const odd = x * half(vector, 1, point % lanes, x * x);
        const distance = point + (x + 1) / 2 - numPoints / 2;
        expect(Math.abs(even + odd - window.at(distance))).toBeLessThan(1e-12);
        const mirrored = numPoints - 1 - point + (x + 1) / 2 - numPoints / 2;
        expect(Math.abs(even - odd - window.at(mirrored))).toBeLessThan(1e-12);
      }
    }
  });
});
