/** A calibration's result as a table. */
import { type CalibrationTable, calibrationTable } from '../calibration-table.js';
import type { CalibrationResult } from '../procedures/calibration-result.js';
import type { CodeStates } from '../procedures/code-states.js';
import type { DelayResult } from '../procedures/delays.js';
import type { Measured } from './table-schema.js';

/**
 * Elements that do not follow are listed as dead: whether they radiate does not matter to who cannot steer them.
 *
 * @param measured what else is known of when and where it was.
 */
export function tableOfResult(
  boardSerialNumber: string,
  result: CalibrationResult,
  measured: Measured,
): CalibrationTable {
  const { phaseErrorRad, phaseIntervalRad, gain, gainInterval, elements, snrDb, numSlots, expectedErrorRad } =
    result;
  return calibrationTable({
    ...{ boardSerialNumber, phaseErrorRad, phaseIntervalRad, gain, gainInterval },
    dead: [...elements.follows.keys()].filter((n) => elements.follows[n] === 0),
    measured: { snr: snrDb, slots: numSlots, residual: expectedErrorRad, ...measured },
  });
}

/** The same table with what `delays` found: its phases belong to its delays, and take the place of others. */
export function tableWithDelays(
  table: CalibrationTable,
  { phaseErrorRad, delayErrorS, lineErrorS, delayGainError }: DelayResult,
): CalibrationTable {
  return { ...table, phaseErrorRad, delayErrorS, lineErrorS, delayGainError };
}

/** The same table with what `codeStates` found. */
export function tableWithCodes(table: CalibrationTable, { codeErrorRad }: CodeStates): CalibrationTable {
  return { ...table, codeErrorRad };
}
