/** Whether a table goes with what it is to be used for: things that do not forbid it, but that people should know. */
import { formatQuantity } from '../../src/core/units.js';
import type { CalibrationTable } from '../calibration-table.js';

/** Kelvin, seconds, and share of the carrier, beyond which a word is said. */
const WARMER_K = 10;
const OLD_S = 30 * 86_400;
const OFF_CARRIER = 0.01;

export interface TableUse {
  readonly carrierHz?: number;
  readonly bandwidthHz?: number;
  /** Of the board now, degrees Celsius. */
  readonly temperatureC?: number;
  readonly firmware?: string;
  /** ms since 1970. */
  readonly nowMs?: number;
}

/** One sentence each; none where all that is known fits. Tables that do not say how they were measured warn of nothing. */
export function tableWarnings({ measured }: CalibrationTable, use: TableUse): string[] {
  const warnings: string[] = [];
  const { carrier, bandwidth, temperatureC, date, firmware } = measured;
  if (carrier !== undefined && use.carrierHz !== undefined) {
    const off = Math.abs(use.carrierHz - carrier);
    if (off > OFF_CARRIER * carrier) {
      warnings.push(
        `The table was measured at ${formatQuantity(carrier, 'Hz')}; phases at ${formatQuantity(use.carrierHz, 'Hz')} are others`,
      );
    }
  }
  if (bandwidth !== undefined && use.bandwidthHz !== undefined && use.bandwidthHz > 1.5 * bandwidth) {
    warnings.push(
      `The table was measured over ${formatQuantity(bandwidth, 'Hz')}; it says little of the rest of ${formatQuantity(use.bandwidthHz, 'Hz')}`,
    );
  }
  if (temperatureC !== undefined && use.temperatureC !== undefined) {
    const warmerK = use.temperatureC - temperatureC;
    if (Math.abs(warmerK) > WARMER_K) {
      warnings.push(
        `The board is ${Math.abs(warmerK).toFixed(0)} K ${warmerK > 0 ? 'warmer' : 'colder'} than when the table was measured (${temperatureC} degrees C)`,
      );
    }
  }
  if (date !== undefined && use.nowMs !== undefined) {
    const ageS = (use.nowMs - Date.parse(date)) / 1000;
    if (ageS > OLD_S) warnings.push(`The table is ${Math.round(ageS / 86_400)} days old`);
    if (ageS < -86_400) warnings.push(`The table is dated ${date}, which is in the future`);
  }
  if (firmware !== undefined && use.firmware !== undefined && firmware !== use.firmware) {
    warnings.push(`The table was measured with firmware ${firmware}; the board runs ${use.firmware}`);
  }
  return warnings;
}
