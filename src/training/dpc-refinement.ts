/** Which polar codewords refine an angular region (Li, Xu and Zhang 2025, sections IV-C and V-B). */
import type { LinearArray } from '../array/linear-array.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';

/**
 * k with r_k <= ring distance < r_(k-1), where r_k = N D / (2 (2k - 1)) and r_0 = infinity (Observation 5.2): angular
 * region n, cut off at r_k cos^2 theta, reaches from angle n - k to angle n + k.
 */
export function expansionOfRing(polar: PolarCodebook, ring: number): number {
  const ringM = polar.ringDistanceM(ring);
  let k = 1;
  while (regionRingM(polar.array, k) > ringM) k++;
  return k;
}

/** Ring distance r_k, m. */
export function regionRingM({ numElements, apertureM }: LinearArray, k: number): number {
  return (numElements * apertureM) / (2 * (2 * k - 1));
}

/**
 * Pilots that refine region i_M, ring-major like the codebook's columns; angles outside 1..N are dropped.
 *
 * @param expanded with pilot set expansion, per ring the angles i_M - k..i_M + k; without it only those whose foci lie
 * within the region itself, i_M - (k - 1)..i_M + (k - 1).
 */
export function refinementPilots(polar: PolarCodebook, region: number, expanded: boolean): PolarIndex[] {
  const pilots: PolarIndex[] = [];
  for (let ring = 1; ring <= polar.numRings; ring++) {
    const reach = expansionOfRing(polar, ring) - (expanded ? 0 : 1);
    const last = Math.min(polar.numAngles, region + reach);
    for (let angleIndex = Math.max(1, region - reach); angleIndex <= last; angleIndex++) {
      pilots.push({ ring, angleIndex });
    }
  }
  return pilots;
}
