/**
 * Whether a user or scatterer can be at a place. Behind the array nothing is radiated to, within the reach of an element the
 * spherical wave is no model of the channel, and at the array there is no direction. However a place is given (listed, by
 * a region to draw from, by a path, in a study), it is these that decide.
 */
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { sphericalPlaceM } from '../array/array-frame.js';
import { polarPointM } from '../array/linear-array.js';
import { DISTANCE } from '../core/bounds.js';
import type { UserRegion } from './paths.js';

type Geometry = Pick<AntennaArray, 'spanM' | 'wavelengthM' | 'inFrame'>;

export interface PlaceComplaint {
  /** Goes on after a subject: `is behind the array, …`. */
  readonly what: string;
  readonly todo: string;
}

/** Null when it can be there. */
export function wrongPlace(array: Geometry, placeM: PlaceM): PlaceComplaint | null {
  const { spanM, wavelengthM } = array;
  const [xM, yM, zM] = array.inFrame(placeM);
  const isLinear = spanM[1] === 0;
  if (xM < 0) {
    return isLinear
      ? {
          what: 'is behind the array, which looks along the x axis',
          todo: 'Put it in front: an angle from -90 deg to 90 deg, x above 0',
        }
      : {
          what: 'is behind the array, by its boresight and tilt',
          todo: 'Put it in front, or turn the array',
        };
  }
  const distanceM = Math.hypot(xM, yM, zM);
  if (!(distanceM <= DISTANCE.most)) {
    return {
      what: `is ${metres(distanceM)} away; ${metres(DISTANCE.most)} are the most`,
      todo: 'Correct the distance, or its unit',
    };
  }
  const [halfYM, halfZM] = [spanM[0] / 2, spanM[1] / 2];
  const gapM = Math.hypot(xM, Math.max(0, Math.abs(yM) - halfYM), Math.max(0, Math.abs(zM) - halfZM));
  const leastM = wavelengthM / 2;
  if (gapM >= leastM * (1 - 1e-9)) return null;
  const reach = isLinear
    ? `which reaches from ${millimetres(-halfYM)} to ${millimetres(halfYM)} on the y axis`
    : `which is ${millimetres(2 * halfYM)} wide and ${millimetres(2 * halfZM)} high`;
  return {
    what: `is ${millimetres(gapM)} away from the array, ${reach}`,
    todo: `Put it at least half a wavelength (${millimetres(leastM)}) away, e.g. position: [20 m, 5 m]`,
  };
}

/** Directions in which the edge of a region is looked at. */
const NUM_DIRECTIONS = 181;

/** Of the first place of a region where nothing can be; null when all will do. Places farther out are farther from all elements. */
export function wrongRegion(array: Geometry, region: UserRegion): PlaceComplaint | null {
  const [lowRad, highRad] = region.angleRad;
  const [nearM, farM] = 'distanceM' in region ? region.distanceM : region.ringDistanceM;
  for (const edgeM of [nearM, farM]) {
    for (let k = 0; k < NUM_DIRECTIONS; k++) {
      const angleRad = lowRad + ((highRad - lowRad) * k) / (NUM_DIRECTIONS - 1);
      for (const placeM of placesAt(region, edgeM, angleRad)) {
        const wrong = wrongPlace(array, placeM);
        if (wrong === null) continue;
        return {
          what: `has places such as ${placeText(placeM)}, which ${wrong.what}`,
          todo: 'Keep the region in front of the array (angles within +-90 deg) and half a wavelength or more away from it',
        };
      }
    }
  }
  return null;
}

/** At the edges of elevations and heights, and between them. */
function placesAt(region: UserRegion, edgeM: number, angleRad: number): PlaceM[] {
  if (!('distanceM' in region)) return [polarPointM(edgeM * Math.cos(angleRad) ** 2, angleRad)];
  const { elevationRad, heightM } = region;
  if (elevationRad !== undefined) {
    return edges(elevationRad).map((elevation) =>
      sphericalPlaceM(edgeM, { azimuthRad: angleRad, elevationRad: elevation }),
    );
  }
  const flat = polarPointM(edgeM, angleRad);
  return heightM === undefined ? [flat] : edges(heightM).map((zM) => [...flat, zM]);
}

function edges([low, high]: readonly [number, number]): number[] {
  return [low, (low + high) / 2, high];
}

export function placeText(placeM: PlaceM): string {
  return `[${placeM.map((lengthM) => metres(lengthM!)).join(', ')}]`;
}

function metres(lengthM: number): string {
  return `${Number(lengthM.toPrecision(4))} m`;
}

function millimetres(lengthM: number): string {
  return `${Number((lengthM * 1e3).toPrecision(3))} mm`;
}
