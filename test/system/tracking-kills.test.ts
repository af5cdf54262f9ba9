/**
 * A tracking run that is killed at any moment, and resumed until it is done, leaves the tables of an undisturbed run.
 * BEAMLOOP_TEST_KILLS=10 tries more moments, BEAMLOOP_TEST_FIRST_KILL=1000 others.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { Recording } from '../../src/record/recording.js';
import { Running } from './campaign-runs.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-tracking-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NUM_KILLS = Number(process.env.BEAMLOOP_TEST_KILLS ?? 1);
const FIRST_KILL = Number(process.env.BEAMLOOP_TEST_FIRST_KILL ?? 0);

const scenario = path.join(folder, 'tracked.yaml');
writeFileSync(
  scenario,
  `seed: 7
array: { elements: 64, carrier: 60 GHz, rings: 4 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0 }
sensors: { position: 0.2 m, rate: 80 Hz, latency: 7 ms }
users:
  - { id: ada, motion: { kind: line, start: [8 m, -5 m], velocity: [0 m/s, 4 m/s] }, blocked: [[0.5 s, 0.7 s]] }
  - { id: bela, motion: { kind: line, start: [9 m, 4 m], velocity: [0.5 m/s, -3 m/s] } }
tracking: { epoch: 20 ms, duration: 1.2 s, tracker: ekf-position, codebook: { directions: 64, rings: 4 } }
`,
);

async function tables(run: string) {
  const recording = await Recording.open(run, 'read');
  try {
    const named = [
      'epochs',
      'predictions',
      'positions',
      'sensor_reports',
      'slots',
      'powers',
      'estimates',
    ] as const;
    return Object.fromEntries(
      await Promise.all(named.map(async (table) => [table, await recording.rows(table)] as const)),
    );
  } finally {
    await recording.close();
  }
}

async function recordingSeen(run: string, running: Running): Promise<void> {
  while (!existsSync(path.join(run, 'recording.duckdb')) && running.process.exitCode === null)
    await setTimeout(1);
}

async function undisturbedRun() {
  const run = path.join(folder, 'undisturbed');
  const running = new Running(['run', scenario, '--out', run, '--no-report']);
  await recordingSeen(run, running);
  const sinceMs = performance.now();
  const { code, stderr } = await running.end();
  expect(code, stderr).toBe(0);
  return { durationMs: performance.now() - sinceMs, tables: await tables(run) };
}
let undisturbed: ReturnType<typeof undisturbedRun> | undefined;

describe('a tracking run that is killed', () => {
  it.each(Array.from({ length: NUM_KILLS }, (_, k) => FIRST_KILL + k))(
    'at moment %i, and resumed, leaves what an undisturbed one leaves',
    async (number) => {
      undisturbed ??= undisturbedRun();
      const { durationMs, tables: expected } = await undisturbed;
      const random = new Random(11, 'kill', number);
      const run = path.join(folder, `killed-${number}`);
      const commandLine = () =>
        existsSync(path.join(run, 'recording.duckdb')) ? ['resume', run] : ['run', scenario, '--out', run];
      for (let kill = 0; kill < 1 + (number % 2); kill++) {
        const running = new Running([...commandLine(), '--no-report']);
        await recordingSeen(run, running);
        await setTimeout(random.uniform() * durationMs);
        running.process.kill('SIGKILL');
        await running.end();
      }
      const { code, stderr } = await new Running([...commandLine(), '--no-report']).end();
      expect(code, stderr).toBe(0);
      expect(await tables(run)).toEqual(expected);
      rmSync(run, { recursive: true });
    },
  );
});
