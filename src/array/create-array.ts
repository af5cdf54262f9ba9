/** An array from plain data, which crosses to other processes. */
import type { AntennaArray } from './antenna-array.js';
import { LinearArray, type LinearArrayOptions } from './linear-array.js';
import { PlanarArray, type PlanarArrayOptions } from './planar-array.js';

export type ArrayOptions = LinearArrayOptions | PlanarArrayOptions;

/** @throws BAD_ARGUMENT as the constructors of both. */
export function createArray(options: ArrayOptions): LinearArray | PlanarArray {
  return 'rows' in options ? new PlanarArray(options) : new LinearArray(options);
}

/** What makes the same array again. */
export function arrayOptionsOf(array: AntennaArray): ArrayOptions {
  const { numElements, carrierHz, speedOfLightMPerS, wavelengthM } = array;
  if (!(array instanceof PlanarArray)) return { numElements, carrierHz, speedOfLightMPerS };
  const { rows, columns, spacingM, frame } = array;
  const { boresightRad, tiltRad, heightM } = frame;
  return {
    ...{ rows, columns, carrierHz, speedOfLightMPerS, boresightRad, tiltRad, heightM },
    spacing: [spacingM[0] / wavelengthM, spacingM[1] / wavelengthM],
  };
}
