/** Uniform planar array: rows x columns of elements in a plane of its own frame (docs/model.md eq. 100 to 103). */
import { requireFinite, requirePositive, requireWhole } from '../core/arguments.js';
import { type Bounds, CARRIER, requireWithin, SPEED_OF_LIGHT } from '../core/bounds.js';
import type { ComplexVector } from '../core/complex.js';
import { BeamloopError } from '../core/errors.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { wrappedRad } from '../core/turns.js';
import type { AntennaArray, PlaceM, Vector3 } from './antenna-array.js';
import { ArrayFrame, type Direction, directionOf, type FrameOptions, vectorOf } from './array-frame.js';
import { steeringOf } from './linear-array.js';

/** Distances between neighbours, in wavelengths. */
export const SPACING: Bounds = { unit: '1', least: 0.05, most: 10 };

export interface PlanarArrayOptions extends FrameOptions {
  readonly rows: number;
  readonly columns: number;
  readonly carrierHz: number;
  /** Between neighbours of a row and of a column, in wavelengths at the carrier; half a wavelength unless given. */
  readonly spacing?: readonly [alongY: number, alongZ: number];
  /** Papers that print distances often used 3e8. */
  readonly speedOfLightMPerS?: number;
}

/** Where a place is as an array sees it. */
export interface SeenPlace extends Direction {
  /** From the array's centre, m. */
  readonly distanceM: number;
}

/**
 * Columns stand along y and rows along z of the array's frame, which radiates towards its x > 0. Element k = row * columns + column
 * (from 0): y runs fastest, row 0 is the lowest and column 0 the one with the smallest y, on the right for who looks along broadside.
 */
export class PlanarArray implements AntennaArray {
  readonly rows: number;
  readonly columns: number;
  readonly numElements: number;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
  readonly wavelengthM: number;
  /** Between neighbours of a row and of a column, m. */
  readonly spacingM: readonly [alongY: number, alongZ: number];
  /** Between the outermost elements along y and z, m. */
  readonly spanM: readonly [alongY: number, alongZ: number];
  /** Diagonal of the array, m: its largest extent. */
  readonly apertureM: number;
  readonly frame: ArrayFrame;
  /** In the world, m, shape [numElements] each. */
  readonly elementXM: Float64Array;
  readonly elementYM: Float64Array;
  readonly elementZM: Float64Array;

  /**
   * @throws BAD_ARGUMENT unless there are 2 to 65535 elements, a carrier of 10 MHz to 10 THz, light of 1e8 to 3.1e8 m/s and
   * spacings of 0.05 to 10 wavelengths.
   */
  constructor(options: PlanarArrayOptions) {
    const {
      rows,
      columns,
      carrierHz,
      speedOfLightMPerS = SPEED_OF_LIGHT_M_PER_S,
      spacing = [0.5, 0.5],
    } = options;
    requireWhole('rows', rows, 1, 65_535);
    requireWhole('columns', columns, 1, 65_535);
    if (rows * columns < 2 || rows * columns > 65_535) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `An array of ${rows} rows and ${columns} columns has ${rows * columns} elements`,
        where: 'rows, columns',
        todo: 'Give 2 to 65535 elements in all',
      });
    }
    requireWithin('carrierHz', carrierHz, CARRIER);
    requireWithin('speedOfLightMPerS', speedOfLightMPerS, SPEED_OF_LIGHT);
    for (const wavelengths of spacing) requireWithin('spacing', wavelengths, SPACING);
    this.rows = rows;
    this.columns = columns;
    this.numElements = rows * columns;
    this.carrierHz = carrierHz;
    this.speedOfLightMPerS = speedOfLightMPerS;
    this.wavelengthM = speedOfLightMPerS / carrierHz;
    this.spacingM = [spacing[0] * this.wavelengthM, spacing[1] * this.wavelengthM];
    this.spanM = [(columns - 1) * this.spacingM[0], (rows - 1) * this.spacingM[1]];
    this.apertureM = Math.hypot(...this.spanM);
    this.frame = new ArrayFrame(options);
    const places = Array.from({ length: this.numElements }, (_, k) => this.frame.toWorld(this.elementM(k)));
    this.elementXM = Float64Array.from(places, ([x]) => x);
    this.elementYM = Float64Array.from(places, ([, y]) => y);
    this.elementZM = Float64Array.from(places, ([, , z]) => z);
  }

  /** Where element `k` is in the array's own frame, m (eq. 100). */
  elementM(k: number): Vector3 {
    const column = k % this.columns;
    const row = Math.floor(k / this.columns);
    return [
      0,
      (column - (this.columns - 1) / 2) * this.spacingM[0],
      (row - (this.rows - 1) / 2) * this.spacingM[1],
    ];
  }

  propagationPhaseRad([xM, yM, zM = 0]: PlaceM, frequencyHz = this.carrierHz): Float64Array {
    // What overflows has no distance either.
    requireFinite('pointM', xM * xM + yM * yM + zM * zM);
    requirePositive('frequencyHz', frequencyHz);
    const turnsPerMetre = frequencyHz / this.speedOfLightMPerS;
    const phaseRad = new Float64Array(this.numElements);
    for (let k = 0; k < phaseRad.length; k++) {
      const dxM = this.elementXM[k]! - xM;
      const dyM = this.elementYM[k]! - yM;
      const dzM = this.elementZM[k]! - zM;
      phaseRad[k] = wrappedRad(Math.sqrt(dxM * dxM + dyM * dyM + dzM * dzM) * turnsPerMetre);
    }
    return phaseRad;
  }

  steeringVector(pointM: PlaceM, frequencyHz = this.carrierHz): ComplexVector {
    return steeringOf(this.propagationPhaseRad(pointM, frequencyHz));
  }

  travelTimeS([xM, yM, zM = 0]: PlaceM): Float64Array {
    return this.elementXM.map(
      (x, k) => Math.hypot(x - xM, this.elementYM[k]! - yM, this.elementZM[k]! - zM) / this.speedOfLightMPerS,
    );
  }

  /**
   * Phase -2 pi p_n . u / lambda of a beam to infinity, in [-pi, pi], rad, shape [numElements] (eq. 103).
   *
   * @param sineY,sineZ u along y and z of the array's frame: the sines of the angles from broadside.
   */
  planeWavePhaseRad(sineY: number, sineZ: number): Float64Array {
    requireFinite('sineY', sineY);
    requireFinite('sineZ', sineZ);
    return Float64Array.from({ length: this.numElements }, (_, k) => {
      const [, yM, zM] = this.elementM(k);
      return wrappedRad(-(yM * sineY + zM * sineZ) / this.wavelengthM);
    });
  }

  /**
   * Travel time from each element to a place less that from the centre, s, shape [numElements].
   *
   * @throws BAD_ARGUMENT for a place that is not in front of the array.
   */
  travelTimeDifferenceS({ distanceM, ...direction }: SeenPlace): Float64Array {
    const [x, y, z] = vectorOf(direction);
    if (!(x >= -1e-12) || !(distanceM > 0)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `There is no place in front of the array at azimuth ${direction.azimuthRad}, elevation ${direction.elevationRad} rad, ${distanceM} m`,
        where: distanceM > 0 ? 'azimuthRad, elevationRad' : 'distanceM',
        todo: 'Give angles within +-pi/2 of broadside, and a distance above 0',
      });
    }
    return Float64Array.from({ length: this.numElements }, (_, k) => {
      const [, yM, zM] = this.elementM(k);
      // |d u - p| - d = (p . p - 2 d p . u) / (|d u - p| + d): over the distance, nothing cancels.
      const along = yM * y + zM * z;
      const excess = (yM * yM + zM * zM) / distanceM - 2 * along;
      const farther = Math.sqrt(Math.max(0, 1 + excess / distanceM)) + 1;
      return excess / farther / this.speedOfLightMPerS;
    });
  }

  inFrame(placeM: PlaceM): Vector3 {
    return this.frame.fromWorld(placeM);
  }

  seen(placeM: PlaceM): SeenPlace {
    const own = this.inFrame(placeM);
    return { ...directionOf(own), distanceM: Math.hypot(...own) };
  }
}
