import { z } from 'zod';
import { DpcCodebook } from '../../codebook/dpc.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { refinementPilots } from '../dpc-refinement.js';
import { polarEstimate, type Refinement, refinements, strongestPilot } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

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
 * @param refinement what to send for region i_M.
 */
function* dpcHierarchical(
  dpc: DpcCodebook,
  polar: PolarCodebook,
  refinement: (region: number) => Refinement,
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

  const { indices, pilots } = refinement(region);
  return polarEstimate(polar, indices[strongestPilot(yield pilots)]!, region);
}

export const dpcScheme = builtIn({
  name: 'dpc',
  title: 'DPC hierarchical',
  source: 'Li, Xu and Zhang 2025, Algorithm I with section V',
  pilots: 'up to 2 log2 N, then a few angles on every ring',
  colour: 'blue',
  needs: 'carrier',
  options: {
    /** Clip the codebook's angles to +-60 degrees (section V-A of the paper). */
    rangeReduction: z.boolean().default(true),
    /** Refine with neighbouring angles too (section V-B of the paper). */
    pilotSetExpansion: z.boolean().default(true),
  },
  rules: null,
  label: (_, changed) => changed(),
  build: ({ rangeReduction, pilotSetExpansion }, polar) => {
    const dpc = new DpcCodebook(polar.array, { rangeReduction });
    const refinement = refinements(polar, (region) => refinementPilots(polar, region, pilotSetExpansion));
    return narrowband(() => dpcHierarchical(dpc, polar, refinement));
  },
  refinement: 'last batch',
  coarseBeams: {
    kind: 'levels',
    beamsOf: ({ rangeReduction }, polar, level) => {
      const dpc = new DpcCodebook(polar.array, { rangeReduction });
      if (level > dpc.numLevels) return null;
      return Array.from({ length: 2 ** level }, (_, k) =>
        [dpc.codeword(level, k + 1)].filter((codeword) => codeword !== null),
      );
    },
    numPerSector: () => 1,
  },
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
