import type { DftCodebook } from '../codebook/dft.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { polarBlock, polarEstimate, strongest } from './polar-estimate.js';
import type { Scheme } from './scheme.js';

/**
 * Two-stage search (Wu et al. 2024): the first levels of the far-field hierarchical codebook, then every polar codeword of the sector that is left. 2 pilots per level, S N / 2^levels after.
 */
export function* farFieldHierarchical(dft: DftCodebook, polar: PolarCodebook, numLevels: number): Scheme {
  let sector = 1;
  for (let level = 1; level <= numLevels; level++) {
    const { mean: powers } = yield [dft.codeword(level, 2 * sector - 1), dft.codeword(level, 2 * sector)];
    sector = powers[0]! > powers[1]! ? 2 * sector - 1 : 2 * sector;
  }

  const anglesPerSector = polar.numAngles / 2 ** numLevels;
  const candidates = polarBlock(polar, (sector - 1) * anglesPerSector + 1, sector * anglesPerSector);
  const { mean: powers } = yield candidates.map((index) => polar.codeword(index));
  return polarEstimate(polar, candidates[strongest(powers)]!, sector);
}
