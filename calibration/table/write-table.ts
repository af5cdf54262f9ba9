/** A calibration table as a file. */
import { formatQuantity } from '../../src/core/units.js';
import type { CalibrationTable } from '../calibration-table.js';
import { hashOf } from './table-hash.js';

const DEGREES = 180 / Math.PI;

/**
 * YAML that `parseCalibrationTable` reads, one key a line, with the hash of its contents. Angles are in degrees, delays in ps, gains in dB;
 * elements count from 1.
 */
export function calibrationTableText(table: CalibrationTable): string {
  const { boardSerialNumber, lineErrorS, codeErrorRad, dead, stuck, measured } = table;
  const { carrier, bandwidth, snr, residual, ...plain } = measured;
  const entries: [string, unknown][] = [
    ['board', boardSerialNumber],
    ['phaseError', inUnit('deg', table.phaseErrorRad, DEGREES)],
    ['delayError', inUnit('ps', table.delayErrorS, 1e12)],
    ['lineError', lineErrorS?.map((line) => inUnit('ps', line, 1e12))],
    ['delayGainError', inUnit('percent', table.delayGainError, 100)],
    ['gain', inUnit('dB', inDb(table.gain), 1)],
    ['phaseInterval', inUnit('deg', table.phaseIntervalRad, DEGREES)],
    ['gainInterval', inUnit('dB', inDb(table.gainInterval?.map((ratio) => 1 + ratio) ?? null), 1)],
    ['dead', dead.length === 0 ? undefined : dead.map((n) => n + 1)],
    ['stuck', stuck.length === 0 ? undefined : stuck.map((n) => n + 1)],
    [
      'codeError',
      codeErrorRad === null
        ? undefined
        : { unit: 'deg', values: codeErrorRad.map((codes) => inUnit('deg', codes, DEGREES)!.values) },
    ],
    [
      'measured',
      Object.keys(measured).length === 0
        ? undefined
        : {
            ...plain,
            ...(carrier !== undefined && { carrier: formatQuantity(carrier, 'Hz') }),
            ...(bandwidth !== undefined && { bandwidth: formatQuantity(bandwidth, 'Hz') }),
            ...(snr !== undefined && { snr: `${rounded(snr)} dB` }),
            ...(residual !== undefined && { residual: `${rounded(residual * DEGREES)} deg` }),
          },
    ],
  ];
  const lines = entries.flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [`${key}: ${JSON.stringify(value)}\n`],
  );
  const text = lines.join('');
  return `${text}hash: "${hashOf(text, table.file)}"\n`;
}

/** Undefined for what is not known. */
function inUnit(unit: string, values: Float64Array | null, factor: number) {
  return values === null ? undefined : { unit, values: Array.from(values, (x) => rounded(x * factor)) };
}

/** Elements that radiate nothing have no level; the least that a table can say stands for it. */
function inDb(gain: Float64Array | null): Float64Array | null {
  return gain?.map((ratio) => 20 * Math.log10(Math.max(ratio, 1e-4))) ?? null;
}

/** Far below any interval. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}
