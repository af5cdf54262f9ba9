/**
 * A controller that is killed at any moment, and its resumption too, leaves in the end the recording of an undisturbed run.
 * BEAMLOOP_TEST_KILLS=200 tries more moments, BEAMLOOP_TEST_FIRST_KILL=1000 others.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { claimedTables, decided, Running, writeScenario } from './campaign-runs.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NUM_KILLS = Number(process.env.BEAMLOOP_TEST_KILLS ?? 2);
const FIRST_KILL = Number(process.env.BEAMLOOP_TEST_FIRST_KILL ?? 0);

/** One kill of so many falls into the first moments of a recording: the first does. */
const ONE_EARLY_OF = 3;
const EARLY_MS = 100;

const noise = '{ drop: 0.0002, flip: 0.0002, duplicate: 0.0002 }';
const SCENARIOS: readonly string[] = [
  // A memory that takes its time lets kills fall into the middle of batches.
  writeScenario(folder, 'slow', '{ faults: { slowMemory: 5 ms } }'),
  writeScenario(
    folder,
    'rough',
    `{ faults: { toBoard: ${noise}, toHost: ${noise}, events: [{ atSlot: 90, action: unplug, for: 200 ms }] } }`,
  ),
  writeWideband(),
];

function writeWideband(): string {
  const file = path.join(folder, 'wideband.yaml');
  writeFileSync(
    file,
    `seed: 3
array: { elements: 64, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: 256, sector: { angle: 60 deg, distance: [1 m, 6 m] } }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6, delayBits: 16, delayLsb: 2.1 ps, faults: { slowMemory: 20 ms } } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: { name: tdps, pilots: 3 }
channel: { beamformedSnr: 20 dB, scatterers: 0 }
users: { count: 12 }
`,
  );
  return file;
}

interface Undisturbed {
  readonly tables: Promise<unknown>;
  /** From when its recording could be seen to its end. */
  readonly durationMs: Promise<number>;
}
const undisturbed = new Map<string, Undisturbed>();

function undisturbedRun(scenario: string): Undisturbed {
  const known = undisturbed.get(scenario);
  if (known !== undefined) return known;
  const run = path.join(folder, `${path.basename(scenario, '.yaml')}-undisturbed`);
  const running = new Running(['run', scenario, '--out', run, '--no-report']);
  const durationMs = recordingSeen(run, running).then(async () => {
    const since = performance.now();
    const { code, stderr } = await running.end();
    expect(code, stderr).toBe(0);
    return performance.now() - since;
  });
  const made = { durationMs, tables: durationMs.then(() => claimedTables(run)) };
  undisturbed.set(scenario, made);
  return made;
}

/** Resolves when the recording can be seen, or the command has ended. */
async function recordingSeen(run: string, running: Running): Promise<void> {
  while (!existsSync(path.join(run, 'recording.duckdb')) && running.process.exitCode === null)
    await setTimeout(1);
}

describe('a controller that is killed', () => {
  const numbers = Array.from({ length: NUM_KILLS }, (_, k) => FIRST_KILL + k);
  it.each(numbers)(
    'at moment %i, and resumed until it is done, leaves what an undisturbed run leaves',
    async (number) => {
      const random = new Random(7, 'kill', number);
      const early = number % ONE_EARLY_OF === 0;
      const scenario = SCENARIOS[Math.floor(random.uniform() * SCENARIOS.length)]!;
      const { tables, durationMs } = undisturbedRun(scenario);
      const longest = await durationMs;
      const run = path.join(folder, `killed-${number}`);

      const moment = () => random.uniform() * longest;
      // Whoever is killed as it resumes may be killed again.
      const kills = [
        early ? random.uniform() * EARLY_MS : moment(),
        ...(random.uniform() < 0.4 ? [moment(), moment()] : []),
      ];
      const commandLine = () => [
        ...(existsSync(path.join(run, 'recording.duckdb'))
          ? ['resume', run]
          : ['run', scenario, '--out', run]),
        '--no-report',
      ];
      for (const waitMs of kills) {
        const running = new Running(commandLine());
        const seen = recordingSeen(run, running);
        // A kill before the recording can be seen: as the program starts.
        if (early && random.uniform() < 0.2) await setTimeout(random.uniform() * 1000);
        else await seen.then(() => setTimeout(waitMs));
        running.process.kill('SIGKILL');
        const { code, stderr } = await running.end();
        if (code === 0) break;
        expect(code, stderr).toBeNull();
      }

      const before = existsSync(path.join(run, 'recording.duckdb')) ? await decided(run) : null;
      const last = await new Running(commandLine()).end();
      expect(last.code, last.stderr).toBe(0);
      expect(await claimedTables(run)).toEqual(await tables);
      if (before !== null) {
        // What was on disk is still there, as it was.
        const after = await decided(run);
        for (const table of ['receipts', 'powers', 'estimates'] as const) {
          const kept = new Set(after[table].map((row) => JSON.stringify(row)));
          expect(before[table].filter((row) => !kept.has(JSON.stringify(row)))).toEqual([]);
        }
      }
      rmSync(run, { recursive: true });
    },
  );
});
