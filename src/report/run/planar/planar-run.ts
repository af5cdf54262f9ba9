/** What a run on a planar array says of its users, in the array's own frame. */
import type { Direction } from '../../../array/array-frame.js';
import { ArrayFrame } from '../../../array/array-frame.js';
import type { PlanarArray, SeenPlace } from '../../../array/planar-array.js';
import { recordedPlace } from '../../../campaign/outcome.js';
import type { Codeword, PilotLabel } from '../../../codebook/codeword.js';
import { PlanarCodebook } from '../../../codebook/planar.js';
import { BeamloopError } from '../../../core/errors.js';
import type { Row } from '../../../record/schema.js';
import type { Point } from '../../drawing/marks.js';

/** Null where nobody knows it. */
export function trueSeen(array: PlanarArray, user: Row<'users'>): SeenPlace | null {
  const placeM = recordedPlace(user);
  return placeM === null ? null : array.seen(placeM);
}

export function foundDirection(estimate: Row<'estimates'>): Direction {
  return { azimuthRad: estimate.angleRad, elevationRad: estimate.elevationRad ?? 0 };
}

/** A place of the world from above, [across, ahead] of the array's mast, m: ahead is where the array looks. */
export function fromAbove({ frame }: PlanarArray, xM: number, yM: number): Point {
  const [ahead, across] = new ArrayFrame({ boresightRad: frame.boresightRad }).fromWorld([xM, yM]);
  return [across, ahead];
}

/** The same of a direction in the array's frame, which may be tilted: the angle from where it looks, rad. */
export function angleFromAbove({ frame }: PlanarArray, direction: Direction): number {
  const { azimuthRad, elevationRad } = direction;
  const level = Math.cos(elevationRad);
  const own = [level * Math.cos(azimuthRad), level * Math.sin(azimuthRad), Math.sin(elevationRad)] as const;
  const [ahead, across] = new ArrayFrame({ tiltRad: frame.tiltRad }).turnedToWorld(own);
  return Math.atan2(across, ahead);
}

/** Null for a label that is none of a planar codebook. */
export function planarCodewordOf(label: PilotLabel | null, array: PlanarArray): Codeword | null {
  if (label?.kind !== 'planar') return null;
  const { numAzimuths, numElevations, spread, activeColumns, activeRows } = label;
  const active = [activeColumns ?? array.columns, activeRows ?? array.rows] as const;
  try {
    return new PlanarCodebook(array, { numAzimuths, numElevations, spread, active }).codeword(label);
  } catch (error) {
    if (error instanceof BeamloopError) return null;
    throw error;
  }
}
