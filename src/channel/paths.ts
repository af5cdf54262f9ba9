/** Users, scatterers and propagation paths (docs/model.md eq. 44 to 46). */

import type { PlaceM } from '../array/antenna-array.js';
import { sphericalPlaceM } from '../array/array-frame.js';
import { polarPointM } from '../array/linear-array.js';
import { requireFinite, requirePositive, requireWhole } from '../core/arguments.js';
import type { Complex } from '../core/complex.js';
import type { Random } from '../core/random.js';

/** One propagation path: a spherical wave to or from a point. */
export interface Path {
  readonly gain: Complex;
  /** The user on the line of sight, a scatterer otherwise, m. */
  readonly positionM: PlaceM;
}

/**
 * Where users are drawn, in terms of ring distance rho (the point at angle theta lies at rho cos^2 theta):
 * uniform by area between two rings and within +-maxAngleRad, on one ring, or at one angle. The latter two are the
 * limits of the first, so 'uniform by area' holds throughout.
 */
export interface RingRegion {
  /** [smallest, largest] ring distance, m; equal on one ring. */
  readonly ringDistanceM: readonly [number, number];
  /** [smallest, largest] angle from broadside, rad; equal at one angle. */
  readonly angleRad: readonly [number, number];
}

/** Where users are drawn uniformly in angle and, independently, in distance: nearer places are more crowded. */
export interface DistanceRegion {
  /** [smallest, largest] distance from the array's centre, m. */
  readonly distanceM: readonly [number, number];
  /** [smallest, largest] angle from the x axis, rad: that from broadside of an array that looks along it. */
  readonly angleRad: readonly [number, number];
  /** [smallest, largest] angle above the ground, seen from the origin, rad; on the ground unless given. Uniform, too. */
  readonly elevationRad?: readonly [number, number];
  /** [smallest, largest] height, m, in place of elevations: the distance is then the one on the ground. Uniform, too. */
  readonly heightM?: readonly [number, number];
}

export type UserRegion = RingRegion | DistanceRegion;

export interface ChannelStatistics {
  readonly numScatterers: number;
  /** Line-of-sight power over the power of all other paths; Infinity = line of sight only. */
  readonly ricianFactorDb: number;
}

/** Of one user. */
const MOST_SCATTERERS = 100_000;

/** Draws a point: uniformly by area between rings (eq. 44), or uniformly in distance and angle (eq. 73). */
export function drawPosition(region: UserRegion, random: Random): PlaceM {
  const [lowRad, highRad] = region.angleRad;
  requireFinite('angleRad', lowRad, highRad);
  if ('distanceM' in region) {
    const [nearM, farM] = region.distanceM;
    requirePositive('distanceM', nearM);
    const distanceM = nearM + (farM - nearM) * random.uniform();
    const azimuthRad = lowRad + (highRad - lowRad) * random.uniform();
    const [lowest, highest] = region.elevationRad ?? region.heightM ?? [];
    if (lowest === undefined || highest === undefined) return polarPointM(distanceM, azimuthRad);
    requireFinite(region.elevationRad === undefined ? 'heightM' : 'elevationRad', lowest, highest);
    const up = lowest + (highest - lowest) * random.uniform();
    return region.elevationRad === undefined
      ? [...polarPointM(distanceM, azimuthRad), up]
      : sphericalPlaceM(distanceM, { azimuthRad, elevationRad: up });
  }
  const [nearM, farM] = region.ringDistanceM;
  requirePositive('ringDistanceM', nearM);
  const ringM = Math.sqrt(nearM ** 2 + (farM ** 2 - nearM ** 2) * random.uniform());
  // The area between two rings at angle theta is proportional to cos^4 theta; draw by rejection. At one angle nothing
  // is rejected, or an angle near +-90 degrees would never be accepted.
  let angleRad = lowRad;
  if (highRad > lowRad) {
    const top = lowRad <= 0 && highRad >= 0 ? 1 : Math.max(Math.cos(lowRad), Math.cos(highRad)) ** 4;
    do angleRad = lowRad + (highRad - lowRad) * random.uniform();
    while (random.uniform() * top >= Math.cos(angleRad) ** 4);
  }
  return polarPointM(ringM * Math.cos(angleRad) ** 2, angleRad);
}

/**
 * Draws the paths of a user at `userM`: line of sight first, then scatterers placed by `region`. Path powers sum to 1,
 * and the line of sight has exactly the Rician factor's share (eq. 45 and 46); phases are uniform and the scatterers'
 * gains Rayleigh before they are scaled.
 */
export function drawPaths(
  userM: PlaceM,
  region: UserRegion,
  { numScatterers, ricianFactorDb }: ChannelStatistics,
  random: Random,
): Path[] {
  requireWhole('numScatterers', numScatterers, 0, MOST_SCATTERERS);
  if (Number.isNaN(ricianFactorDb)) requireFinite('ricianFactorDb', ricianFactorDb);
  const factor = 10 ** (ricianFactorDb / 10);
  const scattered = numScatterers === 0 || factor === Infinity ? 0 : 1 / (1 + factor);
  const size = Math.sqrt(1 - scattered);
  const phase = 2 * Math.PI * random.uniform();
  const paths: Path[] = [
    { gain: { re: size * Math.cos(phase), im: size * Math.sin(phase) }, positionM: userM },
  ];
  if (scattered === 0) return paths;
  const positions = Array.from({ length: numScatterers }, () => drawPosition(region, random));
  const gains = positions.map(() => ({ re: random.normal(), im: random.normal() }));
  const power = gains.reduce((sum, { re, im }) => sum + re * re + im * im, 0);
  const scale = Math.sqrt(scattered / power);
  gains.forEach(({ re, im }, k) => {
    paths.push({ gain: { re: scale * re, im: scale * im }, positionM: positions[k]! });
  });
  return paths;
}
