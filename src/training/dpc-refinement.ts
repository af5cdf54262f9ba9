/** Which polar codewords refine an angular region (Li, Xu and Zhang 2025, sections IV-C and V-B). */
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';

/**
 * k with r_k <= ring distance < r_(k-1), where r_k = N D / (2 (2k - 1)) and r_0 = infinity (Observation 5.2). A user of
 * region n beyond r_k cos^2 theta is served best by one of the angles n - k..n + k.
 */
export function expansionOfRing(polar: PolarCodebook, ring: number): number {
  const { numElements, apertureM } = polar.array;
  const ringM = polar.ringDistanceM(ring);
  let k = 1;
  while ((numElements * apertureM) / (2 * (2 * k - 1)) > ringM) k++;
  return k;
}

/** Expanded pilot set: angles i_M - k..i_M + k per ring, those outside 1..N dropped. Ring-major. */
export function expandedRefinement(polar: PolarCodebook, region: number): PolarIndex[] {
  const pilots: PolarIndex[] = [];
  for (let ring = 1; ring <= polar.numRings; ring++) {
    const k = expansionOfRing(polar, ring);
    const last = Math.min(polar.numAngles, region + k);
    for (let angleIndex = Math.max(1, region - k); angleIndex <= last; angleIndex++) {
      pilots.push({ ring, angleIndex });
    }
  }
  return pilots;
}

/**
 * Without expansion: the polar codewords whose focus lies within the angular region, as in Algorithm I. The region lies
 * above the ray from the lowest element along theta_(M,n-1) and below the ray from the highest one along theta_(M,n).
 */
export function plainRefinement(polar: PolarCodebook, region: number): PolarIndex[] {
  const { numElements, apertureM } = polar.array;
  const lowerSine = (2 * (region - 1) - numElements) / numElements;
  const upperSine = (2 * region - numElements) / numElements;
  const pilots: PolarIndex[] = [];
  for (let ring = 1; ring <= polar.numRings; ring++) {
    for (let angleIndex = 1; angleIndex <= polar.numAngles; angleIndex++) {
      const focusM = polar.focusM({ ring, angleIndex });
      const inside =
        focusM === null
          ? angleIndex === region
          : sineFrom(-apertureM / 2, focusM) >= lowerSine && sineFrom(apertureM / 2, focusM) <= upperSine;
      if (inside) pilots.push({ ring, angleIndex });
    }
  }
  return pilots;
}

/** Sine of the direction of a point seen from the element at (0, yM). */
function sineFrom(yM: number, [pointXM, pointYM]: readonly [number, number]): number {
  return (pointYM - yM) / Math.hypot(pointXM, pointYM - yM);
}
