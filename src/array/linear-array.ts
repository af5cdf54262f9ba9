/** Uniform linear array on the y axis, half a wavelength apart (docs/model.md eq. 1 to 3). */
import { requireFinite, requirePositive } from '../core/arguments.js';
import { CARRIER, requireWithin, SPEED_OF_LIGHT } from '../core/bounds.js';
import { type ComplexVector, complexVector } from '../core/complex.js';
import { BeamloopError } from '../core/errors.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { wrappedRad } from '../core/turns.js';

/** [x, y] in metres; the array radiates towards x > 0. */
export type PointM = readonly [xM: number, yM: number];

export interface LinearArrayOptions {
  readonly numElements: number;
  readonly carrierHz: number;
  /** Papers that print distances often used 3e8. */
  readonly speedOfLightMPerS?: number;
}

export class LinearArray {
  readonly numElements: number;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
  readonly wavelengthM: number;
  /** Distance between neighbours, m: half a wavelength at the carrier. */
  readonly spacingM: number;
  /** Distance between the outermost elements, m (eq. 2). */
  readonly apertureM: number;
  /** y coordinate of each element, m, shape [numElements], ascending (eq. 1). */
  readonly elementYM: Float64Array;

  /** @throws BAD_ARGUMENT unless there are 2 to 65535 elements, a carrier of 10 MHz to 10 THz, and light of 1e8 to 3.1e8 m/s. */
  constructor(options: LinearArrayOptions) {
    const { numElements, carrierHz, speedOfLightMPerS = SPEED_OF_LIGHT_M_PER_S } = options;
    if (!Number.isInteger(numElements) || numElements < 2 || numElements > 65_535) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `An array cannot have ${numElements} elements`,
        todo: 'Give a whole number from 2 to 65535',
      });
    }
    requireWithin('carrierHz', carrierHz, CARRIER);
    requireWithin('speedOfLightMPerS', speedOfLightMPerS, SPEED_OF_LIGHT);
    this.numElements = numElements;
    this.carrierHz = carrierHz;
    this.speedOfLightMPerS = speedOfLightMPerS;
    this.wavelengthM = speedOfLightMPerS / carrierHz;
    this.spacingM = this.wavelengthM / 2;
    this.apertureM = (numElements - 1) * this.spacingM;
    this.elementYM = Float64Array.from(
      { length: numElements },
      (_, k) => this.elementOffset(k) * this.spacingM,
    );
  }

  /** delta_n = (2n - N - 1)/2 of element n = k + 1, in spacings (eq. 1). */
  elementOffset(k: number): number {
    return k - (this.numElements - 1) / 2;
  }

  /**
   * Phase 2 pi |p_n - u| / lambda that a wave gathers from each element to the point u, reduced to [-pi, pi].
   * The reduction is done in turns, so no digits of the distance are lost to it.
   *
   * @returns rad, shape [numElements].
   * @throws BAD_ARGUMENT for a point or frequency that is none.
   */
  propagationPhaseRad(pointM: PointM, frequencyHz = this.carrierHz): Float64Array {
    const [xM, yM] = pointM;
    // What overflows has no distance either.
    requireFinite('pointM', xM * xM + yM * yM);
    requirePositive('frequencyHz', frequencyHz);
    const turnsPerMetre = frequencyHz / this.speedOfLightMPerS;
    const phaseRad = new Float64Array(this.numElements);
    for (let k = 0; k < this.numElements; k++) {
      const dyM = this.elementYM[k]! - yM;
      phaseRad[k] = wrappedRad(Math.sqrt(xM * xM + dyM * dyM) * turnsPerMetre);
    }
    return phaseRad;
  }

  /** Steering vector b(u), b_n = exp(-j 2 pi |p_n - u| / lambda), shape [numElements] (eq. 3). */
  steeringVector(pointM: PointM, frequencyHz = this.carrierHz): ComplexVector {
    const phaseRad = this.propagationPhaseRad(pointM, frequencyHz);
    const b = complexVector(this.numElements);
    for (let k = 0; k < this.numElements; k++) {
      b.re[k] = Math.cos(phaseRad[k]!);
      b.im[k] = -Math.sin(phaseRad[k]!);
    }
    return b;
  }
}

/** Point at distance `distanceM` in the direction `angleRad` from broadside, seen from the array's centre. */
export function polarPointM(distanceM: number, angleRad: number): PointM {
  requireFinite('distanceM', distanceM);
  requireFinite('angleRad', angleRad);
  return [distanceM * Math.cos(angleRad), distanceM * Math.sin(angleRad)];
}
