import { MAX_SETTINGS } from '../codebook/codebook-size.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import type { Powers } from '../sounding/powers.js';
import type { PilotBatch } from '../sounding/sounding.js';
import type { Estimate } from './scheme.js';

/** Position of the largest power; the first of equals. */
export function strongest(powers: Float64Array): number {
  let best = 0;
  for (let k = 1; k < powers.length; k++) if (powers[k]! > powers[best]!) best = k;
  return best;
}

/** Place of the pilot with the largest mean power; the first of equals. */
export function strongestPilot(powers: Powers): number {
  return powers.strongest?.() ?? strongest(powers.mean);
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

/** Polar codewords that refine what a coarse search found. */
export interface Refinement {
  readonly indices: readonly PolarIndex[];
  readonly pilots: PilotBatch;
}

/** Refinements of regions, each made when first wanted and then the same for all users, as long as they are not too many to keep. */
export function refinements(
  polar: PolarCodebook,
  indicesOf: (region: number) => readonly PolarIndex[],
): (region: number) => Refinement {
  const known = new Map<number, Refinement>();
  let numSettings = 0;
  return (region) => {
    const before = known.get(region);
    if (before !== undefined) return before;
    const indices = indicesOf(region);
    const now = { indices, pilots: indices.map((index) => polar.codeword(index)) };
    numSettings += indices.length * polar.array.numElements;
    if (numSettings > MAX_SETTINGS) {
      known.clear();
      numSettings = indices.length * polar.array.numElements;
    }
    known.set(region, now);
    return now;
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
