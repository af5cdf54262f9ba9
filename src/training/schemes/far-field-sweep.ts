import { requireFewCodewords } from '../../codebook/codebook-size.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { polarBlock, polarEstimate, strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/**
 * All N far-field beams, then all rings at the angle in the middle of their half-power support and its two neighbours
 * (Zhang, Wu and You 2022): near-field users light up a run of far-field beams, and they are in the middle of it.
 */
function* farFieldSweep(polar: PolarCodebook): Scheme {
  const { mean: powers } = yield Array.from({ length: polar.numAngles }, (_, k) =>
    polar.codeword({ ring: polar.numRings, angleIndex: k + 1 }),
  );
  const middle = middleOfSupport(powers);
  const candidates = polarBlock(polar, middle - 1, middle + 1);
  const { mean: refined } = yield candidates.map((index) => polar.codeword(index));
  return polarEstimate(polar, candidates[strongest(refined)]!, middle);
}

/** 1-based median of the beams within 3 dB of the strongest; of two medians the lower one. */
export function middleOfSupport(powers: Float64Array): number {
  const half = powers[strongest(powers)]! / 2;
  const support: number[] = [];
  powers.forEach((power, k) => {
    if (power >= half) support.push(k + 1);
  });
  return support[Math.floor((support.length - 1) / 2)]!;
}

export const farFieldSweepScheme = builtIn({
  name: 'far-field-sweep',
  title: 'Far-field sweeping',
  source: 'Zhang, Wu and You 2022',
  pilots: 'N, then 3 S',
  colour: 'orange',
  needs: 'carrier',
  options: {},
  rules: null,
  label: (_, changed) => changed(),
  build: (_, polar) => {
    requireFewCodewords('The far-field sweep', polar.numAngles, polar.array);
    return narrowband(() => farFieldSweep(polar));
  },
  refinement: 'last batch',
  coarseBeams: { kind: 'sweep' },
  searchesWholeCodebook: false,
  tracedPilots: (numElements) => numElements,
  withPilots: null,
  chosenPilots: () => null,
});
