/** Calibration tables from files and to files. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type CalibrationTable, parseCalibrationTable } from '../../../calibration/calibration-table.js';
import { BeamloopError } from '../../core/errors.js';
import { readTextFile } from '../../core/text-file.js';
import { writing } from '../../core/writing.js';

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID. */
export function readTable(file: string): CalibrationTable {
  return parseCalibrationTable(readTextFile(file, 'calibration table'), file);
}

/** Before anything is done: a file that is there may be the only table of a board. Throws BAD_ARGUMENT. */
export function requireNew(out: string | undefined): void {
  if (out === undefined || !existsSync(out)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'There is a file already',
    where: out,
    todo: 'Name another one for --out, or move it away',
  });
}

/** @throws FILE_UNWRITABLE. */
export function writeTable(file: string, text: string): Promise<void> {
  return writing('The calibration table', file, () => writeFile(file, text));
}
