/** Uniform linear array on the y axis, half a wavelength apart (docs/model.md eq. 1 to 3). */
import { requireFinite, requirePositive } from '../core/arguments.js';
import { CARRIER, requireWithin, SPEED_OF_LIGHT } from '../core/bounds.js';
import { type ComplexVector, complexVector } from '../core/complex.js';
import { BeamloopError } from '../core/errors.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { wrappedRad } from '../core/turns.js';
import type { AntennaArray, PlaceM, PointM, Vector3 } from './antenna-array.js';

export type { PointM };

export interface LinearArrayOptions {
  readonly numElements: number;
  readonly carrierHz: number;
  /** Papers that print distances often used 3e8. */
  readonly speedOfLightMPerS?: number;
}

export class LinearArray implements AntennaArray {
  readonly numElements: number;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
  readonly wavelengthM: number;
  /** Distance between neighbours, m: half a wavelength at the carrier. */
  readonly spacingM: number;
  /** Distance between the outermost elements, m (eq. 2). */
  readonly apertureM: number;
  readonly spanM: readonly [alongY: number, alongZ: number];
  /** y coordinate of each element, m, shape [numElements], ascending (eq. 1). */
  readonly elementYM: Float64Array;
  /** All 0: the array lies on the y axis and radiates towards x > 0. */
  readonly elementXM: Float64Array;
  readonly elementZM: Float64Array;

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
    this.spanM = [this.apertureM, 0];
    this.elementYM = Float64Array.from(
      { length: numElements },
      (_, k) => this.elementOffset(k) * this.spacingM,
    );
    this.elementXM = new Float64Array(numElements);
    this.elementZM = this.elementXM;
  }

  /** delta_n = (2n - N - 1)/2 of element n = k + 1, in spacings (eq. 1). */
  elementOffset(k: number): number {
    return k - (this.numElements - 1) / 2;
  }

  propagationPhaseRad(pointM: PlaceM, frequencyHz = this.carrierHz): Float64Array {
    const [xM, yM, zM = 0] = pointM;
    // From the array's axis.
    const acrossM2 = xM * xM + zM * zM;
    // What overflows has no distance either.
    requireFinite('pointM', acrossM2 + yM * yM);
    requirePositive('frequencyHz', frequencyHz);
    const turnsPerMetre = frequencyHz / this.speedOfLightMPerS;
    const phaseRad = new Float64Array(this.numElements);
    for (let k = 0; k < this.numElements; k++) {
      const dyM = this.elementYM[k]! - yM;
      phaseRad[k] = wrappedRad(Math.sqrt(acrossM2 + dyM * dyM) * turnsPerMetre);
    }
    return phaseRad;
  }

  steeringVector(pointM: PlaceM, frequencyHz = this.carrierHz): ComplexVector {
    return steeringOf(this.propagationPhaseRad(pointM, frequencyHz));
  }

  travelTimeS([xM, yM, zM = 0]: PlaceM): Float64Array {
    const acrossM = zM === 0 ? xM : Math.hypot(xM, zM);
    const travelS = new Float64Array(this.numElements);
    for (let k = 0; k < travelS.length; k++) {
      travelS[k] = Math.hypot(acrossM, this.elementYM[k]! - yM) / this.speedOfLightMPerS;
    }
    return travelS;
  }

  /** It stands in no frame but the world's. */
  inFrame([xM, yM, zM = 0]: PlaceM): Vector3 {
    return [xM, yM, zM];
  }
}

/** exp(-j phase), shape [numElements], of the phases that waves gather. */
export function steeringOf(phaseRad: Float64Array): ComplexVector {
  const b = complexVector(phaseRad.length);
  for (let k = 0; k < phaseRad.length; k++) {
    b.re[k] = Math.cos(phaseRad[k]!);
    b.im[k] = -Math.sin(phaseRad[k]!);
  }
  return b;
}

/** Point at distance `distanceM` in the direction `angleRad` from broadside, seen from the array's centre. */
export function polarPointM(distanceM: number, angleRad: number): PointM {
  requireFinite('distanceM', distanceM);
  requireFinite('angleRad', angleRad);
  return [distanceM * Math.cos(angleRad), distanceM * Math.sin(angleRad)];
}
