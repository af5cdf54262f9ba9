import { describe, expect, it, vi } from 'vitest';
import type { SplitCodebook } from '../../../../src/codebook/beam-split.js';
import { Random } from '../../../../src/core/random.js';
import { type Powers, powersOf } from '../../../../src/sounding/powers.js';
import { BeamPowers } from '../../../../src/training/estimators/beam-powers.js';
import { Dictionary, type GridPowers } from '../../../../src/training/estimators/dictionary.js';
import { GridGains } from '../../../../src/training/estimators/grid-gains.js';
import { GridSearch } from '../../../../src/training/estimators/grid-search.js';
import { PointGrid } from '../../../../src/training/estimators/point-grid.js';
import { anyPoint, evaluation, gainsAt, noisy, SECTOR, small } from './setting.js';

const SCORES = ['plain', 'normalised', 'debiased'] as const;
type Score = (typeof SCORES)[number];

/** The search of a grid, and the scores of all its points computed one by one in double precision. */
function searchOf(codebook: SplitCodebook, directions: number, rings: number, score: Score) {
  const codewords = codebook.pilots.map(({ codeword }) => codeword);
  const grid = new PointGrid(SECTOR, directions, rings);
  const beams = new BeamPowers(codebook, codewords, 'exact');
  const rows = Array.from({ length: grid.numPoints }, (_, index) => {
    const row = new Float64Array(beams.numValues);
    beams.evaluate(grid.point(index), row);
    const norm = Math.sqrt(row.reduce((sum, gain) => sum + gain * gain, 0));
    return score === 'plain' ? row : row.map((gain) => gain / norm);
  });
  const gains = new GridGains(codebook, codewords, 'exact', grid);
  const search = new GridSearch(new Dictionary(grid, gains, score));
  return {
    search,
    gains,
    numPoints: grid.numPoints,
    scores: (powers: Powers) => plainly(rows, score, powers),
  };
}

function plainly(rows: readonly Float64Array[], score: Score, powers: Powers): Float64Array {
  const { perSubcarrier, noiseFloor } = powers;
  const bias = score === 'debiased' ? noiseFloor : 0;
  return Float64Array.from(rows, (row) => {
    let sum = 0;
    for (let k = 0; k < row.length; k++) sum += row[k]! * (perSubcarrier[k]! - bias);
    return sum;
  });
}

/** The same in another unit. */
function inUnit({ perSubcarrier, numSubcarriers, noiseFloor }: Powers, unit: number): Powers {
  return powersOf(
    perSubcarrier.map((z) => z * unit),
    numSubcarriers,
    noiseFloor * unit,
  );
}

describe.each(SCORES)('search of a grid, %s', (score) => {
  // Neither directions nor subcarriers fill whole groups and blocks.
  const codebook = small();
  const { search, gains, scores, numPoints } = searchOf(codebook, 203, 5, score);

  it('has the answer of computing all scores, for hundreds of users in noise', () => {
    const random = new Random('search', score);
    let quick = 0;
    for (let user = 0; user < 300; user++) {
      const snrDb = -4 + 2 * (user % 13);
      const powers = noisy(codebook, gainsAt(codebook, anyPoint(random, SECTOR), 'exact'), snrDb, random);
      const all = scores(powers);
      const best = search.full(powers);
      // Sums in another order may differ in the last digits, and so may the winner where two are equal so far.
      expect(all[best]!).toBeGreaterThan(Math.max(...all) * (1 - 1e-12) - 1e-9);
      const coarse = search.coarseToFine(powers);
      if (coarse === null) continue;
      quick++;
      expect(coarse).toBe(best);
    }
    expect(quick).toBeGreaterThan(30);
  });

  it('takes powers in any unit', () => {
    const random = new Random('unit', score);
    const gainsOfUser = gainsAt(codebook, anyPoint(random, SECTOR), 'exact');
    const powers = noisy(codebook, gainsOfUser, 20, random);
    for (const unit of [1e-15, 1e12]) {
      const scaled = inUnit(powers, unit);
      expect(search.full(scaled)).toBe(search.full(powers));
      expect(search.coarseToFine(scaled)).toBe(search.coarseToFine(powers));
    }
  });

  it('takes the first of equals, without a look at the points', () => {
    const exact = vi.spyOn(gains, 'exact');
    const nothing = powersOf(new Float64Array(500), 250, 0);
    expect(search.full(nothing)).toBe(0);
    expect(search.coarseToFine(nothing) ?? 0).toBe(0);
    expect(exact).not.toHaveBeenCalled();
    expect(numPoints).toBe(1015);
  });
});

it('screens the grid of the evaluation to the same answer', () => {
  const codebook = evaluation();
  const { search, scores } = searchOf(codebook, 509, 3, 'debiased');
  const random = new Random('evaluation');
  let quick = 0;
  for (let user = 0; user < 40; user++) {
    const gains = gainsAt(codebook, anyPoint(random, SECTOR), 'exact');
    const powers = noisy(codebook, gains, 8 + 4 * (user % 4), random);
    const all = scores(powers);
    const best = search.full(powers);
    expect(all[best]!).toBeGreaterThan(Math.max(...all) - 1e-9);
    const coarse = search.coarseToFine(powers);
    if (coarse === null) continue;
    quick++;
    expect(coarse).toBe(best);
  }
  expect(quick).toBeGreaterThan(15);
});

it('stands gains that are off by as much as they say', () => {
  const codebook = small();
  const codewords = codebook.pilots.map(({ codeword }) => codeword);
  const grid = new PointGrid(SECTOR, 101, 3);
  const beams = new BeamPowers(codebook, codewords, 'exact');
  const amplitudeError = 0.02;
  const random = new Random('off');
  const gains: GridPowers = {
    numValues: beams.numValues,
    amplitudeError,
    approximate(index, out) {
      const exact = new Float64Array(beams.numValues);
      this.exact(index, exact);
      exact.forEach((gain, k) => {
        out[k] = Math.max(0, Math.sqrt(gain) + (random.uniform() < 0.5 ? -1 : 1) * amplitudeError) ** 2;
      });
    },
    exact: (index, out) => beams.evaluate(grid.point(index), out),
  };
  const search = new GridSearch(new Dictionary(grid, gains, 'debiased'));
  const exactly = searchOf(codebook, 101, 3, 'debiased');
  for (let user = 0; user < 100; user++) {
    const powers = noisy(codebook, gainsAt(codebook, anyPoint(random, SECTOR), 'exact'), 15, random);
    expect(search.coarseToFine(powers) ?? search.full(powers)).toBe(exactly.search.full(powers));
  }
});
