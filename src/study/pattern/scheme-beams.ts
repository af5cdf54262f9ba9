/** The beams that hierarchical schemes tell sectors apart with, level by level. */
import type { Codeword } from '../../codebook/codeword.js';
import { DftCodebook } from '../../codebook/dft.js';
import { DpcCodebook } from '../../codebook/dpc.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { SectorCodebook } from '../../codebook/sector.js';
import type { SchemeChoice } from '../../training/registry.js';

/** Codewords of sector 1..2^level: several when the strongest of them speaks for the sector, none when it has no pilot. */
export type SectorBeams = readonly (readonly Codeword[])[];

/** Beams of a level; null for schemes without levels, and for levels that the scheme does not reach. */
export function sectorBeams(choice: SchemeChoice, polar: PolarCodebook, level: number): SectorBeams | null {
  const sectors = Array.from({ length: 2 ** level }, (_, k) => k + 1);
  const { array } = polar;
  switch (choice.name) {
    case 'dpc': {
      const dpc = new DpcCodebook(array, { rangeReduction: choice.rangeReduction });
      if (level > dpc.numLevels) return null;
      return sectors.map((index) => [dpc.codeword(level, index)].filter((codeword) => codeword !== null));
    }
    case 'near-field-hierarchical': {
      const codebook = new SectorCodebook(polar);
      if (level > codebook.numLevels) return null;
      return sectors.map((index) =>
        Array.from({ length: polar.numRings }, (_, k) => codebook.codeword(level, index, k + 1)),
      );
    }
    case 'far-field-hierarchical': {
      const dft = new DftCodebook(array, choice.wideBeams);
      if (level > dft.numLevels - Math.log2(choice.refinementAngles)) return null;
      return sectors.map((index) => [dft.codeword(level, index)]);
    }
    default:
      return null;
  }
}
