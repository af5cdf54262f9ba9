/**
 * Points in the coordinates in which near-field beams are simple: direction as sin(angle) and distance ring
 * alpha = (1 - sin^2) / (2 r) (docs/model.md eq. 5).
 */
import { requirePositive } from '../core/arguments.js';
import { DIRECTION, DISTANCE, requireWithin } from '../core/bounds.js';
import { BeamloopError } from '../core/errors.js';
import type { PlaceM } from './antenna-array.js';
import { type PointM, polarPointM } from './linear-array.js';

export interface FocalPoint {
  /** Sine of the angle from broadside. */
  readonly sinAngle: number;
  /** Distance ring, 1/m; 0 is the far field. */
  readonly ringPerM: number;
}

/** Where users can be: within +-maxAngleRad of broadside, at distances from near to far, m. */
export interface Sector {
  readonly maxAngleRad: number;
  readonly distanceM: readonly [number, number];
}

/** Distance from the array's centre, m; Infinity on the far-field ring. */
export function distanceOfM({ sinAngle, ringPerM }: FocalPoint): number {
  return ringPerM === 0 ? Number.POSITIVE_INFINITY : (1 - sinAngle ** 2) / (2 * ringPerM);
}

/** Throws BAD_ARGUMENT for a direction that is not the sine of an angle, and for a ring behind the array or within a millimetre. */
export function requireFocalPoint({ sinAngle, ringPerM }: FocalPoint): void {
  const wrong =
    Math.abs(sinAngle) <= 1 + 1e-12
      ? ringPerM >= 0 && ringPerM <= 1 / (2 * DISTANCE.least)
        ? null
        : `ringPerM must be from 0 (far field) to ${1 / (2 * DISTANCE.least)} 1/m, not ${ringPerM}`
      : `sinAngle must be from -1 to 1, not ${sinAngle}`;
  if (wrong === null) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: wrong,
    todo: 'Give the sine of the angle from broadside, and (1 - sinAngle^2) / (2 distance in m)',
  });
}

/** Cartesian position, m. The point must not be on the far-field ring. */
export function positionOfM(point: FocalPoint): PointM {
  return polarPointM(distanceOfM(point), Math.asin(point.sinAngle));
}

/** Of a point that is not at the array's height, the angle is that from the plane across the array. */
export function focalPointOf([xM, yM, zM = 0]: PlaceM): FocalPoint {
  const distanceM = Math.hypot(zM === 0 ? xM : Math.hypot(xM, zM), yM);
  requirePositive('distanceM', distanceM);
  const sinAngle = yM / distanceM;
  return { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) };
}

/**
 * @param distanceM from the array's centre; Infinity for the far field.
 * @throws BAD_ARGUMENT for a point that is not in front of the array.
 */
export function focalPointAt(distanceM: number, angleRad: number): FocalPoint {
  if (distanceM !== Infinity) requirePositive('distanceM', distanceM);
  requireWithin('angleRad', angleRad, DIRECTION);
  const sinAngle = Math.sin(angleRad);
  return { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) };
}

/** Smallest and largest distance ring in the sector, 1/m. Throws BAD_ARGUMENT for a sector that is none: degrees, reversed. */
export function ringRangeOf({ maxAngleRad, distanceM: [nearM, farM] }: Sector): [number, number] {
  requireWithin('maxAngleRad', maxAngleRad, { ...DIRECTION, least: 0 });
  requireWithin('distanceM', nearM, DISTANCE);
  requireWithin('distanceM', farM, { ...DISTANCE, least: nearM });
  return [Math.cos(maxAngleRad) ** 2 / (2 * farM), 1 / (2 * nearM)];
}
