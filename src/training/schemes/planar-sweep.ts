import { requireFewCodewords } from '../../codebook/codebook-size.js';
import type { PlanarCodebook } from '../../codebook/planar.js';
import { planarEstimate } from '../planar-estimate.js';
import { strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/** Sends every beam of the grid and takes the strongest. */
function* planarSweep(codebook: PlanarCodebook): Scheme {
  const { mean: powers } = yield Array.from({ length: codebook.numCodewords }, (_, column) =>
    codebook.codewordAt(column),
  );
  return planarEstimate(codebook, codebook.indexOf(strongest(powers)));
}

export const planarSweepScheme = builtIn({
  name: 'planar-sweep',
  title: 'Planar exhaustive',
  source: 'exhaustive search over a grid of two angles',
  pilots: 'X Y: all beams of the grid',
  colour: null,
  needs: 'planar array',
  options: {},
  rules: null,
  label: (_, changed) => changed(),
  build: (_, codebook) => {
    requireFewCodewords('The planar sweep', codebook.numCodewords, codebook.array);
    return narrowband(() => planarSweep(codebook), false);
  },
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: (numElements) => 4 * numElements,
  withPilots: null,
  chosenPilots: () => null,
});
