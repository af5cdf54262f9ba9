/** Power gains of all pilots and subcarriers at every point of a grid (docs/model.md eq. 58). */
import type { BeamPowers } from './beam-powers.js';
import type { PointGrid } from './point-grid.js';

export interface Dictionary {
  readonly grid: PointGrid;
  /** Shape [numPoints, numValues], row-major; a value is one subcarrier of one pilot. */
  readonly gains: Float32Array;
  readonly numValues: number;
  /** 1 / ||D|| per point, shape [numPoints]. */
  readonly inverseNorms: Float64Array;
}

export function buildDictionary(powers: BeamPowers, grid: PointGrid): Dictionary {
  const { numValues } = powers;
  const gains = new Float32Array(grid.numPoints * numValues);
  const inverseNorms = new Float64Array(grid.numPoints);
  for (let index = 0; index < grid.numPoints; index++) {
    const row = gains.subarray(index * numValues, (index + 1) * numValues);
    powers.evaluate(grid.point(index), row);
    inverseNorms[index] = 1 / Math.sqrt(energyOf(row));
  }
  return { grid, gains, numValues, inverseNorms };
}

function energyOf(row: Float32Array): number {
  let energy = 0;
  for (let k = 0; k < row.length; k++) energy += row[k]! * row[k]!;
  return energy;
}
