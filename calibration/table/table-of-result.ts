/** A calibration's result as a table. */
import { type CalibrationTable, calibrationTable } from '../calibration-table.js';
import type { CalibrationResult } from '../procedures/calibration-result.js';
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
