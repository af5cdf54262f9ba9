import { describe, expect, it } from 'vitest';
import { powersOf } from '../../../../src/sounding/powers.js';
import { BeamPowers } from '../../../../src/training/estimators/beam-powers.js';
import { createEstimator } from '../../../../src/training/estimators/create-estimator.js';
import { MatchedFilterEstimator } from '../../../../src/training/estimators/matched-filter.js';
import { PointGrid } from '../../../../src/training/estimators/point-grid.js';
import { gainsAt, noiseless, SECTOR, small } from './setting.js';

const codebook = small();
const setting = { codebook, sector: SECTOR, realise: <T>(codeword: T) => codeword };
const options = {
  name: 'matched-filter',
  score: 'normalised',
  directions: 48,
  rings: 4,
  dictionary: 'ideal',
  model: 'exact',
  search: 'full',
  refine: false,
} as const;

describe('grid of points', () => {
  it('reaches from edge to edge, and one ring lies in the middle', () => {
    const grid = new PointGrid(SECTOR, 5, 3);
    expect(grid.numPoints).toBe(15);
    expect(grid.point(0).sinAngle).toBeCloseTo(-Math.sqrt(3) / 2, 15);
    expect(grid.point(0).ringPerM).toBeCloseTo(1 / 240, 15);
    expect(grid.point(2).sinAngle).toBeCloseTo(0, 15);
    expect(grid.point(14).sinAngle).toBeCloseTo(Math.sqrt(3) / 2, 15);
    expect(grid.point(14).ringPerM).toBeCloseTo(1 / 10, 15);
    expect(new PointGrid(SECTOR, 5, 1).point(0).ringPerM).toBeCloseTo((1 / 240 + 1 / 10) / 2, 15);
  });
});

describe('power gains of beams', () => {
  it.each(['fresnel', 'exact'] as const)('agree with the sum over elements, %s', (model) => {
    const point = { sinAngle: -0.41, ringPerM: 0.06 };
    const gains = new Float64Array(2 * 250);
    new BeamPowers(
      codebook,
      codebook.pilots.map(({ codeword }) => codeword),
      model,
    ).evaluate(point, gains);
    const reference = gainsAt(codebook, point, model);
    expect(Math.max(...reference)).toBeGreaterThan(0.5);
    gains.forEach((gain, k) => {
      expect(Math.abs(gain - reference[k]!)).toBeLessThan(1e-6);
    });
  });
});

describe('matched filter', () => {
  it.each(['fresnel', 'exact'] as const)(
    'finds the point of the grid at which the user sits, %s',
    (model) => {
      const estimator = new MatchedFilterEstimator({ ...options, model }, setting);
      const grid = new PointGrid(SECTOR, 48, 4);
      for (let index = 0; index < grid.numPoints; index++) {
        const point = grid.point(index);
        expect(estimator.estimate(noiseless(codebook, gainsAt(codebook, point, model)))).toEqual(point);
      }
    },
  );

  it.each(['on-grid', 'matched-filter'] as const)('estimates nothing from nothing, %s', (name) => {
    const estimator = createEstimator(name === 'on-grid' ? { name } : options, setting);
    const nothing = powersOf(new Float64Array(500), 250, 0);
    expect(() => estimator.estimate(nothing)).toThrow(/All 500 powers are 0: nothing was received/);
  });

  it('refuses powers of another shape', () => {
    const estimator = new MatchedFilterEstimator(options, setting);
    expect(() => estimator.estimate(powersOf(new Float64Array(250), 250))).toThrow(/250 powers/);
  });
});
