/** Tables as files: all that one can say survives, and wrong ones are told in one line. */
import { expect, test } from 'vitest';
import { calibrationTable, parseCalibrationTable } from '../../../../calibration/calibration-table.js';
import { compareTables } from '../../../../calibration/table/compare-tables.js';
import { mergeTables } from '../../../../calibration/table/merge-tables.js';
import { tableSummary } from '../../../../calibration/table/show-table.js';
import { csvOfTable, tableFromCsv } from '../../../../calibration/table/table-csv.js';
import { tableWarnings } from '../../../../calibration/table/table-fit.js';
import { calibrationTableText } from '../../../../calibration/table/write-table.js';
import { Random } from '../../../../src/core/random.js';
import { DEGREE } from '../../../fixtures/calibration-rig.js';

const random = new Random('tables');
const draws = (count: number, size: number) =>
  Float64Array.from({ length: count }, () => size * random.normal());
const full = calibrationTable({
  file: 'full.yaml',
  boardSerialNumber: 'A-7',
  phaseErrorRad: draws(40, 0.5),
  delayErrorS: draws(40, 20e-12),
  lineErrorS: [draws(40, 2e-12), draws(40, 2e-12)],
  delayGainError: draws(40, 0.01),
  codeErrorRad: Array.from({ length: 40 }, () => draws(8, 0.05)),
  gain: draws(40, 0.05).map(Math.exp),
  phaseIntervalRad: draws(40, 0.1).map(Math.abs),
  gainInterval: draws(40, 0.1).map(Math.abs),
  dead: [3, 39],
  stuck: [0],
  measured: {
    firmware: '1.2.0',
    carrier: 28e9,
    bandwidth: 400e6,
    temperatureC: 31.5,
    date: '2026-03-14T09:30:00Z',
    procedure: 'hadamard',
    settings: { passes: 2, steps: 4 },
    positions: [[10, 2]],
    snr: 20.1,
    slots: 2056,
    residual: 0.05,
    notes: ['outdoors'],
  },
});

test('what is written is what was known', () => {
  const text = calibrationTableText(full);
  const read = parseCalibrationTable(text, 'full.yaml');
  for (const name of [
    'phaseErrorRad',
    'gain',
    'delayGainError',
    'phaseIntervalRad',
    'gainInterval',
  ] as const) {
    for (let n = 0; n < 40; n++) expect(Math.abs(read[name]![n]! - full[name]![n]!)).toBeLessThan(1e-5);
  }
  for (let n = 0; n < 40; n++) {
    expect(Math.abs(read.delayErrorS![n]! - full.delayErrorS![n]!)).toBeLessThan(1e-16);
    expect(Math.abs(read.lineErrorS![1]![n]! - full.lineErrorS![1]![n]!)).toBeLessThan(1e-16);
    expect(Math.abs(read.codeErrorRad![n]![5]! - full.codeErrorRad![n]![5]!)).toBeLessThan(1e-5);
  }
  expect([read.dead, read.stuck]).toEqual([full.dead, full.stuck]);
  expect(text).toMatch(/^dead: \[4,40\]$/m);
  expect(read.measured).toEqual({ ...full.measured, residual: expect.closeTo(0.05, 5) });
  expect(calibrationTableText(read)).toBe(text);
});

test('a table says in a few lines what it is', () => {
  const lines = tableSummary(full).join('\n');
  expect(lines).toMatch(/board A-7: 40 elements/);
  expect(lines).toMatch(
    /measured: 2026-03-14T09:30:00Z, by hadamard, 2056 slots, 1 position of the receiver, 20\.1 dB, 28 GHz/,
  );
  expect(lines).toMatch(/dead: 4, 40\nstuck: 1\nnote: outdoors/);
});

test.each([
  [
    'one phase changed',
    (text: string) => text.replace(/"values":\[[-\d.]+,/, '"values":[0.25,'),
    /changed after it was written/,
  ],
  [
    'degrees taken for radians',
    (text: string) => text.replace('"unit":"deg"', '"unit":"rad"'),
    /not -?\d[\d.]* rad: if these are degrees, the unit is deg/,
  ],
  [
    'an element counted from 0',
    (text: string) => text.replace('dead: [4,', 'dead: [0,'),
    /counted from 1 in tables; 0 is none/,
  ],
  [
    'an element beyond the last',
    (text: string) => text.replace('dead: [4,', 'dead: [41,'),
    /names element 41 of 40/,
  ],
  [
    'an element named twice',
    (text: string) => text.replace('stuck: [1]', 'stuck: [40]'),
    /names element 40 twice/,
  ],
  [
    'a missing gain',
    (text: string) => text.replace(/^(gain: .*?"values":\[)[^,]*,/m, '$1'),
    /phases of 40 elements and gain of 39/,
  ],
  [
    'a missing code',
    (text: string) => text.replace(/^(codeError: .*?"values":\[\[)[^,]*,/m, '$1'),
    /lists 8 codes of element 2 and 7 of the first/,
  ],
  [
    'not a number',
    (text: string) => text.replace(/^(phaseError: .*?"values":\[)[^,]*,/m, '$1.nan,'),
    /phaseError/,
  ],
])('refused in one message: %s', (_, change, message) => {
  const changed = change(calibrationTableText(full));
  expect(changed).not.toBe(calibrationTableText(full));
  expect(() => parseCalibrationTable(changed, 'full.yaml')).toThrow(message);
});

test('two tables differ by what differs, and not by a phase common to all', () => {
  const off = draws(40, 3 * DEGREE);
  const phaseErrorRad = full.phaseErrorRad.map((rad, n) => rad + 2 + off[n]!);
  const interval = new Float64Array(40).fill(2 * 1.96 * DEGREE);
  const [first, second] = [
    { ...full, phaseIntervalRad: interval },
    { ...full, phaseErrorRad, phaseIntervalRad: interval, dead: [3, 7] },
  ];
  const found = compareTables(first, second);
  const counted = [...off].filter((_, n) => ![0, 3, 7, 39].includes(n));
  const mean = counted.reduce((a, b) => a + b) / counted.length;
  const rms = Math.sqrt(counted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / counted.length);
  expect(found.commonRad).toBeCloseTo(2 + mean, 3);
  expect(found.rmsRad).toBeCloseTo(rms, 3);
  expect(found.explainedRad! / DEGREE).toBeCloseTo(Math.hypot(2, 2), 3);
  expect(found.worstRad).toBeCloseTo(Math.max(...counted.map((x) => Math.abs(x - mean))), 3);
  expect([found.newlySilent, found.revived]).toEqual([[7], [39]]);
  expect([found.gainRmsDb, found.delayRmsS]).toEqual([0, 0]);
  expect(() => compareTables(full, { ...full, boardSerialNumber: 'B' })).toThrow(
    /board A-7, the other of board B/,
  );
});

test('merged tables are nearer to the truth than either, and what one alone knows stays', () => {
  const truth = draws(40, 0.5);
  const interval = new Float64Array(40).fill(0.2);
  const measuredOnce = (shiftRad: number) =>
    calibrationTable({
      boardSerialNumber: 'A-7',
      phaseErrorRad: truth.map((x) => x + shiftRad + 0.1 * random.normal()),
      phaseIntervalRad: interval,
    });
  const [first, second] = [measuredOnce(0), { ...measuredOnce(3), dead: [5] }];
  const merged = mergeTables({ ...first, gain: full.gain }, second);
  const offBy = (table: typeof first) =>
    compareTables(calibrationTable({ boardSerialNumber: 'A-7', phaseErrorRad: truth }), table).rmsRad;
  expect(offBy(merged)).toBeLessThan((0.85 * Math.hypot(offBy(first), offBy(second))) / Math.SQRT2);
  expect(merged.phaseIntervalRad![2]).toBeCloseTo(0.2 / Math.SQRT2, 9);
  expect([merged.dead, merged.gain]).toEqual([[5], full.gain]);
});

test('a table warns where it is not used as it was measured', () => {
  const nowMs = Date.parse('2026-03-20T00:00:00Z');
  expect(tableWarnings(full, { carrierHz: 28e9, temperatureC: 33, firmware: '1.2.0', nowMs })).toEqual([]);
  const use = {
    carrierHz: 26e9,
    bandwidthHz: 1e9,
    temperatureC: 55,
    firmware: '2.0',
    nowMs: Date.parse('2026-09-01'),
  };
  expect(tableWarnings(full, use)).toEqual([
    'The table was measured at 28 GHz; phases at 26 GHz are others',
    'The table was measured over 400 MHz; it says little of the rest of 1 GHz',
    'The board is 24 K warmer than when the table was measured (31.5 degrees C)',
    'The table is 171 days old',
    'The table was measured with firmware 1.2.0; the board runs 2.0',
  ]);
  expect(
    tableWarnings(calibrationTable({ boardSerialNumber: 'A', phaseErrorRad: truthless() }), use),
  ).toEqual([]);
});

test('CSV goes out and comes back', () => {
  const read = tableFromCsv(csvOfTable(full), { boardSerialNumber: 'A-7', file: 'a.csv' });
  for (let n = 0; n < 40; n++) {
    expect(read.phaseErrorRad[n]).toBeCloseTo(full.phaseErrorRad[n]!, 5);
    expect(read.gain![n]).toBeCloseTo(full.gain![n]!, 4);
  }
});

const csv = (rows: readonly string[], header = 'element,phaseDeg') => `${header}\n${rows.join('\n')}\n`;
const numbered = (first: number, of: (k: number) => number = () => 1) =>
  Array.from({ length: 40 }, (_, k) => `${k + first},${of(k)}`);

test('the base of counting is found out where the file shows it', () => {
  const at = (text: string, firstElement?: 0 | 1) =>
    tableFromCsv(text, {
      boardSerialNumber: 'A',
      file: 'a.csv',
      ...(firstElement !== undefined && { firstElement }),
    }).phaseErrorRad;
  expect(at(csv(numbered(0, (k) => k)))[39]! / DEGREE).toBeCloseTo(39, 9);
  expect(at(csv(numbered(1, (k) => k)))[39]! / DEGREE).toBeCloseTo(39, 9);
  expect(at('1;5\n0;7\n')[0]! / DEGREE).toBeCloseTo(7, 9);
  expect(at(csv(['1,0.1', '2,0.2'], 'Index,Phase (rad)'))[1]).toBeCloseTo(0.2, 12);
});

test.each([
  ['a missing element', csv(numbered(1).toSpliced(16, 1)), {}, /39 elements up to 40; element 17 is missing/],
  ['an element twice', csv([...numbered(1), '5,1']), {}, /Element 5 is listed twice/],
  ['a base that is not so', csv(numbered(1)), { firstElement: 0 as const }, /elements 1 to 40 and no 0/],
  ['a base that is not so either', csv(numbered(0)), { firstElement: 1 as const }, /has an element 0/],
  ['a part of an array', csv(numbered(5)), {}, /element 1 is missing.*from 0 or from 1/],
  ['no number', csv(['1,NaN', '2,3']), {}, /Row 2 has 'NaN' for its phase/],
  ['nothing', csv(['1,', '2,3']), {}, /Row 2 has '' for its phase/],
  [
    'degrees as radians',
    csv(
      numbered(1, (k) => 4 * k),
      'element,phaseRad',
    ),
    {},
    /go up to 156, beyond a whole turn: these are degrees/,
  ],
  [
    'radians as degrees',
    csv(numbered(1, (k) => -3.14 + (6.28 * k) / 39)),
    {},
    /spread evenly from -3\.14 to 3\.14: these are radians/,
  ],
  ['other columns', csv(['1,2'], 'port,phase'), {}, /The columns are port, phase/],
  ['no rows', csv([]), {}, /lists no elements/],
])('CSV with %s is refused', (_, text, options, message) => {
  expect(() => tableFromCsv(text, { boardSerialNumber: 'A', file: 'a.csv', ...options })).toThrow(message);
});

test('small phases in degrees are degrees', () => {
  const text = csv(numbered(1, (k) => Math.sin(k)));
  expect(
    tableFromCsv(text, { boardSerialNumber: 'A', file: 'a.csv' }).phaseErrorRad[1]! / DEGREE,
  ).toBeCloseTo(Math.sin(1), 9);
});

function truthless(): Float64Array {
  return new Float64Array(4);
}
