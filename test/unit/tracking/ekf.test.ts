import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { PlaceFilter } from '../../../src/tracking/ekf.js';

const EPOCH_S = 0.02;
const vague = () => Float64Array.of(25, 0, 0, 0, 0, 25, 0, 0, 0, 0, 400, 0, 0, 0, 0, 400);

describe('the Kalman filter of places', () => {
  it('foretells a straight line from its readings, and knows how well', () => {
    const filter = new PlaceFilter({ accelerationDensity: 1 });
    const random = new Random(4, 'readings');
    const truth = (timeS: number) => [20 + 3 * timeS, 5 - 8 * timeS] as const;
    filter.start({ positionM: [22, 3], velocityMPerS: [0, 0], covariance: vague() }, 0);
    for (let k = 1; k <= 200; k++) {
      const [x, y] = truth(k * EPOCH_S);
      filter.correct([x + 0.5 * random.normal(), y + 0.5 * random.normal()], [0.25, 0, 0, 0.25], k * EPOCH_S);
    }
    const { positionM, velocityMPerS, covariance } = filter.at(201 * EPOCH_S);
    const [x, y] = truth(201 * EPOCH_S);
    const sigmaM = Math.sqrt(covariance[0]!);
    expect(sigmaM).toBeLessThan(0.3);
    expect(Math.abs(positionM[0] - x)).toBeLessThan(4 * sigmaM);
    expect(Math.abs(positionM[1] - y)).toBeLessThan(4 * sigmaM);
    expect(Math.abs(velocityMPerS[1] + 8)).toBeLessThan(4 * Math.sqrt(covariance[15]!));
  });

  it('is what a regression with one reading of a place is: weights by variances', () => {
    const filter = new PlaceFilter({ accelerationDensity: 1e-9 });
    filter.start({ positionM: [10, 0], velocityMPerS: [0, 0], covariance: vague() }, 1);
    filter.correct([16, -6], [5, 0, 0, 5], 1);
    expect(filter.at(1).positionM[0]).toBeCloseTo(10 + (6 * 25) / 30, 9);
    expect(filter.at(1).positionM[1]).toBeCloseTo((-6 * 25) / 30, 9);
    expect(filter.at(1).covariance[0]).toBeCloseTo((25 * 5) / 30, 9);
  });

  it('learns velocity from a reading of it, and says how far a reading is off', () => {
    const filter = new PlaceFilter({ accelerationDensity: 1 });
    filter.start({ positionM: [10, 0], velocityMPerS: [0, 0], covariance: vague() }, 0);
    const noise = [0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    expect(filter.distance([10, 0], [0.25, 0, 0, 0.25], 0)).toBeCloseTo(0, 9);
    expect(filter.distance([10, 10], [0, 0, 0, 75], 0)).toBeCloseTo(100 / 100, 9);
    filter.correct([10, 0, 18, -3], noise, 0);
    expect(filter.at(0).velocityMPerS[0]).toBeCloseTo((18 * 400) / 401, 6);
    expect(filter.at(0.5).positionM[0]).toBeCloseTo(10 + (0.5 * 18 * 400) / 401, 6);
  });

  it('takes a direction for what it is: sideways it knows more, along the beam as much as before', () => {
    const filter = new PlaceFilter({ accelerationDensity: 1 });
    filter.start({ positionM: [20, 0], velocityMPerS: [0, 0], covariance: vague() }, 0);
    filter.correctDirection(0.1, 0.001 ** 2, 0);
    const { positionM, covariance } = filter.at(0);
    expect(Math.atan2(positionM[1], positionM[0])).toBeCloseTo(0.1, 3);
    expect(positionM[0]).toBeCloseTo(20, 6);
    expect(covariance[0]).toBeCloseTo(25, 6);
    expect(Math.sqrt(covariance[5]!)).toBeCloseTo(20 * 0.001, 4);
  });

  it('grows unsure with the time that nothing is read, as the velocity wanders', () => {
    const density = (18 * 5 * (Math.PI / 180)) ** 2 / EPOCH_S;
    const filter = new PlaceFilter({ accelerationDensity: density });
    const sure = new Float64Array(16);
    filter.start({ positionM: [20, 0], velocityMPerS: [18, 0], covariance: sure }, 0);
    const { positionM, covariance } = filter.at(EPOCH_S);
    expect(positionM[0]).toBeCloseTo(20 + 18 * EPOCH_S, 9);
    expect(Math.sqrt(covariance[15]!)).toBeCloseTo(18 * 5 * (Math.PI / 180), 9);
    expect(covariance[0]).toBeCloseTo((density * EPOCH_S ** 3) / 3, 12);
  });

  it('refuses what is no covariance', () => {
    const filter = new PlaceFilter({ accelerationDensity: 1 });
    filter.start({ positionM: [20, 0], velocityMPerS: [0, 0], covariance: vague() }, 0);
    expect(() => filter.correct([1, 2, 3], [1], 0)).toThrow(/fits no place/);
    expect(() => filter.correct([1, 2], [-100, 0, 0, 1], 0)).toThrow(/positive definite/);
  });
});
