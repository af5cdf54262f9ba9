import { describe, expect, it } from 'vitest';
import { Band } from '../../../../src/array/band.js';
import type { FocalPoint, Sector } from '../../../../src/array/focal-point.js';
import { LinearArray } from '../../../../src/array/linear-array.js';
import { halfWidthRingPerM } from '../../../../src/codebook/beam-width.js';
import { rainbowCodebook } from '../../../../src/codebook/rainbow.js';
import { Random } from '../../../../src/core/random.js';
import { MatchedFilterEstimator } from '../../../../src/training/estimators/matched-filter.js';
import { PointGrid } from '../../../../src/training/estimators/point-grid.js';
import { anyPoint, evaluation, gainsAt, noiseless, noisy, SECTOR, small } from './setting.js';

const options = {
  name: 'matched-filter',
  score: 'normalised',
  directions: 1024,
  rings: 10,
  dictionary: 'actual',
  model: 'exact',
  search: 'coarse-to-fine',
  refine: true,
} as const;

describe('refinement off the grid, evaluation', () => {
  const codebook = evaluation();
  const quarterWidth = halfWidthRingPerM(codebook.array, 30e9) / 4;
  const estimator = new MatchedFilterEstimator(options, {
    codebook,
    sector: SECTOR,
    realise: (codeword) => codeword,
  });
  const isNear = (estimate: FocalPoint, point: FocalPoint) =>
    Math.abs(estimate.sinAngle - point.sinAngle) < 1e-3 &&
    Math.abs(estimate.ringPerM - point.ringPerM) < quarterWidth;

  it('finds noiseless users anywhere in the sector', () => {
    const random = new Random('anywhere');
    let near = 0;
    for (let user = 0; user < 300; user++) {
      const point = anyPoint(random, SECTOR);
      if (isNear(estimator.estimate(noiseless(codebook, gainsAt(codebook, point, 'exact'))), point)) near++;
    }
    expect(near / 300).toBeGreaterThanOrEqual(0.99);
  });

  it('finds users at the corners and edges of the sector', () => {
    const edge = Math.sin(SECTOR.maxAngleRad);
    for (const sinAngle of [-edge, 0, edge]) {
      for (const distanceM of [5, 30]) {
        const point = { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) };
        const estimate = estimator.estimate(noiseless(codebook, gainsAt(codebook, point, 'exact')));
        expect(isNear(estimate, point)).toBe(true);
      }
    }
  });
});

describe('refinement off the grid', () => {
  const codebook = small();
  const setting = { codebook, sector: SECTOR, realise: <T>(codeword: T) => codeword };
  const fewPoints = { ...options, directions: 128, rings: 3 } as const;

  it.each(['plain', 'normalised', 'debiased'] as const)('never lowers the score in noise, %s', (score) => {
    const refined = new MatchedFilterEstimator({ ...fewPoints, score }, setting);
    const onGrid = new MatchedFilterEstimator({ ...fewPoints, score, refine: false }, setting);
    const random = new Random('climb', score);
    const bias = score === 'debiased' ? 1 : 0;
    for (let user = 0; user < 60; user++) {
      const powers = noisy(codebook, gainsAt(codebook, anyPoint(random, SECTOR), 'exact'), 10, random);
      const scoreAt = (point: FocalPoint) => {
        const gains = gainsAt(codebook, point, 'exact');
        const product = gains.reduce((sum, gain, k) => sum + gain * (powers.perSubcarrier[k]! - bias), 0);
        return score === 'plain' ? product : product / Math.hypot(...gains);
      };
      const [from, to] = [onGrid.estimate(powers), refined.estimate(powers)];
      expect(scoreAt(to)).toBeGreaterThanOrEqual(scoreAt(from) * (1 - 1e-9));
      // No further than to the points beside it.
      expect(Math.abs(to.sinAngle - from.sinAngle)).toBeLessThan((2.001 * 2 * 0.8661) / 127);
      expect(to.ringPerM).toBeGreaterThanOrEqual(0);
    }
  });

  it('stays on a grid whose rings are next to each other, Fresnel model', () => {
    const { array, band } = codebook;
    const few = rainbowCodebook(
      new LinearArray({ numElements: 16, carrierHz: array.carrierHz, speedOfLightMPerS: 3e8 }),
      band,
      Math.sin(SECTOR.maxAngleRad),
      [1 / 240, 1 / 20, 1 / 10],
    );
    const dense = { ...options, directions: 32, rings: 400, dictionary: 'ideal', model: 'fresnel' } as const;
    const estimator = new MatchedFilterEstimator(dense, { ...setting, codebook: few });
    const random = new Random('dense');
    for (let user = 0; user < 16; user++) {
      const point = anyPoint(random, SECTOR);
      const estimate = estimator.estimate(noiseless(few, gainsAt(few, point, 'fresnel')));
      expect(Math.abs(estimate.sinAngle - point.sinAngle)).toBeLessThan(1e-3);
    }
  });

  it('stays within the rings of a sector so far away that all of them look alike, Fresnel model', () => {
    const { array, band } = codebook;
    const sector: Sector = { maxAngleRad: 0.5, distanceM: [8000, 60_000] };
    const far = rainbowCodebook(
      new LinearArray({ numElements: 7, carrierHz: array.carrierHz, speedOfLightMPerS: 3e8 }),
      band,
      Math.sin(sector.maxAngleRad),
      [0],
    );
    const random = new Random('far');
    for (let user = 0; user < 100; user++) {
      // Sectors that differ a little, because what is rounded up in one is rounded down in another.
      const distanceM = [8000 + 10 * user, 60_000] as const;
      const estimator = new MatchedFilterEstimator(
        { ...options, directions: 16, rings: 1 + (user % 4), dictionary: 'ideal', model: 'fresnel' },
        { ...setting, codebook: far, sector: { ...sector, distanceM } },
      );
      const point = anyPoint(random, sector);
      const estimate = estimator.estimate(noisy(far, gainsAt(far, point, 'fresnel'), 20, random));
      expect(Math.abs(estimate.sinAngle - point.sinAngle)).toBeLessThan(0.1);
    }
  });

  it('refines on arrays however large, Fresnel model', () => {
    const array = new LinearArray({ numElements: 2048, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
    const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 64 });
    const sector: Sector = { maxAngleRad: 0.02, distanceM: [5, 300] };
    const large = rainbowCodebook(array, band, Math.sin(sector.maxAngleRad), [0.01, 0.05]);
    const estimator = new MatchedFilterEstimator(
      { ...options, directions: 32, rings: 40, dictionary: 'ideal', model: 'fresnel' },
      { ...setting, codebook: large, sector },
    );
    // A beam is narrower than the grid: a quarter of its half-widths beside a point.
    const { sinAngle, ringPerM } = new PointGrid(sector, 32, 40).point(20 * 32 + 18);
    const point = { sinAngle: sinAngle + 1e-4, ringPerM: ringPerM + 4e-5 };
    const estimate = estimator.estimate(noiseless(large, gainsAt(large, point, 'fresnel')));
    expect(Math.abs(estimate.sinAngle - point.sinAngle)).toBeLessThan(1e-6);
    expect(Math.abs(estimate.ringPerM - point.ringPerM)).toBeLessThan(1e-6);
  });

  it('refines with the beams that the board makes', () => {
    // Phases of 3 bits, on a board whose phase shifters lean: it points elsewhere, and only a dictionary of it knows.
    const step = Math.PI / 4;
    const leaning = <T extends { phaseRad: Float64Array }>(codeword: T): T => ({
      ...codeword,
      phaseRad: codeword.phaseRad.map((phase, n) => step * Math.round(phase / step) - 0.03 * n),
    });
    const codewords = codebook.pilots.map(({ codeword }) => leaning(codeword));
    const knowing = new MatchedFilterEstimator(fewPoints, { ...setting, realise: leaning });
    const ignorant = new MatchedFilterEstimator(
      { ...fewPoints, dictionary: 'ideal' },
      { ...setting, realise: leaning },
    );
    const random = new Random('leaning');
    let ignorantMissed = 0;
    for (let user = 0; user < 20; user++) {
      const point = anyPoint(random, { maxAngleRad: 1, distanceM: [5, 10] });
      const powers = noiseless(codebook, gainsAt(codebook, point, 'exact', codewords));
      expect(Math.abs(knowing.estimate(powers).sinAngle - point.sinAngle)).toBeLessThan(1e-4);
      if (Math.abs(ignorant.estimate(powers).sinAngle - point.sinAngle) > 1e-3) ignorantMissed++;
    }
    expect(ignorantMissed).toBe(20);
  });
});
