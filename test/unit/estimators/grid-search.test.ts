import { describe, expect, it } from 'vitest';
import type { SplitCodebook } from '../../../src/codebook/beam-split.js';
import { Random } from '../../../src/core/random.js';
import { BeamPowers } from '../../../src/training/estimators/beam-powers.js';
import { Dictionary } from '../../../src/training/estimators/dictionary.js';
import { GridSearch } from '../../../src/training/estimators/grid-search.js';
import { PointGrid } from '../../../src/training/estimators/point-grid.js';
import { anyPoint, evaluation, gainsAt, noisy, SECTOR, small } from './setting.js';

const SCORES = ['plain', 'normalised', 'debiased'] as const;
type Score = (typeof SCORES)[number];

/** Dictionary, its search, and the rows as they were stored, for the plain way. */
function searchOf(codebook: SplitCodebook, directions: number, rings: number, score: Score) {
  const beams = new BeamPowers(
    codebook,
    codebook.pilots.map(({ codeword }) => codeword),
    'exact',
  );
  const grid = new PointGrid(SECTOR, directions, rings);
  const dictionary = new Dictionary(
    grid,
    beams.numValues,
    (index, out) => beams.evaluate(grid.point(index), out),
    score,
  );
  const { layout, kernel } = dictionary;
  const rows = Array.from(
    { length: grid.numPoints },
    (_, k) => new Float32Array(kernel.memory.buffer, dictionary.addressOfRow(k), layout.rowLength),
  );
  return { search: new GridSearch(dictionary), rows, numPoints: grid.numPoints };
}

/** Products of all rows, one number at a time. */
function plainly(rows: readonly Float32Array[], powers: Float64Array, bias: number): Float64Array {
  return Float64Array.from(rows, (row) => {
    let sum = 0;
    for (let k = 0; k < powers.length; k++) sum += row[k]! * (powers[k]! - bias);
    return sum;
  });
}

describe.each(SCORES)('search of a grid, %s', (score) => {
  // Neither directions nor subcarriers fill whole groups and blocks.
  const codebook = small();
  const { search, rows, numPoints } = searchOf(codebook, 203, 5, score);

  it('has the answer of computing all products, for hundreds of users in noise', () => {
    const random = new Random('search', score);
    let quick = 0;
    for (let user = 0; user < 300; user++) {
      const snrDb = -4 + 2 * (user % 13);
      const gains = gainsAt(codebook, anyPoint(random, SECTOR), 'exact');
      const { perSubcarrier } = noisy(codebook, gains, snrDb, random);
      const bias = score === 'debiased' ? 1 : 0;
      const products = plainly(rows, perSubcarrier, bias);
      const best = search.full(perSubcarrier, bias);
      // Sums in another order may differ in the last digits, and so may the winner where two are equal so far.
      expect(products[best]!).toBeGreaterThan(Math.max(...products) * (1 - 1e-12) - 1e-9);
      const coarse = search.coarseToFine(perSubcarrier, bias);
      if (coarse === null) continue;
      quick++;
      expect(coarse).toBe(best);
    }
    expect(quick).toBeGreaterThan(30);
  });

  it('takes powers in any unit', () => {
    const random = new Random('unit', score);
    for (const unit of [1e-15, 1e12]) {
      const { perSubcarrier } = noisy(
        codebook,
        gainsAt(codebook, anyPoint(random, SECTOR), 'exact'),
        20,
        random,
      );
      const bias = score === 'debiased' ? 1 : 0;
      const scaled = perSubcarrier.map((z) => z * unit);
      expect(search.full(scaled, bias * unit)).toBe(search.full(perSubcarrier, bias));
      expect(search.coarseToFine(scaled, bias * unit)).toBe(search.coarseToFine(perSubcarrier, bias));
    }
  });

  it('takes the first of equals', () => {
    expect(search.full(new Float64Array(500), 0)).toBe(0);
    expect(search.coarseToFine(new Float64Array(500), 0) ?? 0).toBe(0);
    expect(numPoints).toBe(1015);
  });
});

it('screens the grid of the evaluation to the same answer', () => {
  const codebook = evaluation();
  const { search, rows } = searchOf(codebook, 509, 3, 'debiased');
  const random = new Random('evaluation');
  let quick = 0;
  for (let user = 0; user < 40; user++) {
    const gains = gainsAt(codebook, anyPoint(random, SECTOR), 'exact');
    const { perSubcarrier } = noisy(codebook, gains, 8 + 4 * (user % 4), random);
    const products = plainly(rows, perSubcarrier, 1);
    const best = search.full(perSubcarrier, 1);
    expect(products[best]!).toBeGreaterThan(Math.max(...products) - 1e-9);
    const coarse = search.coarseToFine(perSubcarrier, 1);
    if (coarse === null) continue;
    quick++;
    expect(coarse).toBe(best);
  }
  expect(quick).toBeGreaterThan(15);
});
