/** Half-power half-widths of focused beams (docs/model.md eq. 26). */
import type { LinearArray } from '../array/linear-array.js';

/** sinc(x)^2 = 1/2 at this x. */
export const SINC_HALF_POWER = 0.442946;
/** |C(b) + j S(b)|^2 / b^2 = 1/2 at this b, with the Fresnel integrals C and S. */
const FRESNEL_HALF_POWER = 1.318322;

/** From the focus to half power in sin(angle), at this frequency. */
export function halfWidthSinAngle({ numElements, carrierHz }: LinearArray, frequencyHz: number): number {
  return (2 * SINC_HALF_POWER * carrierHz) / (frequencyHz * numElements);
}

/** From the focus to half power across distance rings, 1/m, at this frequency. */
export function halfWidthRingPerM(array: LinearArray, frequencyHz: number): number {
  const { numElements, spacingM, speedOfLightMPerS } = array;
  return (FRESNEL_HALF_POWER ** 2 * speedOfLightMPerS) / (frequencyHz * (numElements * spacingM) ** 2);
}
