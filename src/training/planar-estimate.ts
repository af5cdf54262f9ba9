import type { PlanarCodebook, PlanarIndex } from '../codebook/planar.js';
import type { Estimate } from './scheme.js';

/** The estimate that a beam of a planar array stands for: a direction, at no distance that it could tell. */
export function planarEstimate(codebook: PlanarCodebook, index: PlanarIndex): Estimate {
  const { azimuthRad, elevationRad } = codebook.direction(index);
  return {
    codeword: codebook.codeword(index),
    angleRad: azimuthRad,
    elevationRad,
    distanceM: Number.POSITIVE_INFINITY,
  };
}
