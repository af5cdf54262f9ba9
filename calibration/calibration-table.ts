/**
 * What is known about the errors of a board's elements, and how a codeword is corrected for them.
 *
 * Element n of a real array radiates exp(j phaseErrorRad[n] - j 2 pi f delayErrorS[n]) times what it was told to
 * (docs/model.md eq. 42), and its fixed line l delays by lineErrorS[l][n] more than the board says. Errors of elements are
 * taken off the codeword before quantisation; those of lines, codes and steps of delay depend on what is chosen, so quantisation is
 * given these as they are (eq. 43 and 130).
 */
import type { BoardDescription, ElementSettings } from '../drivers/array-board.js';
import type { Codeword } from '../src/codebook/codeword.js';
import { BeamloopError } from '../src/core/errors.js';
import { parseSettings } from '../src/core/settings-file.js';
import { wrappedRad } from '../src/core/turns.js';
import { type BoardControls, hasDelays } from '../src/realisation/board-controls.js';
import { type Radiated, realisedCodeword } from '../src/realisation/realised.js';
import { hashOf } from './table/table-hash.js';
import { type Measured, tableSchema } from './table/table-schema.js';

export interface CalibrationTable {
  readonly file: string;
  readonly boardSerialNumber: string;
  /** Excess phase per element, rad, shape [numElements]. */
  readonly phaseErrorRad: Float64Array;
  /** Excess delay per element, s, shape [numElements]; null when it is not known or the board has no delays. */
  readonly delayErrorS: Float64Array | null;
  /** Excess delay per fixed line and element, s, shape [numLines][numElements]; null when it is not known or there are none. */
  readonly lineErrorS: readonly Float64Array[] | null;
  /** By what share of itself each element's adjustable delay is too long, shape [numElements]; null when it is not known. */
  readonly delayGainError: Float64Array | null;
  /** Excess phase of every code beyond that of its element, rad, shape [numElements][2^phaseBits]; null when it is not known. */
  readonly codeErrorRad: readonly Float64Array[] | null;
  /** Amplitude per element relative to the rms of all that radiate, shape [numElements]; null when it is not known. */
  readonly gain: Float64Array | null;
  /** The truth lies within this of phase and gain for 95 % of the elements, rad and ratio, shape [numElements]; null when it is not known. */
  readonly phaseIntervalRad: Float64Array | null;
  readonly gainInterval: Float64Array | null;
  /** Elements that do not radiate, and those whose phase stays as it is whatever they are told; indices from 0. */
  readonly dead: readonly number[];
  readonly stuck: readonly number[];
  readonly measured: Measured;
}

const NO_TABLE: Omit<CalibrationTable, 'file' | 'boardSerialNumber' | 'phaseErrorRad'> = {
  ...{ delayErrorS: null, lineErrorS: null, delayGainError: null, codeErrorRad: null, gain: null },
  ...{ phaseIntervalRad: null, gainInterval: null, dead: [], stuck: [], measured: {} },
};

/** A table of what is given, in the program's own units; nothing else is known. */
export function calibrationTable(
  known: Pick<CalibrationTable, 'boardSerialNumber' | 'phaseErrorRad'> & Partial<CalibrationTable>,
): CalibrationTable {
  return { ...NO_TABLE, file: 'calibration table', ...known };
}

/**
 * Reads a calibration table: YAML (or JSON, which is YAML) with `board` (serial number), `phaseError` for boards with delays `delayError`,
 * one quantity per element each, or `{ unit, values }`, for boards with fixed lines `lineError`, a list like these for every line, and
 * what else docs/calibration.md names.
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
  const settings = parseSettings(text, tableSchema, file, 'calibration table', onBare);
  const array = (values: readonly number[] | undefined) =>
    values === undefined ? null : Float64Array.from(values);
  const gains = (valuesDb: readonly number[] | undefined) =>
    array(valuesDb?.map((valueDb) => 10 ** (valueDb / 20)));
  const table: CalibrationTable = {
    file,
    boardSerialNumber: settings.board,
    phaseErrorRad: Float64Array.from(settings.phaseError),
    delayErrorS: array(settings.delayError),
    lineErrorS: settings.lineError?.map((line) => Float64Array.from(line)) ?? null,
    delayGainError: array(settings.delayGainError),
    codeErrorRad: settings.codeError?.map((codes) => Float64Array.from(codes)) ?? null,
    gain: gains(settings.gain),
    phaseIntervalRad: array(settings.phaseInterval),
    gainInterval: gains(settings.gainInterval)?.map((ratio) => ratio - 1) ?? null,
    dead: (settings.dead ?? []).map((element) => element - 1),
    stuck: (settings.stuck ?? []).map((element) => element - 1),
    measured: settings.measured ?? {},
  };
  const wrong = inconsistency(table);
  if (wrong !== null) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: wrong,
      where: file,
      todo: 'List every element once, from 1',
    });
  }
  if (settings.hash !== undefined && settings.hash !== hashOf(text, file)) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: 'The table was changed after it was written: its hash is that of other contents',
      where: `${file}, hash`,
      todo: 'Take the file as it was written, or take out the hash if the change is meant',
    });
  }
  return table;
}

/** Null for lists that go together. */
function inconsistency(table: CalibrationTable): string | null {
  const { codeErrorRad, dead, stuck } = table;
  const numElements = table.phaseErrorRad.length;
  // Lists of delays are held against the board, with its own words.
  for (const name of ['gain', 'delayGainError', 'phaseIntervalRad', 'gainInterval'] as const) {
    const length = table[name]?.length ?? numElements;
    if (length !== numElements) {
      return `The table lists phases of ${numElements} elements and ${name.replace('Rad', '')} of ${length}: elements are missing or listed twice`;
    }
  }
  if (codeErrorRad !== null) {
    if (codeErrorRad.length !== numElements) {
      return `The table lists phases of ${numElements} elements and codes of ${codeErrorRad.length}: elements are missing or listed twice`;
    }
    const odd = codeErrorRad.findIndex((codes) => codes.length !== codeErrorRad[0]!.length);
    if (odd >= 0) {
      return `The table lists ${codeErrorRad[odd]!.length} codes of element ${odd + 1} and ${codeErrorRad[0]!.length} of the first`;
    }
  }
  const named = [...dead, ...stuck];
  const beyond = named.find((n) => n >= numElements);
  if (beyond !== undefined) return `The table names element ${beyond + 1} of ${numElements}`;
  const twice = named.find((n, k) => named.indexOf(n) !== k);
  return twice === undefined ? null : `The table names element ${twice + 1} twice as dead or stuck`;
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
  const lists = [table.phaseErrorRad, table.delayErrorS, table.delayGainError, ...(table.lineErrorS ?? [])];
  for (const errors of lists) {
    if (errors !== null && errors.length !== board.numElements) {
      refuse(`The calibration lists ${errors.length} elements; the board has ${board.numElements}`);
    }
  }
  if ((table.delayErrorS !== null || table.delayGainError !== null) && !hasDelays(board)) {
    refuse('The calibration lists delay errors; the board has no delays to correct');
  }
  const numCodes = table.codeErrorRad?.[0]?.length ?? 2 ** board.phaseBits;
  if (numCodes !== 2 ** board.phaseBits) {
    refuse(
      `The calibration lists ${numCodes} phase codes per element; the board has ${2 ** board.phaseBits}`,
    );
  }
}

/** What elements add to phases at the carrier, where delays are phases, rad, shape [numElements]. */
export function carrierErrorRad(
  { phaseErrorRad, delayErrorS }: CalibrationTable,
  carrierHz: number,
): Float64Array {
  if (delayErrorS === null) return phaseErrorRad;
  return phaseErrorRad.map((rad, n) => wrappedRad(rad / (2 * Math.PI) - carrierHz * delayErrorS[n]!));
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

/** The board with its lines, steps of delay and phase codes as they are (eq. 43 and 130): quantisation then chooses by what is real. */
export function calibratedBoard<B extends BoardControls>(board: B, table: CalibrationTable): B {
  const last = calibrated.get(table);
  if (last?.board === board) return last.known as B;
  const known = withErrors(board, table);
  calibrated.set(table, { board, known });
  return known;
}

/** The last board of each table: codewords of one run ask for the same again and again. */
const calibrated = new WeakMap<
  CalibrationTable,
  { readonly board: BoardControls; readonly known: BoardControls }
>();

function withErrors<B extends BoardControls>(board: B, table: CalibrationTable): B {
  const { lineErrorS, delayGainError, codeErrorRad } = table;
  const changes: Partial<BoardControls> = {
    ...(lineErrorS !== null &&
      board.delayLinesS !== null && {
        delayLinesS: board.delayLinesS.map((line, l) => line.map((delay, n) => delay + lineErrorS[l]![n]!)),
      }),
    ...(delayGainError !== null && {
      delayStepS: delayGainError.map((error) => board.delayLsbS * (1 + error)),
    }),
    ...(codeErrorRad !== null && {
      codePhaseRad: codeErrorRad.map((codes) =>
        codes.map((error, code) => (2 * Math.PI * code) / codes.length + error),
      ),
    }),
  };
  return Object.keys(changes).length === 0 ? board : { ...board, ...changes };
}

/**
 * What the board radiates when it holds these settings, as far as the table tells: all that is known of the actual beam. Elements that
 * are dead, or stuck at nobody knows which phase, are left out.
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
  const { phaseErrorRad, delayErrorS, gain } = table;
  const silent = silentElements(table);
  const known =
    gain === null && silent.size === 0
      ? amplitude
      : phaseRad.map((_, n) => (silent.has(n) ? 0 : (amplitude?.[n] ?? 1) * (gain?.[n] ?? 1)));
  return {
    phaseRad: phaseRad.map((phase, n) => phase + phaseErrorRad[n]!),
    delayS:
      delayS !== null && delayErrorS !== null ? delayS.map((delay, n) => delay + delayErrorS[n]!) : delayS,
    amplitude: known,
  };
}

/** Indices of elements that do not do as they are told. */
export function silentElements({ dead, stuck }: CalibrationTable): ReadonlySet<number> {
  return new Set([...dead, ...stuck]);
}
