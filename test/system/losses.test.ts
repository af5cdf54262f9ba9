/** What a dry run foretells of the board's losses, what the run tells, and what the report says: the same account. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LOSS_STEPS } from '../../src/scenario/loss-account.js';
import { beamloop } from './campaign-runs.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-losses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** dB between what is foretold of many beams and what those of a few users lose. */
const BOUND_DB = 0.1;
const SCENARIO = `
array: { elements: 128, carrier: 30 GHz, speedOfLight: 3e8 m/s, bandwidth: 5 GHz, subcarriers: 256, sector: { angle: 60 deg, distance: [5 m, 30 m] } }
board:
  port: emulated
  emulated: { phaseBits: 6, delayBits: 16, delayLsb: 2.1 ps, lines: scheme, impairments: { lineError: 2 ps, delayError: 1 ps } }
slots: { duration: 125 us }
scheme: { name: tdps, pilots: 2, estimator: { name: matched-filter, directions: 128, rings: 6 } }
channel: { beamformedSnr: 20 dB, scatterers: 0 }
users: { count: 4 }
`;

it('lines that are 2 ps off and delays that are 1 ps off are foretold, accounted for, and reported', async () => {
  const file = path.join(folder, 'off.yaml');
  writeFileSync(file, SCENARIO);
  const dry = await beamloop('run', file, '--dry-run', '--json');
  const { serving, pilots } = JSON.parse(dry.stdout).plan.losses;
  expect(pilots.hardware.meanDb).toBeGreaterThan(0.4);
  const run = await beamloop('run', file, '--out', path.join(folder, 'run'), '--json');
  const { users, losses, wideband, report } = JSON.parse(run.stdout);
  for (const { powerDb, ratePercent } of [losses, ...users.map((user: { losses: object }) => user.losses)]) {
    for (const account of [powerDb, ratePercent]) {
      const sum = LOSS_STEPS.reduce((total, step) => total + account[step], 0);
      expect(sum).toBeCloseTo(account.total, 9);
    }
  }
  expect(losses.ratePercent.total).toBeCloseTo(wideband.boardLossPercent, 6);
  expect(Math.abs(losses.powerDb.hardware - serving.hardware.meanDb)).toBeLessThan(BOUND_DB);
  expect(Math.abs(losses.powerDb.quantisation - serving.quantisation.meanDb)).toBeLessThan(BOUND_DB);
  const page = readFileSync(report, 'utf8');
  const row = /<td>Mean of 4<\/td>(.*?)<\/tr>/.exec(page)![1]!;
  expect(row).toContain(`${losses.powerDb.hardware.toFixed(2)}\u00a0dB`);
  expect(row).toContain(`${losses.powerDb.total.toFixed(2)}\u00a0dB`);
  const people = await beamloop('run', file, '--dry-run');
  expect(people.stdout.replace(/\n +/g, ' ')).toContain(
    `errors ${serving.hardware.meanDb.toFixed(2)} dB (worst`,
  );
  expect(people.stdout).toMatch(/: 4 users, scheme tdps/);
  for (const line of people.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
