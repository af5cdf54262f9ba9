/** Beams focused on the centres of ever narrower sectors: a hierarchical codebook made of polar-domain beams. */
import type { Codeword } from './codeword.js';
import { FocusedBeams } from './focused-beams.js';
import { type PolarCodebook, requireIndex } from './polar.js';

export class SectorCodebook extends FocusedBeams {
  /** M = log2 N; at level M the sector centres are the polar codebook's angles. */
  readonly numLevels: number;

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(polar: PolarCodebook) {
    super(polar, 'The hierarchical near-field codebook');
    this.numLevels = this.numHalvings;
  }

  /** Sine of the centre of sector `index` of the 2^level sectors that are equally wide in the sine of the angle. */
  sinAngle(level: number, index: number): number {
    const numSectors = 2 ** requireIndex('level', level, this.numLevels);
    return (2 * requireIndex('index', index, numSectors) - 1 - numSectors) / numSectors;
  }

  /** Focuses on a sector's centre at ring distance times cos^2; at the last level the polar codeword itself. */
  codeword(level: number, index: number, ring: number): Codeword {
    const sinAngle = this.sinAngle(level, index);
    const ringM = this.polar.ringDistanceM(ring);
    if (level === this.numLevels) return this.polar.codeword({ ring, angleIndex: index });
    return this.focused(
      `sector/${level}/${index}/${ring}`,
      { kind: 'sector', level, index, ring },
      sinAngle,
      ringM,
    );
  }
}
