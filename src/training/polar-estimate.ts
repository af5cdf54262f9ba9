import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import type { Estimate } from './scheme.js';

/** Position of the largest power; the first of equals. */
export function strongest(powers: Float64Array): number {
  let best = 0;
  for (let k = 1; k < powers.length; k++) if (powers[k]! > powers[best]!) best = k;
  return best;
}

/** The estimate that a codeword of the polar codebook stands for. */
export function polarEstimate(polar: PolarCodebook, index: PolarIndex, regionIndex?: number): Estimate {
  return {
    codeword: polar.codeword(index),
    angleRad: polar.angleRad(index.angleIndex),
    distanceM: polar.distanceM(index),
    ...(regionIndex !== undefined && { regionIndex }),
  };
}

/** All codewords of the angles first..last that exist, ring-major like the codebook's columns. */
export function polarBlock(polar: PolarCodebook, firstAngle: number, lastAngle: number): PolarIndex[] {
  const block: PolarIndex[] = [];
  for (let ring = 1; ring <= polar.numRings; ring++) {
    const last = Math.min(polar.numAngles, lastAngle);
    for (let angleIndex = Math.max(1, firstAngle); angleIndex <= last; angleIndex++) {
      block.push({ ring, angleIndex });
    }
  }
  return block;
}
