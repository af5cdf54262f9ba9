/**
 * What is known about the errors of a board's elements, and how a codeword is corrected for them.
 *
 * Element n of a real array radiates exp(j phaseErrorRad[n] - j 2 pi f delayErrorS[n]) times what it was told to
 * (docs/model.md eq. 32). Taking the errors off the codeword before quantisation puts the beam back where it was
 * meant to be.
 */
import { z } from 'zod';
import type { BoardDescription } from '../drivers/array-board.js';
import type { Codeword } from '../src/codebook/codeword.js';
import { BeamloopError } from '../src/core/errors.js';
import { parseSettings } from '../src/core/settings-file.js';
import { quantity } from '../src/core/settings-quantity.js';

const finite = (unit: 'rad' | 's') => quantity(unit).pipe(z.number('must be finite'));

const schema = z.strictObject({
  /** The serial number that the board gives of itself: a table belongs to one board. */
  board: z.string().min(1),
  phaseError: z.array(finite('rad')).nonempty('must list one value per element'),
  delayError: z.array(finite('s')).nonempty('must list one value per element').optional(),
});

export interface CalibrationTable {
  readonly file: string;
  readonly boardSerialNumber: string;
  /** Excess phase per element, rad, shape [numElements]. */
  readonly phaseErrorRad: Float64Array;
  /** Excess delay per element, s, shape [numElements]; null when it is not known or the board has no delays. */
  readonly delayErrorS: Float64Array | null;
}

/**
 * Reads a calibration table: YAML with `board` (serial number), `phaseError` and, for boards with delays, `delayError`,
 * one quantity per element.
 *
 * @param file the name that complaints use.
 * @throws SCENARIO_INVALID, FILE_UNREADABLE.
 */
export function parseCalibrationTable(text: string, file: string): CalibrationTable {
  const { board, phaseError, delayError } = parseSettings(text, schema, file);
  return {
    file,
    boardSerialNumber: board,
    phaseErrorRad: Float64Array.from(phaseError),
    delayErrorS: delayError === undefined ? null : Float64Array.from(delayError),
  };
}

/** Throws BOARD_MISMATCH unless the table was made for this very board. */
export function requireCalibrationOf(board: BoardDescription, table: CalibrationTable): void {
  const refuse = (what: string) => {
    throw new BeamloopError('BOARD_MISMATCH', {
      what,
      where: table.file,
      todo: 'Use the calibration of the board that is connected, or none',
    });
  };
  if (table.boardSerialNumber !== board.serialNumber) {
    refuse(`The calibration is of board ${table.boardSerialNumber}; connected is ${board.serialNumber}`);
  }
  for (const errors of [table.phaseErrorRad, table.delayErrorS]) {
    if (errors !== null && errors.length !== board.numElements) {
      refuse(`The calibration lists ${errors.length} elements; the board has ${board.numElements}`);
    }
  }
  if (table.delayErrorS !== null && board.delayBits === 0) {
    refuse('The calibration lists delay errors; the board has no delays to correct');
  }
}

/** The codeword that makes a board with these errors radiate `codeword`. */
export function correctCodeword(codeword: Codeword, table: CalibrationTable): Codeword {
  const { phaseRad, delayS } = codeword;
  const { phaseErrorRad, delayErrorS } = table;
  return {
    ...codeword,
    phaseRad: phaseRad.map((phase, n) => phase - phaseErrorRad[n]!),
    // A common shift of all delays does not change the beam; quantisation brings them into the board's range.
    delayS:
      delayS !== null && delayErrorS !== null ? delayS.map((delay, n) => delay - delayErrorS[n]!) : delayS,
  };
}
