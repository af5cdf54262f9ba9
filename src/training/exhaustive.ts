import type { PolarCodebook } from '../codebook/polar.js';
import { polarBlock, polarEstimate, strongest } from './polar-estimate.js';
import type { Scheme } from './scheme.js';

/** Sends the whole polar codebook, N S pilots, and takes the strongest (Li, Xu and Zhang 2025, section II-B). */
export function* exhaustive(polar: PolarCodebook): Scheme {
  const all = polarBlock(polar, 1, polar.numAngles);
  const { mean: powers } = yield all.map((index) => polar.codeword(index));
  return polarEstimate(polar, all[strongest(powers)]!);
}
