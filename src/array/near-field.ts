/** Where the near field ends (docs/model.md eq. 6 to 8). */
import type { LinearArray } from './linear-array.js';

/**
 * 'exact': the farthest element's phase differs from that of a plane wave by pi/8 (eq. 6).
 * 'cosine-squared': the polar ring 2 D^2 / lambda cos^2, its approximation (eq. 7).
 */
export type BoundaryRule = 'exact' | 'cosine-squared';

/** Rayleigh distance 2 D^2 / lambda, m. */
export function rayleighDistanceM(array: LinearArray): number {
  return (2 * array.apertureM ** 2) / array.wavelengthM;
}

/** Distance of the near-field boundary from the array's centre in direction `angleRad`, m. */
export function nearFieldBoundaryM(
  array: LinearArray,
  angleRad: number,
  rule: BoundaryRule = 'exact',
): number {
  const ringM = rayleighDistanceM(array) * Math.cos(angleRad) ** 2;
  if (rule === 'cosine-squared') return ringM;
  return ringM + (array.apertureM / 2) * Math.sin(Math.abs(angleRad)) - array.wavelengthM / 32;
}

/** Fraction of the near field's area that lies within +-`maxAngleRad` of broadside (eq. 8). */
export function nearFieldAreaFraction(
  array: LinearArray,
  maxAngleRad: number,
  rule: BoundaryRule = 'exact',
): number {
  const area = (toRad: number) => simpson((angle) => nearFieldBoundaryM(array, angle, rule) ** 2, toRad);
  return area(maxAngleRad) / area(Math.PI / 2);
}

/** Integral of `f` from 0 to `to`. 512 steps of a smooth integrand: exact to about 1e-11. */
function simpson(f: (x: number) => number, to: number): number {
  const numSteps = 512;
  const step = to / numSteps;
  let sum = f(0) + f(to);
  for (let k = 1; k < numSteps; k++) sum += (k % 2 === 1 ? 4 : 2) * f(k * step);
  return (sum * step) / 3;
}
