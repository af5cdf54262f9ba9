/** Codebooks of trackers, as scenarios and recordings describe them. */
import type { LinearArray } from '../array/linear-array.js';
import { evenAngleSines } from './angular.js';
import { PolarCodebook } from './polar.js';

export interface TrackerCodebook {
  readonly directions: number;
  /** Finite ones; 0: beams to infinity alone. */
  readonly rings: number;
  /** Evenly over the sines of directions, or over the directions themselves, all 180 degrees of them; the first unless given. */
  readonly spread?: 'sines' | 'angles' | undefined;
}

export function trackerCodebook(
  array: LinearArray,
  { directions, rings, spread = 'sines' }: TrackerCodebook,
): PolarCodebook {
  return new PolarCodebook(array, {
    numRings: Math.max(1, rings),
    withInfinity: rings === 0,
    ...(spread === 'angles' ? { sinAngles: evenAngleSines(directions) } : { numAngles: directions }),
    name: 'tracking',
  });
}
