/** A table in a few lines, for people. */
import { formatQuantity } from '../../src/core/units.js';
import { type CalibrationTable, silentElements } from '../calibration-table.js';

const DEGREES = 180 / Math.PI;

/** Ready to print; elements count from 1. */
export function tableSummary(table: CalibrationTable): string[] {
  const { boardSerialNumber, phaseErrorRad, delayErrorS, lineErrorS, delayGainError, codeErrorRad, gain } =
    table;
  const { measured, phaseIntervalRad, dead, stuck } = table;
  const silent = silentElements(table);
  const spread = (values: Float64Array) => {
    const counted = [...values].filter((_, n) => !silent.has(n));
    const mean = counted.reduce((a, b) => a + b, 0) / Math.max(1, counted.length);
    return Math.sqrt(counted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, counted.length));
  };
  const named = (elements: readonly number[]) => elements.map((n) => n + 1).join(', ');
  const { date, procedure, carrier, bandwidth, temperatureC, firmware, snr, slots, residual, positions } =
    measured;
  const how = [
    ...(date === undefined ? [] : [date]),
    ...(procedure === undefined ? [] : [`by ${procedure}`]),
    ...(slots === undefined ? [] : [`${slots} slots`]),
    ...(positions === undefined
      ? []
      : [`${positions.length} position${positions.length === 1 ? '' : 's'} of the receiver`]),
    ...(snr === undefined ? [] : [`${snr.toFixed(1)} dB`]),
    ...(carrier === undefined ? [] : [formatQuantity(carrier, 'Hz')]),
    ...(bandwidth === undefined ? [] : [`over ${formatQuantity(bandwidth, 'Hz')}`]),
    ...(temperatureC === undefined ? [] : [`${temperatureC} degrees C`]),
    ...(firmware === undefined ? [] : [`firmware ${firmware}`]),
  ];
  const line = (of: boolean, words: () => string) => (of ? [words()] : []);
  return [
    `board ${boardSerialNumber}: ${phaseErrorRad.length} elements`,
    ...line(how.length > 0, () => `measured: ${how.join(', ')}`),
    `phase: ${(spread(phaseErrorRad) * DEGREES).toFixed(1)} degrees rms` +
      (phaseIntervalRad === null
        ? ''
        : `, known to within ${(median(phaseIntervalRad) * DEGREES).toFixed(1)} degrees (95 %, median)`) +
      (residual === undefined ? '' : `; ${(residual * DEGREES).toFixed(1)} degrees rms expected to be left`),
    ...line(
      gain !== null,
      () => `gain: ${spread(gain!.map((x) => 20 * Math.log10(Math.max(x, 1e-4)))).toFixed(2)} dB rms`,
    ),
    ...line(delayErrorS !== null, () => `delay: ${(spread(delayErrorS!) * 1e12).toFixed(2)} ps rms`),
    ...(lineErrorS ?? []).map((each, l) => `line ${l + 1}: ${(spread(each) * 1e12).toFixed(2)} ps rms`),
    ...line(delayGainError !== null, () => `delay gain: ${(100 * spread(delayGainError!)).toFixed(2)} % rms`),
    ...line(
      codeErrorRad !== null,
      () =>
        `codes: ${(spread(Float64Array.from(codeErrorRad!.flatMap((codes) => [...codes]))) * DEGREES).toFixed(1)} degrees rms over ${codeErrorRad![0]!.length} codes`,
    ),
    ...line(dead.length > 0, () => `dead: ${named(dead)}`),
    ...line(stuck.length > 0, () => `stuck: ${named(stuck)}`),
    ...(measured.notes ?? []).map((note) => `note: ${note}`),
  ];
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1]!;
}
