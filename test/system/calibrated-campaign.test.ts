/** A run with a calibration table: an array whose elements are off by up to a turn finds its users again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IDEAL_RF, RfFrontEnd } from '../../drivers/emulator/rf.js';
import { beamloop, decided, writeScenario } from './campaign-runs.js';

const ERRORS = { phaseErrorRmsRad: 1.5, seed: 5 };
const EMULATED = '{ impairments: { phaseError: 1.5 rad } }';

let folder: string;

/** What a calibration would find: the phase that each element of the emulated board adds. */
function writeTable(board: string, elements = 128): void {
  const format = { numElements: elements, phaseBits: 6, delayLsbS: 0, delayLinesS: null, amplitudeBits: 1 };
  const { re, im } = new RfFrontEnd(format, { ...IDEAL_RF, ...ERRORS }).weights({
    phaseCode: new Uint16Array(elements),
    delayCode: null,
    amplitudeCode: null,
    lineCode: null,
  });
  const phaseError = { unit: 'rad', values: Array.from(re, (x, n) => Math.atan2(im[n]!, x)) };
  writeFileSync(path.join(folder, 'table.yaml'), JSON.stringify({ board, phaseError }));
}

/** The scenario with the calibration table of the same folder. */
function writeCalibrated(): string {
  const file = writeScenario(folder, 'calibrated', EMULATED);
  writeFileSync(file, readFileSync(file, 'utf8').replace('baud: 3e6', 'baud: 3e6, calibration: table.yaml'));
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-calibrated-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Strongest received power of each user, linear. */
async function strongest(run: string): Promise<number[]> {
  const { powers } = await decided(run);
  return ['ada', 'bela', 'chen'].map((ue) =>
    Math.max(...powers.filter((row) => row.ue === ue).flatMap((row) => [...row.powers])),
  );
}

it('finds every user with the table, with far more power than without', async () => {
  writeTable('EMU-0001');
  const calibrated = path.join(folder, 'with');
  const run = await beamloop('run', writeCalibrated(), '--out', calibrated, '--no-report');
  expect(run.code).toBe(0);
  const { users, estimates } = await decided(calibrated);
  for (const user of users) {
    expect(estimates.find(({ ue }) => ue === user.ue)!.codewordKey).toBe(user.bestKey);
  }
  const plain = path.join(folder, 'without');
  // Beams that are none are no evidence of where anybody is.
  const blind = await beamloop(
    'run',
    writeScenario(folder, 'plain', EMULATED),
    '--out',
    plain,
    '--no-report',
  );
  expect(blind.code).toBe(6);
  expect(blind.stderr).toContain('NO_EVIDENCE');
  // Phase errors of 1.5 rad rms leave exp(-1.5^2) = 11 % of the power on average.
  const without = await strongest(plain);
  for (const [k, power] of (await strongest(calibrated)).entries())
    expect(power).toBeGreaterThan(3 * without[k]!);
});

it.each([
  ['of another board', 'ANOTHER', 128, /of board ANOTHER; this is board EMU-0001 \(table\.yaml\)/],
  ['of another length', 'EMU-0001', 64, /lists 64 elements; the board has 128 \(table\.yaml\)/],
])('refuses a table %s, in a dry run too', async (_what, board, elements, expected) => {
  writeTable(board, elements);
  for (const more of [['--dry-run'], ['--out', path.join(folder, `refused-${board}`), '--no-report']]) {
    const run = await beamloop('run', writeCalibrated(), ...more);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(expected);
    expect(run.stderr).toContain('[BOARD_MISMATCH]');
  }
});

it('takes a real board for the one that the table is of, until it is opened', async () => {
  writeTable('A7-0042');
  const file = writeCalibrated();
  writeFileSync(file, readFileSync(file, 'utf8').replace('port: emulated', 'port: /dev/ttyUSB0'));
  const run = await beamloop('run', file, '--dry-run');
  expect(run.code, run.stderr).toBe(0);
  writeTable('A7-0042', 64);
  expect((await beamloop('run', file, '--dry-run')).stderr).toContain('[BOARD_MISMATCH]');
});
