import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { sphericalDifferenceS, travelTimeDifferenceS } from '../../../src/channel/wideband/response.js';

const array = new LinearArray({ numElements: 255, carrierHz: 30e9, speedOfLightMPerS: 3e8 });

/** Law of cosines, with the difference taken at the end. */
function plainly(sinAngle: number, distanceM: number): number[] {
  return Array.from(array.elementYM, (y) => {
    const pathM = Math.hypot(distanceM * Math.sqrt(1 - sinAngle ** 2), distanceM * sinAngle - y);
    return (pathM - distanceM) / 3e8;
  });
}

const planeWave = (sinAngle: number) => Array.from(array.elementYM, (y) => (-y * sinAngle) / 3e8);

function largestDifferenceS(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0);
}

describe('travel time from each element less that from the centre', () => {
  it.each([
    [0.3, 0.5],
    [-0.9, 5],
    [0.7, 30],
    [0, 1e3],
    [1, 2],
  ])('is the law of cosines, sine %f at %f m', (sinAngle, distanceM) => {
    const actual = sphericalDifferenceS(array, sinAngle, distanceM);
    expect(largestDifferenceS(actual, plainly(sinAngle, distanceM))).toBeLessThan(1e-15 * (1 + distanceM));
  });

  it.each([1e12, 1e155, 1e300, Number.POSITIVE_INFINITY])('is that of a plane wave at %d m', (distanceM) => {
    for (const sinAngle of [-1, 0.5, 0.99]) {
      const actual = sphericalDifferenceS(array, sinAngle, distanceM);
      expect(largestDifferenceS(actual, planeWave(sinAngle))).toBeLessThan(1e-20);
    }
    const ringPerM = 0.75 / 2 / distanceM;
    const ofFocus = travelTimeDifferenceS(array, { sinAngle: 0.5, ringPerM }, 'exact');
    expect(largestDifferenceS(ofFocus, planeWave(0.5))).toBeLessThan(1e-20);
  });

  it('is a number where the point lies on an element', () => {
    for (const end of [-1, 1]) {
      array.elementYM.forEach((y, n) => {
        if (y * end <= 0) return;
        const timeS = sphericalDifferenceS(array, end, Math.abs(y));
        expect(timeS[n]! * 3e8).toBeCloseTo(-Math.abs(y), 7);
        expect(timeS.every(Number.isFinite)).toBe(true);
      });
    }
    expect(sphericalDifferenceS(array, 1, 0.345).every(Number.isFinite)).toBe(true);
  });
});
