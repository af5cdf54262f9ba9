import type { FocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { gridCodeword } from '../codebook/serving.js';
import { strongest } from './polar-estimate.js';
import type { Scheme } from './scheme.js';
import { servedAt } from './split-training.js';

/** Directions from -maxSinAngle in steps of 2/N on every ring; directions fastest, rings in the order given. */
export function gridPoints(
  { numElements }: LinearArray,
  maxSinAngle: number,
  ringsPerM: ArrayLike<number>,
): FocalPoint[][] {
  const step = 2 / numElements;
  const numDirections = Math.floor((2 * maxSinAngle) / step) + 1;
  return Array.from(ringsPerM, (ringPerM) =>
    Array.from({ length: numDirections }, (_, k) => ({ sinAngle: -maxSinAngle + k * step, ringPerM })),
  );
}

/**
 * One narrowband pilot per point of the grid; the strongest at the subcarrier next to the carrier wins.
 *
 * @param subcarrier which one that is.
 */
export function* exhaustiveGrid(
  array: LinearArray,
  rings: readonly FocalPoint[][],
  subcarrier: number,
): Scheme {
  const points = rings.flat();
  const powers = yield rings.flatMap((points, ring) =>
    points.map((point, k) => gridCodeword(array, point, ring + 1, k + 1)),
  );
  const { perSubcarrier, numSubcarriers } = powers;
  const atCarrier = Float64Array.from(points, (_, k) => perSubcarrier[k * numSubcarriers + subcarrier]!);
  return servedAt(array, points[strongest(atCarrier)]!);
}
