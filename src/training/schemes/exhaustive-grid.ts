import type { FocalPoint } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import { requireFewCodewords } from '../../codebook/codebook-size.js';
import type { Codeword } from '../../codebook/codeword.js';
import { gridCodeword } from '../../codebook/serving.js';
import { firstOf, firstPilots, rings, ringsAndPilotsLabel, ringsOf } from '../grid-options.js';
import { strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { nothing } from '../scheme-factory.js';
import { servedAt } from '../split-training.js';

/** One beam of the grid and where it focuses. */
export interface GridPilot {
  readonly point: FocalPoint;
  readonly codeword: Codeword;
}

/** A direction so little beyond the sector, in steps, is at its edge but for rounding. */
const ROUNDING = 1e-9;

/** Directions from -maxSinAngle in steps of 2/N on every ring; directions fastest, rings in the order given. */
export function gridPilots(
  array: LinearArray,
  maxSinAngle: number,
  ringsPerM: ArrayLike<number>,
): GridPilot[] {
  const step = 2 / array.numElements;
  const numDirections = Math.floor((2 * maxSinAngle) / step + ROUNDING) + 1;
  return Array.from(ringsPerM).flatMap((ringPerM, ring) =>
    Array.from({ length: numDirections }, (_, k) => {
      const point = { sinAngle: -maxSinAngle + k * step, ringPerM };
      return { point, codeword: gridCodeword(array, point, ring + 1, k + 1) };
    }),
  );
}

/**
 * One narrowband pilot per point of the grid; the strongest at the subcarrier next to the carrier wins.
 *
 * @param pilots all of the grid, or the first ones.
 * @param subcarrier which one that is; powers of that one alone will do.
 */
function* exhaustiveGrid(array: LinearArray, pilots: readonly GridPilot[], subcarrier: number): Scheme {
  const { perSubcarrier, numSubcarriers } = yield pilots.map(({ codeword }) => codeword);
  const column = numSubcarriers === 1 ? 0 : subcarrier;
  const atCarrier = Float64Array.from(pilots, (_, k) => perSubcarrier[k * numSubcarriers + column]!);
  return servedAt(array, pilots[strongest(atCarrier)]!.point);
}

export const exhaustiveGridScheme = builtIn({
  name: 'exhaustive-grid',
  title: 'Near-field exhaustive',
  source: 'compared in Near-Field Wideband Beam Training Based on Distance-Dependent Beam Split',
  pilots: 'directions × rings',
  colour: null,
  needs: 'band',
  options: { rings, pilots: firstPilots },
  rules: null,
  label: (options) => ringsAndPilotsLabel(options),
  build: (options, { array }, { band, sector }) => {
    const ringsPerM = ringsOf(options.rings, array, sector);
    requireFewCodewords('The grid of the exhaustive search', ringsPerM.length * array.numElements, array);
    const grid = gridPilots(array, Math.sin(sector.maxAngleRad), ringsPerM);
    const pilots = firstOf(options.pilots, grid, 'exhaustive-grid');
    return {
      start: () => exhaustiveGrid(array, pilots, band.middle),
      band,
      onlySubcarrier: band.middle,
      preparing: nothing,
      searches: () => null,
      adaptive: false,
    };
  },
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: (numElements, numRings) => numElements * numRings,
  withPilots: (options, count) => ({ ...options, pilots: count }),
  chosenPilots: ({ pilots }) => pilots ?? null,
});
