/** Pilots of calibrations: codewords that are a board's codes and nothing between, so that what is radiated is known. */
import { createHash } from 'node:crypto';
import type { ElementSettings } from '../../drivers/array-board.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import type { BoardControls } from '../../src/realisation/board-controls.js';
import { realisedCodeword } from '../../src/realisation/realised.js';

/** Delays at rest: first line, no adjustable delay, full amplitude; shape [numElements] each. */
export function restingSettings(board: BoardControls): Omit<ElementSettings, 'phaseCode'> {
  const { numElements, delayBits, lineBits, amplitudeBits } = board;
  return {
    delayCode: delayBits === 0 ? null : new Uint16Array(numElements),
    lineCode: lineBits === 0 ? null : new Uint16Array(numElements),
    amplitudeCode: amplitudeBits === 0 ? null : new Uint16Array(numElements).fill(2 ** amplitudeBits - 1),
  };
}

/** Codes of the phases nearest to these, rad, shape [numElements]. */
export function nearestCodes(phaseRad: Float64Array, phaseBits: number): Uint16Array {
  const numCodes = 2 ** phaseBits;
  return Uint16Array.from(phaseRad, (rad) => {
    const code = Math.round((rad / (2 * Math.PI)) * numCodes);
    return code - numCodes * Math.floor(code / numCodes);
  });
}

/**
 * The codeword of these very settings: a board with a table of calibration sends them as they are as well. Settings of the same content
 * have the same key.
 *
 * @param name of the pilot, for reports.
 */
export function settingsCodeword(
  procedure: string,
  name: string,
  settings: ElementSettings,
  board: BoardControls,
): Codeword {
  const { phaseCode, delayCode, amplitudeCode, lineCode } = settings;
  const digest = createHash('sha256');
  for (const codes of [phaseCode, delayCode, amplitudeCode, lineCode]) {
    digest.update(codes === null ? '-' : codes);
  }
  const codeword: Codeword = {
    key: `calibration/${digest.digest('hex').slice(0, 16)}`,
    label: { kind: 'own', scheme: procedure, name },
    ...realisedCodeword(settings, board),
  };
  madeOf.set(codeword, settings);
  return codeword;
}

/** What codewords of settings were made of. Kept beside them: codewords know no board. */
const madeOf = new WeakMap<Codeword, ElementSettings>();

/** The settings that a calibration's pilot is, to be sent as they are: uncorrected, on these very lines. Undefined for other codewords. */
export function exactSettings(codeword: Codeword): ElementSettings | undefined {
  return madeOf.get(codeword);
}
