/** Where a beam is pointed, as it is typed, and the codeword that goes there. */
import { vectorOf } from '../../array/array-frame.js';
import { focalPointAt } from '../../array/focal-point.js';
import { LinearArray, type PointM, polarPointM } from '../../array/linear-array.js';
import { PlanarArray } from '../../array/planar-array.js';
import { place } from '../../campaign/in-words.js';
import { wrongPlace } from '../../channel/place-checks.js';
import { type Codeword, phaseCodeword } from '../../codebook/codeword.js';
import { focusCodeword, servingCodeword, servingPlace } from '../../codebook/serving.js';
import { type Bounds, DIRECTION, DISTANCE, outside } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { quantityOption } from '../options.js';

export interface Aim {
  /** Null: the far field. */
  readonly distanceM: number | null;
  readonly angleRad: number;
  /** Null for linear arrays. */
  readonly elevationRad: number | null;
  /** In words. */
  readonly name: string;
}

export type SteeringBy = 'phases' | 'delays';

/**
 * @param text `20 m, 15 deg` or `inf, 15 deg`; for planar arrays with an elevation: `20 m, 15 deg, -5 deg`.
 * @param where what is said to be wrong.
 * @throws BAD_ARGUMENT, BAD_UNIT.
 */
export function aimOf(text: unknown, array: LinearArray | PlanarArray | null, where = '--to'): Aim {
  const parts = Array.isArray(text)
    ? []
    : String(text)
        .split(',')
        .map((part) => part.trim());
  const isPlanar = array instanceof PlanarArray;
  const isRight =
    array === null ? parts.length === 2 || parts.length === 3 : parts.length === (isPlanar ? 3 : 2);
  if (!isRight) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${text}' is not a distance and ${isPlanar ? 'two angles, azimuth and elevation' : 'an angle'}`,
      where,
      todo: isPlanar
        ? 'Give all three, with commas between: "20 m, 15 deg, -5 deg"'
        : 'Give both, with a comma between: "20 m, 15 deg"; an elevation is for planar arrays',
    });
  }
  const [distance, azimuth, elevation] = parts as [string, string, string?];
  const angleRad = angleOf(azimuth, where);
  const elevationRad = elevation === undefined ? null : angleOf(elevation, where);
  const distanceM = /^inf(inity)?$/i.test(distance) ? null : distanceOf(distance, where);
  const aim = { distanceM, angleRad, elevationRad, name: place(distanceM, angleRad, elevationRad) };
  if (array instanceof LinearArray && distanceM !== null) {
    requirePlace(array, polarPointM(distanceM, angleRad), where);
  }
  return aim;
}

/** @throws BAD_ARGUMENT where there is no such beam. */
export function codewordTo(array: LinearArray | PlanarArray, aim: Aim, by: SteeringBy): Codeword {
  const { distanceM, angleRad, elevationRad } = aim;
  if (array instanceof LinearArray) {
    const point = focalPointAt(distanceM ?? Number.POSITIVE_INFINITY, angleRad);
    return by === 'delays' ? servingCodeword(array, point) : focusCodeword(array, point);
  }
  const direction = { azimuthRad: angleRad, elevationRad: elevationRad! };
  const [x, y, z] = vectorOf(direction);
  if (by === 'phases') {
    const key = `focus/${angleRad}/${elevationRad}/${distanceM ?? 'inf'}`;
    const phases = () =>
      distanceM === null
        ? array.planeWavePhaseRad(y, z)
        : array
            .travelTimeDifferenceS({ ...direction, distanceM })
            .map((timeS) => 2 * Math.PI * array.carrierHz * timeS);
    return phaseCodeword(key, { kind: 'own', scheme: 'steer', name: key }, phases);
  }
  if (distanceM === null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'Beams by delays of planar arrays are to a place, not to the far field',
      where: '--to',
      todo: 'Give a distance, or leave out --by delays',
    });
  }
  return servingPlace(array, array.frame.toWorld([distanceM * x, distanceM * y, distanceM * z]));
}

function angleOf(text: string, where: string): number {
  const angleRad = quantityOption(where.replace('--', ''), text, 'rad');
  if (outside(angleRad, DIRECTION) === null) return angleRad;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${text} is behind the array`,
    where,
    todo: 'Give an angle from -90 deg to 90 deg',
  });
}

function distanceOf(text: string, where: string): number {
  const distanceM = quantityOption(where.replace('--', ''), text, 'm');
  const complaint = outside(distanceM, DISTANCE as Bounds);
  if (complaint === null) return distanceM;
  throw new BeamloopError('BAD_ARGUMENT', { what: `The distance ${complaint}`, where });
}

/** As of a user that a scenario lists. */
function requirePlace(array: LinearArray, point: PointM, where: string): void {
  const wrong = wrongPlace(array, point);
  if (wrong === null) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The point ${wrong.what}`,
    where,
    todo: `Point at least half a wavelength (${Number((array.spacingM * 1e3).toPrecision(3))} mm) away`,
  });
}
