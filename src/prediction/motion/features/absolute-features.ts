import { distanceM, type FeatureMap, logAmplitude } from './user-slot.js';

/**
 * "Coordinates, path gain, motion direction, and velocity components" of Qian et al. (2026), who print no more: distance and
 * angle, amplitude, cosine and sine of the heading, speed and its two components.
 */
export function absoluteFeatures(): FeatureMap {
  return {
    numFeatures: 8,
    write({ amplitude, positionM, velocityMPerS: [vx, vy] }, out, at) {
      const headingRad = Math.atan2(vy, vx);
      out[at] = distanceM(positionM);
      out[at + 1] = Math.atan2(positionM[1], positionM[0]);
      out[at + 2] = logAmplitude(amplitude);
      out[at + 3] = Math.cos(headingRad);
      out[at + 4] = Math.sin(headingRad);
      out[at + 5] = Math.hypot(vx, vy);
      out[at + 6] = vx;
      out[at + 7] = vy;
    },
  };
}
