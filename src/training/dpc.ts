import type { DpcCodebook } from '../codebook/dpc.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import { polarEstimate, strongest } from './polar-estimate.js';
import type { Scheme } from './scheme.js';

/**
 * Powers this close are a tie. Without range reduction the two level-1 codewords are end-fire beams whose received powers
 * are exactly equal for every user (their elements differ by one common sign), and rounding must not decide.
 */
const TIE = 1 + 1e-9;

/**
 * Hierarchical search with diverging codewords (Li, Xu and Zhang 2025, Algorithm I with section V): log2 N times the
 * stronger of two halves, then polar codewords around the region that is left. 2 log2 N coarse pilots at most; a half
 * that angular range reduction emptied is passed over without a pilot.
 *
 * @param refinement polar codewords to send for region i_M.
 */
export function* dpcHierarchical(
  dpc: DpcCodebook,
  polar: PolarCodebook,
  refinement: (region: number) => readonly PolarIndex[],
): Scheme {
  let region = 1;
  for (let level = 1; level <= dpc.numLevels; level++) {
    const lower = dpc.codeword(level, 2 * region - 1);
    const upper = dpc.codeword(level, 2 * region);
    let takeLower: boolean;
    if (lower === null)
      takeLower = false; // Case I
    else if (upper === null)
      takeLower = true; // Case II
    else {
      const { mean: powers } = yield [lower, upper];
      takeLower = powers[0]! > powers[1]! * TIE; // a tie goes to the upper half
    }
    region = takeLower ? 2 * region - 1 : 2 * region;
  }

  const candidates = refinement(region);
  const { mean: powers } = yield candidates.map((index) => polar.codeword(index));
  return polarEstimate(polar, candidates[strongest(powers)]!, region);
}
