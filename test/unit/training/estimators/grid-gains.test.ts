import { afterEach, describe, expect, it, vi } from 'vitest';
import { Band } from '../../../../src/array/band.js';
import type { Sector } from '../../../../src/array/focal-point.js';
import { LinearArray } from '../../../../src/array/linear-array.js';
import type { SplitCodebook } from '../../../../src/codebook/beam-split.js';
import { rainbowCodebook } from '../../../../src/codebook/rainbow.js';
import { describeTdPs, tdPsCodebook } from '../../../../src/codebook/tdps.js';
import { BeamPowers, type WaveModel } from '../../../../src/training/estimators/beam-powers.js';
import { GridGains } from '../../../../src/training/estimators/grid-gains.js';
import { PointGrid } from '../../../../src/training/estimators/point-grid.js';
import { demonstration, evaluation, SECTOR } from './setting.js';

/** Of amplitude, 1 at perfect focus, as GridGains states it. */
const TOLERANCE = 1.05e-4;

const NEAR_AND_WIDE: Sector = { maxAngleRad: 1.5, distanceM: [1, 30] };

/** 65 elements, 125 subcarriers. */
function odd(): SplitCodebook {
  const array = new LinearArray({ numElements: 65, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 125 });
  const parameters = {
    delaySinAngle: 349 / 11,
    delayRingPerM: -427 / 800,
    phaseSinAngle: -30,
    phaseRingPerM: 1859 / 3200,
  };
  return tdPsCodebook(array, band, describeTdPs(array, band, parameters), 2);
}

/** 6 elements, 16 subcarriers at 1/2 to 3/2 of the carrier: filters miss most of what turns more slowly than the fastest. */
function fewOverAnOctave(): SplitCodebook {
  const array = new LinearArray({ numElements: 6, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 32e9, numSubcarriers: 16 });
  return rainbowCodebook(array, band, Math.sin(NEAR_AND_WIDE.maxAngleRad), [0.3]);
}

/** The largest difference from single points over every `step`-th point of the grid, and how many points were summed. */
function compare(codebook: SplitCodebook, model: WaveModel, grid: PointGrid, step: number) {
  const codewords = codebook.pilots.map(({ codeword }) => codeword);
  const respond = vi.spyOn(BeamPowers.prototype, 'respond');
  const gains = new GridGains(codebook, codewords, model, grid);
  const beams = new BeamPowers(codebook, codewords, model);
  const expected = new Float64Array(beams.numValues);
  const actual = new Float32Array(beams.numValues);
  let worst = 0;
  let largest = 0;
  for (let index = 0; index < grid.numPoints; index++) {
    gains.approximate(index, actual);
    if (index % step > 0) continue;
    beams.evaluate(grid.point(index), expected);
    for (let k = 0; k < actual.length; k++) {
      worst = Math.max(worst, Math.abs(Math.sqrt(actual[k]!) - Math.sqrt(expected[k]!)));
      largest = Math.max(largest, expected[k]!);
    }
  }
  return { worst, largest, numSummed: respond.mock.calls.length };
}

describe.each(['fresnel', 'exact'] as const)('gains at the points of a grid, %s', (model) => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    ['the evaluation', evaluation, SECTOR, 1024, 2, 7, 0.4],
    ['the demonstration', demonstration, SECTOR, 1024, 3, 5, 0.3],
    ['an odd array', odd, SECTOR, 500, 4, 1, 0.6],
    ['a wide sector near the array', odd, NEAR_AND_WIDE, 700, 5, 1, 1],
    ['few elements over an octave', fewOverAnOctave, NEAR_AND_WIDE, 1198, 2, 1, 0.3],
    ['directions none of which can be left out', odd, SECTOR, 60, 3, 1, 1],
  ] as const)('are those of single points: %s', (_, make, sector, directions, rings, step, share) => {
    const grid = new PointGrid(sector, directions, rings);
    const { worst, largest, numSummed } = compare(make(), model, grid, step);
    expect(largest).toBeGreaterThan(0.5);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(numSummed).toBeLessThanOrEqual(share * grid.numPoints);
  });

  it('do not depend on the order of the points', () => {
    const codebook = odd();
    const codewords = codebook.pilots.map(({ codeword }) => codeword);
    const grid = new PointGrid(SECTOR, 500, 3);
    const [inOrder, asked] = [0, 1].map(() => new GridGains(codebook, codewords, model, grid));
    const rows = Array.from({ length: grid.numPoints }, (_, index) => {
      const row = new Float32Array(inOrder!.numValues);
      inOrder!.approximate(index, row);
      return row;
    });
    const row = new Float32Array(asked!.numValues);
    for (let k = 0; k < 200; k++) {
      const index = (k * 677) % grid.numPoints;
      asked!.approximate(index, row);
      expect(row).toEqual(rows[index]);
    }
  });
});

it('a grid of one direction and one ring has gains', () => {
  const { worst } = compare(odd(), 'exact', new PointGrid(SECTOR, 1, 1), 1);
  expect(worst).toBeLessThan(TOLERANCE);
});
