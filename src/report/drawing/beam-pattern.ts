/** Gain of codewords over the angle-distance plane, for heat maps. */
import { type LinearArray, polarPointM } from '../../array/linear-array.js';
import { BeamGain } from '../../codebook/beam-gain.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { HeatGrid } from './heat-image.js';

/** Part of the plane: angle linear, distance logarithmic. */
export interface PlaneWindow {
  readonly angleRad: readonly [low: number, high: number];
  readonly distanceM: readonly [low: number, high: number];
}

/**
 * |b(u)^T w|^2 / N in dB at cell centres: 0 dB is the gain of the whole array focused on the point.
 *
 * @returns rows over distance from near to far, columns over angle from low to high.
 */
export function beamPatternDb(
  array: LinearArray,
  codeword: Codeword,
  window: PlaneWindow,
  numColumns: number,
  numRows: number,
): HeatGrid {
  const gain = new BeamGain(array, codeword);
  const values = new Float64Array(numColumns * numRows);
  const [nearM, farM] = window.distanceM;
  const [lowRad, highRad] = window.angleRad;
  for (let row = 0; row < numRows; row++) {
    const distanceM = nearM * (farM / nearM) ** ((row + 0.5) / numRows);
    for (let column = 0; column < numColumns; column++) {
      const angleRad = lowRad + ((column + 0.5) / numColumns) * (highRad - lowRad);
      values[row * numColumns + column] = gain.atDb(...polarPointM(distanceM, angleRad));
    }
  }
  return { numColumns, numRows, values };
}
