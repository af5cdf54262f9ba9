import { requireFewCodewords } from '../../codebook/codebook-size.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { polarBlock, polarEstimate, strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/** Sends the whole polar codebook, N S pilots, and takes the strongest (Li, Xu and Zhang 2025, section II-B). */
function* exhaustive(polar: PolarCodebook): Scheme {
  const all = polarBlock(polar, 1, polar.numAngles);
  const { mean: powers } = yield all.map((index) => polar.codeword(index));
  return polarEstimate(polar, all[strongest(powers)]!);
}

export const exhaustiveScheme = builtIn({
  name: 'exhaustive',
  title: 'Polar exhaustive',
  source: 'Li, Xu and Zhang 2025, section II-B',
  pilots: 'N S: all of the polar codebook',
  colour: 'ink',
  needs: 'carrier',
  options: {},
  rules: null,
  label: (_, changed) => changed(),
  build: (_, polar) => {
    requireFewCodewords('The exhaustive search', polar.numCodewords, polar.array);
    return narrowband(() => exhaustive(polar), false);
  },
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: true,
  tracedPilots: (numElements, numRings) => numElements * numRings,
  withPilots: null,
  chosenPilots: () => null,
});
