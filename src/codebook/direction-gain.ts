/** Gain of what a planar array radiates in single directions, for maps of it. */
import { vectorOf } from '../array/array-frame.js';
import type { PlanarArray } from '../array/planar-array.js';
import type { ComplexVector } from '../core/complex.js';
import type { Codeword } from './codeword.js';
import { codewordWeights } from './weights.js';

/** Everything in front of the array. */
export const FRONT_RAD = Math.PI / 2;
const LEAST = 1e-12;

/** What of a planar array its pattern in the far field depends on. */
type Grid = Pick<PlanarArray, 'rows' | 'columns' | 'spacingM' | 'wavelengthM' | 'carrierHz'>;

/**
 * |b(u)^T w|^2 / N of one codeword in the far field: 1 is the gain of the whole array pointed there (docs/model.md eq. 103). The sum
 * over a row is the same for all rows but for the weights, so cosines are taken per row and column and not per element.
 */
export class DirectionGain {
  readonly #array: Grid;
  readonly #weights: ComplexVector;

  constructor(array: Grid, codeword: Pick<Codeword, 'phaseRad' | 'delayS' | 'amplitude'>) {
    this.#array = array;
    this.#weights = codewordWeights(codeword, array.carrierHz);
  }

  /** dB at one elevation, from -120 on, shape [azimuths]. */
  atElevationDb(elevationRad: number, azimuthsRad: Float64Array): Float64Array {
    const [, , up] = vectorOf({ azimuthRad: 0, elevationRad });
    const beams = rowBeams(this.#array, this.#weights.re, this.#weights.im, up);
    const numElements = this.#array.rows * this.#array.columns;
    return azimuthsRad.map((azimuthRad) => {
      const [, along] = vectorOf({ azimuthRad, elevationRad });
      return 10 * Math.log10(Math.max(powerOf(this.#array, beams, along) / numElements, LEAST));
    });
  }
}

interface ColumnSums {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** What each column of elements brings by itself in directions of one elevation, shape [columns]. */
function rowBeams(array: Grid, re: Float64Array, im: Float64Array, up: number): ColumnSums {
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

function powerOf({ columns, spacingM, wavelengthM }: Grid, beams: ColumnSums, along: number): number {
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
