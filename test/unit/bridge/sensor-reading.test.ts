import { describe, expect, it } from 'vitest';
import { decodeFromUe } from '../../../src/bridge/messages.js';
import { ReadingCount } from '../../../src/bridge/reading-count.js';
import { objectionToCovariance } from '../../../src/bridge/sensor-reading.js';
import { Random } from '../../../src/core/random.js';

const reading = {
  type: 'sensor',
  sequence: 1,
  ueTimeS: 12.5,
  positionM: [20, -3],
  velocityMPerS: [1, 2],
  covariance: [0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 1, 0.5, 0, 0, 0.5, 1],
};
const detailOf = (change: object) => {
  const decoded = decodeFromUe(JSON.stringify({ ...reading, ...change }));
  return decoded.ok ? null : decoded.detail;
};

describe('the sensor message', () => {
  it('is taken with and without a velocity', () => {
    expect(decodeFromUe(JSON.stringify(reading))).toEqual({ ok: true, message: reading });
    expect(detailOf({ velocityMPerS: undefined, covariance: [0.25, 0.1, 0.1, 0.25] })).toBeNull();
    expect(detailOf({ covariance: new Array(16).fill(0) })).toBeNull();
  });

  it.each<[object, RegExp]>([
    [{ sequence: 0 }, /sequence/],
    [{ sequence: 1.5 }, /sequence/],
    [{ ueTimeS: null }, /ueTimeS/],
    [{ positionM: [1] }, /positionM/],
    [{ positionM: [1, 2, 3] }, /positionM/],
    [{ positionM: [1, null] }, /positionM\.1/],
    [{ positionM: [1e7, 0] }, /positionM\.0/],
    [{ velocityMPerS: [1e6, 0] }, /velocityMPerS\.0/],
    [{ covariance: [1, 0, 0, 1] }, /covariance: has 4 values; of \[x, y, vx, vy\] it has 16/],
    [{ velocityMPerS: undefined }, /covariance: has 16 values; of \[x, y\] it has 4/],
    [
      { velocityMPerS: undefined, covariance: [1, 0, 0, -1] },
      /covariance: has the variance -1, which is negative/,
    ],
    [
      { velocityMPerS: undefined, covariance: [1, 0.5, 0.4, 1] },
      /not symmetric: row 1, column 2 is 0.5, its mirror 0.4/,
    ],
    [{ velocityMPerS: undefined, covariance: [1, 2, 2, 1] }, /not positive semi-definite/],
    [{ velocityMPerS: undefined, covariance: [0, 1, 1, 1] }, /a variance of 0 correlates/],
    [{ covariance: 'none' }, /covariance/],
  ])('is refused with %j', (change, detail) => {
    expect(detailOf(change)).toMatch(detail);
  });
});

describe('a covariance', () => {
  it('is one when it is a matrix times its transpose, of any rank, and none with a negative eigenvalue', () => {
    const random = new Random('covariance');
    for (let trial = 0; trial < 300; trial++) {
      const rank = 1 + (trial % 4);
      const factor = Array.from({ length: 4 }, (_, row) =>
        Array.from({ length: rank }, () => 10 ** (row - 2) * random.normal()),
      );
      const product = Array.from({ length: 16 }, (_, k) => {
        const [row, column] = [Math.floor(k / 4), k % 4];
        return factor[row]!.reduce((sum, value, at) => sum + value * factor[column]![at]!, 0);
      });
      expect(objectionToCovariance(product, 4)).toBeNull();
      // Correlations with one eigenvalue of -0.1: I - 1.1 v v^T, v a unit vector, brought to variances of 1.
      const vector = Array.from({ length: 4 }, () => 0.3 + random.uniform());
      const norm = Math.hypot(...vector);
      const bad = Array.from({ length: 16 }, (_, k) => {
        const [row, column] = [Math.floor(k / 4), k % 4];
        return (row === column ? 1 : 0) - (1.1 * vector[row]! * vector[column]!) / norm ** 2;
      });
      expect(objectionToCovariance(bad, 4)).not.toBeNull();
    }
  });
});

describe('the count of readings', () => {
  it('takes each number once, and counts those that are skipped', () => {
    const count = new ReadingCount(10);
    expect([9, 10, 11, 11, 14, 12, 15].map((sequence) => count.take(sequence))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(count.highest).toBe(15);
    expect(count.statistics()).toEqual({ received: 3, repeated: 4, gaps: 2, malformed: 0 });
  });
});
