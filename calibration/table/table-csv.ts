/** Tables of laboratories: CSV of element, phase in degrees and gain in dB. */

import { createRequire } from 'node:module';
import { BeamloopError } from '../../src/core/errors.js';
import { largest, smallest } from '../../src/core/extremes.js';
import { type CalibrationTable, calibrationTable } from '../calibration-table.js';

const require = createRequire(import.meta.url);

export interface CsvOptions {
  readonly boardSerialNumber: string;
  readonly file: string;
  /** How elements are counted in the file; found out where it holds all of them. */
  readonly firstElement?: 0 | 1;
  /** That phases in degrees which look like radians are degrees. */
  readonly degreesMeant?: boolean;
}

const HEADERS = {
  element: /^(element|index|channel|n)$/,
  phase: /^phase[ _-]*(\(?(deg|rad)\)?)?$/,
  gain: /^(gain|amplitude)[ _-]*(\(?db\)?)?$/,
};
/** Root mean square of phases spread evenly over a turn is 1.81 rad; of so many normal ones within pi of each other it is far less. */
const EVEN_RMS = 1.6;
const LEAST_TOLD = 32;

/**
 * Reads `element,phaseDeg,gainDb` (gain optional; `phaseRad` for radians); a line of headers names the columns, and without one they are
 * these three.
 *
 * @throws SCENARIO_INVALID for elements that are missing or listed twice, values that are none, counting that cannot be told, and units
 * that look mixed up; one message each.
 */
export function tableFromCsv(text: string, options: CsvOptions): CalibrationTable {
  const { file, boardSerialNumber, degreesMeant = false } = options;
  const refuse = (what: string, todo: string): never => {
    throw new BeamloopError('SCENARIO_INVALID', { what, where: file, todo });
  };
  const rows = csvRows(text, refuse);
  const { columns, radians, first } = columnsOf(rows, refuse);
  const elements: number[] = [];
  const phases: number[] = [];
  const gains: number[] = [];
  for (const [k, row] of rows.slice(first).entries()) {
    const value = (column: number, name: string) => {
      const field = row[column]?.trim() ?? '';
      const number = field === '' ? Number.NaN : Number(field);
      if (!Number.isFinite(number))
        refuse(`Row ${k + 1 + first} has '${field}' for its ${name}`, 'Give a number in every row');
      return number;
    };
    const element = value(columns.element, 'element');
    if (!Number.isInteger(element) || element < 0)
      refuse(`Row ${k + 1 + first} is of element ${element}`, 'Elements are counted in whole numbers');
    elements.push(element);
    phases.push(value(columns.phase, 'phase'));
    if (columns.gain >= 0) gains.push(value(columns.gain, 'gain'));
  }
  if (elements.length === 0) refuse('The file lists no elements', 'Give rows of element, phase and gain');
  const start = firstElementOf(elements, options.firstElement, refuse);
  checkUnits(phases, radians, degreesMeant, refuse);
  const phaseErrorRad = new Float64Array(elements.length);
  const gain = gains.length === 0 ? null : new Float64Array(elements.length);
  for (const [k, element] of elements.entries()) {
    phaseErrorRad[element - start] = radians ? phases[k]! : (phases[k]! * Math.PI) / 180;
    if (gain !== null) gain[element - start] = 10 ** (gains[k]! / 20);
  }
  return calibrationTable({ file, boardSerialNumber, phaseErrorRad, gain });
}

/** `element,phaseDeg,gainDb`, elements from 1; the gain is left out where the table has none. */
export function csvOfTable({ phaseErrorRad, gain }: CalibrationTable): string {
  const header = `element,phaseDeg${gain === null ? '' : ',gainDb'}\n`;
  const rows = Array.from(phaseErrorRad, (rad, n) => {
    const level = gain === null ? '' : `,${(20 * Math.log10(Math.max(gain[n]!, 1e-4))).toFixed(4)}`;
    return `${n + 1},${((rad * 180) / Math.PI).toFixed(4)}${level}\n`;
  });
  return header + rows.join('');
}

type Refuse = (what: string, todo: string) => never;

function csvRows(text: string, refuse: Refuse): string[][] {
  const { parse } = require('csv-parse/sync') as typeof import('csv-parse/sync');
  try {
    const rows = parse(text.replace(/^\ufeff/, ''), {
      delimiter: [',', ';', '\t'],
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    }) as string[][];
    if (rows.length > 0) return rows;
  } catch (error) {
    return refuse(
      `Not valid CSV: ${(error as Error).message}`,
      'Give rows of element, phase in degrees and gain in dB',
    );
  }
  return refuse('The file lists no elements', 'Give rows of element, phase and gain');
}

function columnsOf(rows: readonly string[][], refuse: Refuse) {
  const header = rows[0]!.map((field) => field.trim().toLowerCase());
  if (header.every((field) => field !== '' && Number.isFinite(Number(field)))) {
    return { columns: { element: 0, phase: 1, gain: header.length > 2 ? 2 : -1 }, radians: false, first: 0 };
  }
  const at = (name: keyof typeof HEADERS) => header.findIndex((field) => HEADERS[name].test(field));
  const columns = { element: at('element'), phase: at('phase'), gain: at('gain') };
  if (columns.element < 0 || columns.phase < 0) {
    refuse(`The columns are ${rows[0]!.join(', ')}`, 'Name them element, phaseDeg (or phaseRad) and gainDb');
  }
  return { columns, radians: header[columns.phase]!.includes('rad'), first: 1 };
}

/** All elements once, from 0 or from 1. */
function firstElementOf(elements: readonly number[], told: 0 | 1 | undefined, refuse: Refuse): 0 | 1 {
  const count = elements.length;
  const seen = new Set(elements);
  if (seen.size < count) {
    const twice = elements.find((element, k) => elements.indexOf(element) !== k);
    refuse(`Element ${twice} is listed twice`, 'List every element once');
  }
  const [least, most] = [smallest(elements), largest(elements)];
  const start = told ?? (least === 0 ? 0 : 1);
  if (told === 1 && least === 0)
    refuse('Elements are said to count from 1, and the file has an element 0', 'Say that they count from 0');
  if (told === 0 && least === 1 && most === count) {
    refuse(
      `Elements are said to count from 0, and the file has elements 1 to ${count} and no 0`,
      'Say that they count from 1',
    );
  }
  if (most - start + 1 !== count) {
    const missing = Array.from({ length: most - start + 1 }, (_, k) => k + start).find(
      (element) => !seen.has(element),
    )!;
    const unsure = told === undefined && least > 1;
    refuse(
      `The file lists ${count} elements up to ${most}; element ${missing} is missing`,
      unsure ? 'List every element, and say whether they count from 0 or from 1' : 'List every element once',
    );
  }
  return start;
}

function checkUnits(
  phases: readonly number[],
  radians: boolean,
  degreesMeant: boolean,
  refuse: Refuse,
): void {
  const most = phases.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (radians && most > 2 * Math.PI + 1e-9) {
    refuse(
      `Phases in radians go up to ${most}, beyond a whole turn: these are degrees`,
      'Name the column phaseDeg',
    );
  }
  if (!radians && most > 360 + 1e-9)
    refuse(`Phases in degrees go up to ${most}, beyond a whole turn`, 'Give phases from -360 to 360 degrees');
  const rms = Math.sqrt(phases.reduce((sum, x) => sum + x * x, 0) / phases.length);
  if (!radians && !degreesMeant && phases.length >= LEAST_TOLD && most <= Math.PI + 1e-9 && rms > EVEN_RMS) {
    refuse(
      `Phases in degrees are spread evenly from -${most.toFixed(2)} to ${most.toFixed(2)}: these are radians`,
      'Name the column phaseRad, or say that degrees are meant',
    );
  }
}
