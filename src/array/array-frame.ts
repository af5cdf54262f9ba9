/** Where a planar array stands in the world, and directions as it sees them (docs/model.md eq. 101 and 102). */
import { requireFinite } from '../core/arguments.js';
import type { PlaceM, Vector3 } from './antenna-array.js';

/** A direction as an array sees it. */
export interface Direction {
  /** From broadside, counter-clockwise seen from above, rad. */
  readonly azimuthRad: number;
  /** Above the plane across the array's columns, rad. */
  readonly elevationRad: number;
}

export interface FrameOptions {
  /** Where the array looks, counter-clockwise from the x axis seen from above, rad; 0 unless given. */
  readonly boresightRad?: number;
  /** By how much it looks down, rad; 0 unless given. */
  readonly tiltRad?: number;
  /** Of its centre, m; 0 unless given. */
  readonly heightM?: number;
}

/** The array's own frame: x is broadside, y runs along its rows and z along its columns, upwards. */
export class ArrayFrame {
  readonly boresightRad: number;
  readonly tiltRad: number;
  readonly heightM: number;
  readonly #cosBoresight: number;
  readonly #sinBoresight: number;
  readonly #cosTilt: number;
  readonly #sinTilt: number;

  /** @throws BAD_ARGUMENT for what is no angle or height. */
  constructor({ boresightRad = 0, tiltRad = 0, heightM = 0 }: FrameOptions = {}) {
    requireFinite('boresightRad', boresightRad);
    requireFinite('tiltRad', tiltRad);
    requireFinite('heightM', heightM);
    this.boresightRad = boresightRad;
    this.tiltRad = tiltRad;
    this.heightM = heightM;
    this.#cosBoresight = Math.cos(boresightRad);
    this.#sinBoresight = Math.sin(boresightRad);
    this.#cosTilt = Math.cos(tiltRad);
    this.#sinTilt = Math.sin(tiltRad);
  }

  /** Of a vector in the array's frame: tilted first, then turned. */
  turnedToWorld([x, y, z]: Vector3): Vector3 {
    const ahead = x * this.#cosTilt + z * this.#sinTilt;
    const up = z * this.#cosTilt - x * this.#sinTilt;
    return [
      ahead * this.#cosBoresight - y * this.#sinBoresight,
      ahead * this.#sinBoresight + y * this.#cosBoresight,
      up,
    ];
  }

  /** m. */
  toWorld(own: Vector3): Vector3 {
    const [x, y, z] = this.turnedToWorld(own);
    return [x, y, z + this.heightM];
  }

  /** The inverse of `toWorld`, m. */
  fromWorld([xM, yM, zM = 0]: PlaceM): Vector3 {
    const ahead = xM * this.#cosBoresight + yM * this.#sinBoresight;
    const across = yM * this.#cosBoresight - xM * this.#sinBoresight;
    const up = zM - this.heightM;
    return [ahead * this.#cosTilt - up * this.#sinTilt, across, ahead * this.#sinTilt + up * this.#cosTilt];
  }
}

/** Of length 1. */
export function vectorOf({ azimuthRad, elevationRad }: Direction): Vector3 {
  const level = Math.cos(elevationRad);
  return [level * Math.cos(azimuthRad), level * Math.sin(azimuthRad), Math.sin(elevationRad)];
}

/** Of a vector in the array's frame, of any length but 0. */
export function directionOf([x, y, z]: Vector3): Direction {
  return { azimuthRad: Math.atan2(y, x), elevationRad: Math.atan2(z, Math.hypot(x, y)) };
}

/** Seen from the origin of the world, m: azimuth from the x axis, elevation above the ground. */
export function sphericalPlaceM(distanceM: number, direction: Direction): PlaceM {
  const [x, y, z] = vectorOf(direction);
  return [distanceM * x, distanceM * y, distanceM * z];
}
