/**
 * What is known about the errors of a board's elements, and how a codeword is corrected for them.
 *
 * Element n of a real array radiates exp(j phaseErrorRad[n] - j 2 pi f delayErrorS[n]) times what it was told to
 * (docs/model.md eq. 42), and its fixed line l delays by lineErrorS[l][n] more than the board says. Errors of elements are
 * taken off the codeword before quantisation; those of lines depend on the line chosen, so quantisation is given the lines
 * as they are.
 */
import { z } from 'zod';
import type { BoardDescription, ElementSettings } from '../drivers/array-board.js';
import type { Codeword } from '../src/codebook/codeword.js';
import { BeamloopError } from '../src/core/errors.js';
import { parseSettings } from '../src/core/settings-file.js';
import { list, upToEitherWay } from '../src/core/settings-quantity.js';
import { type BoardControls, hasDelays } from '../src/realisation/board-controls.js';
import { type Radiated, realisedCodeword } from '../src/realisation/realised.js';

const phaseErrors = list(
  upToEitherWay('360 deg', 'rad', 'or the unit once for the list: { unit: deg, values: [3, -11] }'),
);
const delayErrors = list(
  upToEitherWay('1 us', 's', 'or the unit once for the list: { unit: ps, values: [1.2, 0] }'),
);

const schema = z.strictObject({
  /** The serial number that the board gives of itself: a table belongs to one board. */
  board: z.string().min(1),
  phaseError: phaseErrors,
  delayError: delayErrors.optional(),
  lineError: z.array(delayErrors).nonempty('must list every line').optional(),
});

export interface CalibrationTable {
  readonly file: string;
  readonly boardSerialNumber: string;
  /** Excess phase per element, rad, shape [numElements]. */
  readonly phaseErrorRad: Float64Array;
  /** Excess delay per element, s, shape [numElements]; null when it is not known or the board has no delays. */
  readonly delayErrorS: Float64Array | null;
  /** Excess delay per fixed line and element, s, shape [numLines][numElements]; null when it is not known or there are none. */
  readonly lineErrorS: readonly Float64Array[] | null;
}

/**
 * Reads a calibration table: YAML with `board` (serial number), `phaseError` for boards with delays `delayError`,
 * one quantity per element each, or `{ unit, values }`, and for boards with fixed lines `lineError`, a list like these for every line.
 *
 * @param file the name that complaints use.
 * @param onBare as of `parseSettings`.
 * @throws SCENARIO_INVALID, FILE_UNREADABLE.
 */
export function parseCalibrationTable(
  text: string,
  file: string,
  onBare?: (reading: string) => void,
): CalibrationTable {
  const settings = parseSettings(text, schema, file, 'calibration table', onBare);
  const { board, phaseError, delayError, lineError } = settings;
  return {
    file,
    boardSerialNumber: board,
    phaseErrorRad: Float64Array.from(phaseError),
    delayErrorS: delayError === undefined ? null : Float64Array.from(delayError),
    lineErrorS: lineError?.map((line) => Float64Array.from(line)) ?? null,
  };
}

/** Throws BOARD_MISMATCH unless the table was made for this very board. */
export function requireCalibrationOf(board: BoardDescription, table: CalibrationTable): void {
  const refuse = (what: string) => {
    throw new BeamloopError('BOARD_MISMATCH', {
      what,
      where: table.file,
      todo: 'Use the calibration of this board, or none; where no board is opened, board.emulated says what it is like',
    });
  };
  if (table.boardSerialNumber !== board.serialNumber) {
    refuse(`The calibration is of board ${table.boardSerialNumber}; this is board ${board.serialNumber}`);
  }
  const numLines = board.delayLinesS?.length ?? 0;
  if (table.lineErrorS !== null && table.lineErrorS.length !== numLines) {
    refuse(`The calibration lists ${table.lineErrorS.length} fixed lines; the board has ${numLines}`);
  }
  for (const errors of [table.phaseErrorRad, table.delayErrorS, ...(table.lineErrorS ?? [])]) {
    if (errors !== null && errors.length !== board.numElements) {
      refuse(`The calibration lists ${errors.length} elements; the board has ${board.numElements}`);
    }
  }
  if (table.delayErrorS !== null && !hasDelays(board)) {
    refuse('The calibration lists delay errors; the board has no delays to correct');
  }
}

/**
 * The codeword that makes a board with these errors radiate `codeword`, but for the errors of its lines: quantise it to
 * `calibratedBoard`. A table with delay errors gives delays to codewords that have none, so that the errors are made up for.
 */
export function correctCodeword(codeword: Codeword, table: CalibrationTable): Codeword {
  const { phaseRad, delayS } = codeword;
  const { phaseErrorRad, delayErrorS } = table;
  return {
    ...codeword,
    phaseRad: phaseRad.map((phase, n) => phase - phaseErrorRad[n]!),
    // A common shift of all delays does not change the beam; quantisation brings them into the board's range.
    delayS: delayErrorS === null ? delayS : delayErrorS.map((error, n) => (delayS?.[n] ?? 0) - error),
  };
}

/** The board with its lines as they are (eq. 43): quantisation then chooses by, and makes up for, their real delays. */
export function calibratedBoard<B extends BoardControls>(board: B, table: CalibrationTable): B {
  const { lineErrorS } = table;
  if (lineErrorS === null || board.delayLinesS === null) return board;
  const delayLinesS = board.delayLinesS.map((line, l) => line.map((delay, n) => delay + lineErrorS[l]![n]!));
  return { ...board, delayLinesS };
}

/**
 * What the board radiates when it holds these settings, as far as the table tells: all that is known of the actual beam.
 *
 * @param board as it describes itself, not calibrated.
 */
export function radiatedCodeword(
  settings: ElementSettings,
  board: BoardControls,
  table: CalibrationTable | null,
): Radiated {
  if (table === null) return realisedCodeword(settings, board);
  const { phaseRad, delayS, amplitude } = realisedCodeword(settings, calibratedBoard(board, table));
  const { phaseErrorRad, delayErrorS } = table;
  return {
    phaseRad: phaseRad.map((phase, n) => phase + phaseErrorRad[n]!),
    delayS:
      delayS !== null && delayErrorS !== null ? delayS.map((delay, n) => delay + delayErrorS[n]!) : delayS,
    amplitude,
  };
}
