/** A scenario's scheme once its board is known, and whether that board can send the scheme's pilots. */

import type { BoardBeams } from '../../calibration/board-beams.js';
import type { Codeword } from '../codebook/codeword.js';
import { type Realisability, requireRealisable } from '../realisation/realisability.js';
import type { PilotBatch } from '../sounding/sounding.js';
import { createScheme } from '../training/registry.js';
import type { SchemeChoice } from '../training/scheme-definition.js';
import type { SchemeFactory } from '../training/scheme-factory.js';
import type { Preparation } from './plan.js';

type Prepared = Pick<Preparation, 'scenario' | 'codebook' | 'wideband' | 'scheme'>;

/** The scheme as it is run: what estimates by the beams that the board really radiates is told of them. */
export function schemeOnBoard(
  { scenario, codebook, wideband, scheme }: Prepared,
  beams: BoardBeams,
  choice: SchemeChoice = scenario.scheme,
): SchemeFactory {
  if (choice === scenario.scheme && scheme.band === null) return scheme;
  const setting = wideband && { ...wideband, realise: (codeword: Codeword) => beams.realise(codeword) };
  return createScheme(choice, codebook, setting);
}

/**
 * What the board makes of all pilots; null for schemes that look at no single subcarrier.
 *
 * @throws PLAN_REFUSED when delays lie beyond the board's range and the scenario does not allow clipping; BOARD_MISMATCH.
 */
export function checkRealisable({ scenario, scheme }: Prepared, beams: BoardBeams): Realisability | null {
  if (scheme.band === null) return null;
  const pilots = scheme.start().next().value as PilotBatch;
  const realisability = beams.realisability(pilots, scheme.band.frequenciesHz);
  requireRealisable(realisability, { allowClipping: scenario.board.allowClipping });
  return realisability;
}
