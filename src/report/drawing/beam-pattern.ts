/** Gain of codewords over the angle-distance plane, for heat maps. */
import type { LinearArray } from '../../array/linear-array.js';
import { polarPointM } from '../../array/linear-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import { codewordWeights } from '../../codebook/weights.js';
import type { HeatGrid } from './heat-image.js';

/** Part of the plane: angle linear, distance logarithmic. */
export interface PlaneWindow {
  readonly angleRad: readonly [low: number, high: number];
  readonly distanceM: readonly [low: number, high: number];
}

/** One turn in this many steps: phases are off by 5e-5 rad at most, which shows below -80 dB only. */
const STEPS = 65_536;
const COSINE = Float64Array.from({ length: STEPS }, (_, k) => Math.cos((2 * Math.PI * k) / STEPS));
const QUARTER = STEPS / 4;

/**
 * |b(u)^T w|^2 / N in dB at cell centres: 0 dB is the gain of the whole array focused on the point. Weight and steering
 * vector are multiplied by adding their phases, and cosines come from a table: a page of patterns takes 10^7 of them.
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
  const weights = codewordWeights(codeword, array.carrierHz);
  const size = weights.re.map((re, k) => Math.hypot(re, weights.im[k]!));
  const turns = weights.re.map((re, k) => Math.atan2(weights.im[k]!, re) / (2 * Math.PI));
  const values = new Float64Array(numColumns * numRows);
  const [nearM, farM] = window.distanceM;
  const [lowRad, highRad] = window.angleRad;
  for (let row = 0; row < numRows; row++) {
    const distanceM = nearM * (farM / nearM) ** ((row + 0.5) / numRows);
    for (let column = 0; column < numColumns; column++) {
      const angleRad = lowRad + ((column + 0.5) / numColumns) * (highRad - lowRad);
      const power = receivedPower(array, size, turns, polarPointM(distanceM, angleRad));
      values[row * numColumns + column] = 10 * Math.log10(Math.max(power / array.numElements, 1e-12));
    }
  }
  return { numColumns, numRows, values };
}

/** |sum of size_n exp(j 2 pi (turns_n - |p_n - u| / lambda))|^2 */
function receivedPower(
  array: LinearArray,
  size: Float64Array,
  turns: Float64Array,
  [xM, yM]: readonly [number, number],
): number {
  const { elementYM, wavelengthM } = array;
  const perMetre = 1 / wavelengthM;
  const x2 = xM * xM;
  let re = 0;
  let im = 0;
  for (let n = 0; n < turns.length; n++) {
    const dyM = elementYM[n]! - yM;
    const phase = turns[n]! - Math.sqrt(x2 + dyM * dyM) * perMetre;
    const step = ((phase - Math.floor(phase)) * STEPS + 0.5) | 0;
    re += size[n]! * COSINE[step & (STEPS - 1)]!;
    im += size[n]! * COSINE[(step - QUARTER) & (STEPS - 1)]!;
  }
  return re * re + im * im;
}
