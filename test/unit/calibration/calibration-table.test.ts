import { expect, test } from 'vitest';
import {
  correctCodeword,
  parseCalibrationTable,
  requireCalibrationOf,
} from '../../../calibration/calibration-table.js';
import type { BoardDescription } from '../../../drivers/array-board.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { Random } from '../../../src/core/random.js';
import { quantise } from '../../../src/realisation/quantise.js';
import { settingsWeights } from '../../../src/realisation/realised.js';

const numElements = 64;
const carrierHz = 100e9;
const array = new LinearArray({ numElements, carrierHz });
const polar = new PolarCodebook(array, { numRings: 6 });
const board: BoardDescription = {
  model: 'm',
  serialNumber: 'A-7',
  firmware: '1',
  protocolVersion: '1.0',
  numElements,
  phaseBits: 6,
  delayBits: 0,
  delayLsbS: 0,
  delayRangeS: 0,
  amplitudeBits: 1,
  lineBits: 0,
  delayLinesS: null,
  memoryDepth: 16,
  queueDepth: 16,
  switchTimeS: 1e-6,
  clockRateHz: 1e8,
};

/** Amplitude gain at the codeword's own focus of a board whose elements have these phase errors. */
function gainAtFocus(corrected: boolean, errors: Float64Array): number {
  const codeword = polar.codeword({ ring: 2, angleIndex: 40 });
  const sinAngle = (2 * 40 - 65) / 64;
  const distanceM = polar.ringDistancesM[1]! * (1 - sinAngle ** 2);
  const [x, y] = [distanceM * Math.sqrt(1 - sinAngle ** 2), distanceM * sinAngle];
  const table = parseCalibrationTable(
    JSON.stringify({ board: 'A-7', phaseError: { unit: 'rad', values: [...errors] } }),
    'table.yaml',
  );
  const told = corrected ? correctCodeword(codeword, table) : codeword;
  const { re, im } = settingsWeights(quantise(told, board, carrierHz).settings, board, carrierHz);
  const wavenumber = (2 * Math.PI * carrierHz) / array.speedOfLightMPerS;
  let [sumRe, sumIm] = [0, 0];
  for (let n = 0; n < numElements; n++) {
    const elementY = ((2 * (n + 1) - numElements - 1) / 2) * array.spacingM;
    const phase = errors[n]! - wavenumber * Math.hypot(x, elementY - y);
    sumRe += re[n]! * Math.cos(phase) - im[n]! * Math.sin(phase);
    sumIm += re[n]! * Math.sin(phase) + im[n]! * Math.cos(phase);
  }
  return Math.hypot(sumRe, sumIm) / Math.sqrt(numElements);
}

test('a corrected codeword focuses again where an uncalibrated array lost the beam', () => {
  const random = new Random('phase errors');
  const errors = Float64Array.from({ length: numElements }, () => 1.2 * random.normal());
  // exp(-1.2^2/2) = 0.49 is expected of errors of 1.2 rad rms, give or take 1/sqrt(64).
  expect(gainAtFocus(false, errors)).toBeLessThan(0.7);
  // Six phase bits lose (2 pi / 64)^2 / 24 = 0.04 % of the amplitude on average.
  expect(gainAtFocus(true, errors)).toBeGreaterThan(0.998);
});

test('delay errors come off the delays, where both are there', () => {
  const codeword = {
    ...polar.codeword({ ring: 1, angleIndex: 1 }),
    delayS: new Float64Array(numElements).fill(5e-12),
  };
  const phaseError = new Array<number>(numElements).fill(0);
  const delayError = Array.from({ length: numElements }, (_, n) => `${n * 1e-14} s`);
  const withDelays = parseCalibrationTable(JSON.stringify({ board: 'A-7', phaseError, delayError }), 't');
  expect(correctCodeword(codeword, withDelays).delayS![10]).toBeCloseTo(5e-12 - 1e-13, 20);
  const without = parseCalibrationTable(JSON.stringify({ board: 'A-7', phaseError }), 't');
  expect(correctCodeword(codeword, without).delayS).toBe(codeword.delayS);
});

test.each([
  [
    'of another board',
    { board: 'B-1', phaseError: new Array(64).fill(0) },
    /of board B-1; this is board A-7/,
  ],
  ['of another size', { board: 'A-7', phaseError: [0, 0] }, /lists 2 elements; the board has 64/],
  [
    'with delays that the board lacks',
    { board: 'A-7', phaseError: new Array(64).fill(0), delayError: new Array(64).fill(0) },
    /has no delays/,
  ],
])('a table %s is refused', (_, table, message) => {
  const parsed = parseCalibrationTable(JSON.stringify(table), 'table.yaml');
  expect(() => requireCalibrationOf(board, parsed)).toThrow(message);
});

test('a table with a wrong unit is refused with the file and the key', () => {
  expect(() => parseCalibrationTable('board: A-7\nphaseError: [3 kg]\n', 'table.yaml')).toThrow(
    BeamloopError,
  );
  expect(() => parseCalibrationTable('board: A-7\nphaseError: [3 kg]\n', 'table.yaml')).toThrow(
    /table\.yaml:2/,
  );
});
