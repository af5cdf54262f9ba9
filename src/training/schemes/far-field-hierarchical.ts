import { z } from 'zod';
import { DftCodebook } from '../../codebook/dft.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import {
  polarBlock,
  polarEstimate,
  type Refinement,
  refinements,
  strongestPilot,
} from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/**
 * Two-stage search (Wu et al. 2024): the first levels of the far-field hierarchical codebook, then every polar codeword of the sector that is left. 2 pilots per level, S N / 2^levels after.
 */
function* farFieldHierarchical(
  dft: DftCodebook,
  polar: PolarCodebook,
  numLevels: number,
  refinement: (sector: number) => Refinement,
): Scheme {
  let sector = 1;
  for (let level = 1; level <= numLevels; level++) {
    const { mean: powers } = yield [dft.codeword(level, 2 * sector - 1), dft.codeword(level, 2 * sector)];
    sector = powers[0]! > powers[1]! ? 2 * sector - 1 : 2 * sector;
  }

  const { indices, pilots } = refinement(sector);
  return polarEstimate(polar, indices[strongestPilot(yield pilots)]!, sector);
}

export const farFieldHierarchicalScheme = builtIn({
  name: 'far-field-hierarchical',
  title: 'Far-field hierarchical',
  source: 'Wu et al. 2024',
  pilots: '2 log2(N / refinementAngles), then S refinementAngles',
  colour: 'purple',
  needs: 'carrier',
  options: {
    /** Angles left for the refinement, a power of two; the coarse search stops there. */
    refinementAngles: z
      .int()
      .min(1)
      .refine((angles) => Number.isInteger(Math.log2(angles)), 'must be a power of two, such as 32')
      .default(32),
    /** How the coarse beams are widened; shaped ones need amplitudes. */
    wideBeams: z.enum(['sub-array', 'shaped']).default('sub-array'),
  },
  rules: null,
  label: (_, changed) => changed(),
  build: ({ refinementAngles, wideBeams }, polar) => {
    const { array } = polar;
    const dft = new DftCodebook(array, wideBeams);
    const numLevels = dft.numLevels - Math.log2(refinementAngles);
    if (numLevels < 0) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `far-field-hierarchical cannot refine ${refinementAngles} angles with ${array.numElements} elements`,
        todo: `Give refinementAngles up to ${array.numElements}`,
      });
    }
    const anglesPerSector = polar.numAngles / 2 ** numLevels;
    const refinement = refinements(polar, (sector) =>
      polarBlock(polar, (sector - 1) * anglesPerSector + 1, sector * anglesPerSector),
    );
    return narrowband(() => farFieldHierarchical(dft, polar, numLevels, refinement));
  },
  refinement: 'last batch',
  coarseBeams: {
    kind: 'levels',
    beamsOf: ({ refinementAngles, wideBeams }, polar, level) => {
      const dft = new DftCodebook(polar.array, wideBeams);
      if (level > dft.numLevels - Math.log2(refinementAngles)) return null;
      return Array.from({ length: 2 ** level }, (_, k) => [dft.codeword(level, k + 1)]);
    },
    numPerSector: () => 1,
  },
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
