import type { PolarCodebook } from '../../../codebook/polar.js';
import { distanceM, type FeatureMap, logAmplitude, sineOf } from './user-slot.js';

/** Directions off the last beam count up to here, spacings of the codebook. */
const MOST_SPACINGS = 6;

/**
 * Where the user is, and soon will be, against the last beam and the grid of directions: numbers that mean the same all over
 * the sector (docs/model.md eq. 95).
 *
 * @param epochS how far ahead "soon" is.
 */
export function relativeFeatures(codebook: PolarCodebook, epochS: number): FeatureMap {
  const { numAngles, numRings, sinAngles } = codebook;
  const spacings = (difference: number) =>
    Math.min(MOST_SPACINGS, Math.max(-MOST_SPACINGS, (difference * numAngles) / 2));
  return {
    numFeatures: 8,
    write({ column, amplitude, positionM, velocityMPerS }, out, at) {
      const sine = sineOf(positionM);
      const soon = sineOf([
        positionM[0] + epochS * velocityMPerS[0],
        positionM[1] + epochS * velocityMPerS[1],
      ]);
      const rangeM = distanceM(positionM);
      const grid = Math.PI * soon * numAngles;
      out[at] = spacings(sine - sinAngles[column % numAngles]!);
      out[at + 1] = spacings(soon - sine);
      out[at + 2] = Math.sin(grid);
      out[at + 3] = Math.cos(grid);
      out[at + 4] = (30 * (1 - sine * sine)) / rangeM;
      out[at + 5] = Math.log(rangeM / 30);
      out[at + 6] = (2 * Math.floor(column / numAngles)) / numRings - 0.5;
      out[at + 7] = logAmplitude(amplitude);
    },
  };
}
