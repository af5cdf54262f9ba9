/** Gain of a planar array's codewords over azimuth and elevation, for heat maps. */
import { vectorOf } from '../../array/array-frame.js';
import type { PlanarArray } from '../../array/planar-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import { codewordWeights } from '../../codebook/weights.js';
import type { HeatGrid } from './heat-image.js';

/** Everything in front of the array. */
export const FRONT_RAD = Math.PI / 2;

/**
 * |b(u)^T w|^2 / N in dB in the far field at cell centres: 0 dB is the gain of the whole array pointed there (docs/model.md eq. 103).
 * The sum over a row is the same for all rows but for the weights, so cosines are taken per row and column and not per element.
 *
 * @returns rows over elevation from low to high, columns over azimuth from low to high, both from -90 to 90 degrees of broadside.
 */
export function directionPatternDb(
  array: PlanarArray,
  codeword: Codeword,
  numColumns: number,
  numRows: number,
): HeatGrid {
  const { re, im } = codewordWeights(codeword, array.carrierHz);
  const values = new Float64Array(numColumns * numRows);
  for (let row = 0; row < numRows; row++) {
    const elevationRad = (2 * ((row + 0.5) / numRows) - 1) * FRONT_RAD;
    const [, , up] = vectorOf({ azimuthRad: 0, elevationRad });
    const beams = rowBeams(array, re, im, up);
    for (let column = 0; column < numColumns; column++) {
      const azimuthRad = (2 * ((column + 0.5) / numColumns) - 1) * FRONT_RAD;
      const [, along] = vectorOf({ azimuthRad, elevationRad });
      const power = powerOf(array, beams, along) / array.numElements;
      values[row * numColumns + column] = 10 * Math.log10(Math.max(power, 1e-12));
    }
  }
  return { numColumns, numRows, values };
}

interface ColumnSums {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** What each column of elements brings by itself in directions of one elevation, shape [columns]. */
function rowBeams(array: PlanarArray, re: Float64Array, im: Float64Array, up: number): ColumnSums {
  const { rows, columns, spacingM, wavelengthM } = array;
  const sums = { re: new Float64Array(columns), im: new Float64Array(columns) };
  for (let row = 0; row < rows; row++) {
    const phaseRad = (2 * Math.PI * (row - (rows - 1) / 2) * spacingM[1] * up) / wavelengthM;
    const cos = Math.cos(phaseRad);
    const sin = Math.sin(phaseRad);
    for (let column = 0; column < columns; column++) {
      const k = row * columns + column;
      sums.re[column]! += re[k]! * cos - im[k]! * sin;
      sums.im[column]! += re[k]! * sin + im[k]! * cos;
    }
  }
  return sums;
}

function powerOf({ columns, spacingM, wavelengthM }: PlanarArray, beams: ColumnSums, along: number): number {
  let re = 0;
  let im = 0;
  for (let column = 0; column < columns; column++) {
    const phaseRad = (2 * Math.PI * (column - (columns - 1) / 2) * spacingM[0] * along) / wavelengthM;
    const cos = Math.cos(phaseRad);
    const sin = Math.sin(phaseRad);
    re += beams.re[column]! * cos - beams.im[column]! * sin;
    im += beams.re[column]! * sin + beams.im[column]! * cos;
  }
  return re * re + im * im;
}
