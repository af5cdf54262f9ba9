/** Pilots of calibrations: codewords that are a board's codes and nothing between, so that what is radiated is known. */
import { createHash } from 'node:crypto';
import type { ElementSettings } from '../../drivers/array-board.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardControls } from '../../src/realisation/board-controls.js';
import { quantise } from '../../src/realisation/quantise.js';
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
 * The codeword that a board without a calibration table makes these very settings of. Settings of the same content have the same key.
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
  return {
    key: `calibration/${digest.digest('hex').slice(0, 16)}`,
    label: { kind: 'own', scheme: procedure, name },
    ...realisedCodeword(settings, board),
  };
}

/**
 * Throws BOARD_MISMATCH where quantisation would make other settings of a codeword than it was made of: another line that
 * serves its delays as well, say.
 */
export function requireExactSettings(
  codeword: Codeword,
  settings: ElementSettings,
  board: BoardControls,
  carrierHz: number,
): void {
  const made = quantise(codeword, board, carrierHz).settings;
  for (const control of ['phaseCode', 'delayCode', 'lineCode', 'amplitudeCode'] as const) {
    const n = settings[control]?.findIndex((code, k) => made[control]?.[k] !== code) ?? -1;
    if (n < 0) continue;
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `The board would use ${control} ${made[control]?.[n]} of element ${n + 1} in place of ${settings[control]![n]}: this code cannot be calibrated by itself`,
      todo: 'Calibrate without this line or delay',
    });
  }
}
