import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PlanarArray } from '../../../src/array/planar-array.js';
import type { PilotLabel } from '../../../src/codebook/codeword.js';
import { PlanarCodebook, type PlanarSpread } from '../../../src/codebook/planar.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { powersOf } from '../../../src/sounding/powers.js';
import { runSounding } from '../../../src/sounding/run-sounding.js';
import { createScheme, schemeSchema } from '../../../src/training/registry.js';

const array = new PlanarArray({ rows: 8, columns: 8, carrierHz: 28e9 });
const codebookOf = (num: number, spread: PlanarSpread = 'angles') =>
  new PlanarCodebook(array, { numAzimuths: num, numElevations: num, spread });

type PlanarLabel = Extract<PilotLabel, { kind: 'planar' }>;

/** A user that answers by how near a beam's cell is to beam `azimuth`, `elevation` (from 1) of the finest grid. */
function search(scheme: unknown, codebook: PlanarCodebook, azimuth: number, elevation: number) {
  const batches: PlanarLabel[][] = [];
  const { start } = createScheme(schemeSchema.parse(scheme), codebook);
  const { result, numPilots } = runSounding(start(), (pilots) => {
    batches.push(pilots.map(({ label }) => label as PlanarLabel));
    const powers = pilots.map(({ label }) => {
      const { numAzimuths, azimuthIndex, elevationIndex } = label as PlanarLabel;
      const size = codebook.numAzimuths / numAzimuths;
      const off = (index: number, wanted: number) => Math.abs(size * (index - 0.5) - (wanted - 0.5));
      return 1 / (1 + off(azimuthIndex, azimuth) ** 2 + off(elevationIndex, elevation) ** 2);
    });
    return powersOf(Float64Array.from(powers), 1);
  });
  return { result, numPilots, batches };
}

describe('planar sweep', () => {
  it('sends every beam once and takes the strongest', () => {
    const { result, numPilots, batches } = search('planar-sweep', codebookOf(8), 6, 3);
    expect(numPilots).toBe(64);
    expect(batches).toHaveLength(1);
    expect(result.codeword.key).toBe('planar/8x8/6/3');
    const { azimuthRad, elevationRad } = codebookOf(8).direction({ azimuthIndex: 6, elevationIndex: 3 });
    expect(result).toMatchObject({ angleRad: azimuthRad, elevationRad, distanceM: Infinity });
  });
});

describe('planar hierarchical search', () => {
  it('goes from 4 x 4 to 16 x 16 by the four children of the best', () => {
    const { result, numPilots, batches } = search('planar-hierarchical', codebookOf(16), 11, 6);
    expect(batches.map((batch) => batch.length)).toEqual([16, 4, 4]);
    expect(numPilots).toBe(24);
    expect(result.codeword.key).toBe('planar/16x16/11/6');
    const last = batches[2]!.map(({ azimuthIndex, elevationIndex }) => [azimuthIndex, elevationIndex]);
    expect(last).toEqual([
      [11, 5],
      [11, 6],
      [12, 5],
      [12, 6],
    ]);
  });

  it('finds every beam that lies in the cell of its parents, within 28 pilots of 1024', () => {
    const codebook = codebookOf(32, 'sines');
    for (const [azimuth, elevation] of [
      [1, 1],
      [32, 32],
      [17, 16],
      [5, 28],
    ] as const) {
      const { result, numPilots } = search('planar-hierarchical', codebook, azimuth, elevation);
      expect(numPilots).toBe(28);
      expect(result.codeword.key).toBe(`planar-sines/32x32/${azimuth}/${elevation}`);
    }
  });

  it('tries all nine around the best, fewer at the edge of the grid', () => {
    const scheme = { name: 'planar-hierarchical', candidates: 9 };
    expect(search(scheme, codebookOf(16), 8, 8).batches.map((batch) => batch.length)).toEqual([16, 9, 9]);
    expect(search(scheme, codebookOf(16), 1, 1).batches.map((batch) => batch.length)).toEqual([16, 4, 4]);
  });

  it('widens all beams but the last ones where it is asked to', () => {
    const scheme = { name: 'planar-hierarchical', wideBeams: 'sub-array', first: 2 };
    const { batches } = search(scheme, codebookOf(8), 3, 3);
    expect(batches.map(([label]) => [label!.activeColumns, label!.activeRows])).toEqual([
      [2, 2],
      [4, 4],
      [undefined, undefined],
    ]);
  });

  it('refuses grids that are not the first one doubled, and arrays that are not planar', () => {
    const scheme = schemeSchema.parse('planar-hierarchical');
    expect(() => createScheme(scheme, codebookOf(12))).toThrow('from 4 x 4 beams to 12 x 12');
    const linear = new PolarCodebook(new LinearArray({ numElements: 16, carrierHz: 28e9 }), { numRings: 2 });
    expect(() => createScheme(scheme, linear)).toThrow('is for planar arrays');
    expect(() => createScheme(schemeSchema.parse('dpc'), codebookOf(16))).toThrow('is for linear arrays');
  });
});
