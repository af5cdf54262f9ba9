import { SectorCodebook } from '../../codebook/sector.js';
import { polarEstimate, strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/**
 * Hierarchical search with focusing beams (Wei et al. 2022, as compared in Li, Xu and Zhang 2025, section VI): per level
 * the centres of two sectors on every ring, 2 S log2 N pilots. At the last level the centres are the polar codebook's
 * angles, so its strongest pilot is the answer.
 */
function* nearFieldHierarchical(sectors: SectorCodebook): Scheme {
  const { polar } = sectors;
  let sector = 1;
  for (let level = 1; ; level++) {
    const lower = 2 * sector - 1;
    const ofSector = (index: number) =>
      Array.from({ length: polar.numRings }, (_, k) => sectors.codeword(level, index, k + 1));
    const { mean: powers } = yield [...ofSector(lower), ...ofSector(lower + 1)];

    const bestLower = strongest(powers.subarray(0, polar.numRings));
    const bestUpper = strongest(powers.subarray(polar.numRings));
    const takeLower = powers[bestLower]! > powers[polar.numRings + bestUpper]!;
    sector = takeLower ? lower : lower + 1;
    if (level === sectors.numLevels) {
      const ring = (takeLower ? bestLower : bestUpper) + 1;
      return polarEstimate(polar, { ring, angleIndex: sector }, sector);
    }
  }
}

export const nearFieldHierarchicalScheme = builtIn({
  name: 'near-field-hierarchical',
  title: 'Near-field hierarchical',
  source: 'Wei et al. 2022',
  pilots: '2 S log2 N',
  colour: 'green',
  needs: 'carrier',
  options: {},
  rules: null,
  label: (_, changed) => changed(),
  build: (_, polar) => {
    const sectors = new SectorCodebook(polar);
    return narrowband(() => nearFieldHierarchical(sectors));
  },
  refinement: null,
  coarseBeams: {
    kind: 'levels',
    beamsOf: (_, polar, level) => {
      const codebook = new SectorCodebook(polar);
      if (level > codebook.numLevels) return null;
      return Array.from({ length: 2 ** level }, (__, sector) =>
        Array.from({ length: polar.numRings }, (___, k) => codebook.codeword(level, sector + 1, k + 1)),
      );
    },
    numPerSector: (numRings) => numRings,
  },
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
