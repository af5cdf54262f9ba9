/** Gain of a planar array's codewords over azimuth and elevation, for heat maps. */
import type { PlanarArray } from '../../array/planar-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import { DirectionGain, FRONT_RAD } from '../../codebook/direction-gain.js';
import type { HeatGrid } from './heat-image.js';

/**
 * |b(u)^T w|^2 / N in dB in the far field at cell centres: 0 dB is the gain of the whole array pointed there (docs/model.md eq. 103).
 *
 * @returns rows over elevation from low to high, columns over azimuth from low to high, both from -90 to 90 degrees of broadside.
 */
export function directionPatternDb(
  array: PlanarArray,
  codeword: Codeword,
  numColumns: number,
  numRows: number,
): HeatGrid {
  const gain = new DirectionGain(array, codeword);
  const values = new Float64Array(numColumns * numRows);
  const azimuthsRad = Float64Array.from(
    { length: numColumns },
    (_, column) => (2 * ((column + 0.5) / numColumns) - 1) * FRONT_RAD,
  );
  for (let row = 0; row < numRows; row++) {
    const elevationRad = (2 * ((row + 0.5) / numRows) - 1) * FRONT_RAD;
    values.set(gain.atElevationDb(elevationRad, azimuthsRad), row * numColumns);
  }
  return { numColumns, numRows, values };
}
