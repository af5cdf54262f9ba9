/** Codewords again from what a recording calls them, to draw their beam patterns. */

import { ChirpCodebook } from '../../codebook/chirp.js';
import type { Codeword, PilotLabel } from '../../codebook/codeword.js';
import { DftCodebook } from '../../codebook/dft.js';
import { DpcCodebook } from '../../codebook/dpc.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { SectorCodebook } from '../../codebook/sector.js';
import { BeamloopError } from '../../core/errors.js';

/** @returns null when the codebook has no such codeword. */
export function codewordOfLabel(
  label: PilotLabel,
  polar: PolarCodebook,
  schemeOptions: Readonly<Record<string, unknown>>,
): Codeword | null {
  try {
    switch (label.kind) {
      case 'polar':
        return polar.codeword(label);
      case 'dpc': {
        const rangeReduction = schemeOptions.rangeReduction !== false;
        return new DpcCodebook(polar.array, { rangeReduction }).codeword(label.level, label.index);
      }
      case 'dft':
        return new DftCodebook(
          polar.array,
          schemeOptions.wideBeams === 'shaped' ? 'shaped' : 'sub-array',
        ).codeword(label.level, label.index);
      case 'chirp':
        return new ChirpCodebook(polar).codeword(label.tier, label.direction, label.slope);
      case 'sector':
        return new SectorCodebook(polar).codeword(label.level, label.index, label.ring);
      // Nothing tells more of these than a label has room for; of planar arrays there is no polar codebook.
      case 'tdps':
      case 'rainbow':
      case 'far-rainbow':
      case 'grid':
      case 'serving':
      case 'own':
      case 'tracking':
      case 'planar':
      case 'place':
        return null;
    }
  } catch (error) {
    if (error instanceof BeamloopError) return null;
    throw error;
  }
}
