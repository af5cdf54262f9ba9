/** Campaigns of wideband schemes through everything: built program, serial port, emulated board and UEs, recording. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecordings } from '../../src/record/export/export.js';
import { Recording } from '../../src/record/recording.js';
import { html } from '../../src/report/page/html.js';
import { readScenario } from '../../src/scenario/scenario.js';
import { runScenarioStudy } from '../../src/study/scenario/scenario-study.js';
import { emulatedSection, standInBoard } from '../../src/testbed.js';
import { beamloop, decided, Running } from './campaign-runs.js';

const NUM_USERS = 8;
const NUM_SUBCARRIERS = 256;

let folder: string;
let file: string;
let first: string;

/** A matched filter on a small grid: quick, and it depends on what the board radiates. */
function scenarioText(emulated = '{ phaseBits: 5, delayBits: 14, delayLsb: 2.5 ps }', more = ''): string {
  return `seed: 5
array: { elements: 64, carrier: 30 GHz, speedOfLight: 3e8 m/s, bandwidth: 5 GHz, subcarriers: ${NUM_SUBCARRIERS}, sector: { angle: 60 deg, distance: [1 m, 6 m] } }
board: { port: emulated, baud: 3e6, emulated: ${emulated} }
slots: { duration: 125 us }
scheme: { name: tdps, pilots: 3, estimator: { name: matched-filter, directions: 256, rings: 4 } }
channel: { beamformedSnr: 15 dB, scatterers: 2 }
users: { count: ${NUM_USERS} }
${more}`;
}

function written(name: string, text: string): string {
  const target = path.join(folder, `${name}.yaml`);
  writeFileSync(target, text);
  return target;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-wideband-'));
  file = written('wide', scenarioText());
  first = path.join(folder, 'first');
  const run = await beamloop('run', file, '--out', first, '--no-report', '--json');
  const events = run.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const finished = events.filter(({ event }) => event === 'user finished');
  expect(finished.map(({ ueId }) => ueId)).toEqual(Array.from({ length: NUM_USERS }, (_, k) => `ue${k + 1}`));
  expect(run.code).toBe(0);
  writeFileSync(path.join(folder, 'first.json'), run.stdout);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a wideband campaign', () => {
  it('tells every user direction, ring and rate, and the means', () => {
    const outcome = JSON.parse(readFileSync(path.join(folder, 'first.json'), 'utf8'));
    expect(outcome.users).toHaveLength(NUM_USERS);
    let sum = 0;
    for (const { estimate, match, wideband } of outcome.users) {
      expect(match).toBeNull();
      expect(estimate.numPilots).toBe(3);
      expect(wideband.perfectRate).toBeGreaterThan(4);
      expect(wideband.rate).toBeLessThanOrEqual(wideband.perfectRate + 1e-9);
      expect(wideband.boardRate).toBeLessThanOrEqual(wideband.perfectRate + 1e-9);
      expect(wideband.lossPercent).toBeCloseTo(100 * (1 - wideband.rate / wideband.perfectRate), 9);
      sum += wideband.rate;
    }
    expect(outcome.wideband).toMatchObject({ users: NUM_USERS });
    expect(outcome.wideband.meanRate).toBeCloseTo(sum / NUM_USERS, 9);
    // Blind serving would yield a fraction of the perfect rate; trained users lose little.
    expect(outcome.wideband.lossPercent).toBeLessThan(25);
  });

  it('measures and decides what a study of the same scenario does', async () => {
    const { powers, estimates } = await decided(first);
    const scenario = readScenario(file, emulatedSection);
    const studied = new Map<number, { ue: string; powers: Float32Array }>();
    const { rows } = await runScenarioStudy(
      { kind: 'scenario', title: 't', scenario: file },
      scenario,
      standInBoard(scenario.scenario),
      { onSlot: (slot, ue, measured) => studied.set(slot, { ue, powers: measured }) },
    );
    expect(powers).toHaveLength(3 * NUM_USERS);
    expect(studied.size).toBe(powers.length);
    for (const { slot, ue, powers: recorded } of powers) {
      const expected = studied.get(slot)!;
      expect(expected.ue).toBe(ue);
      expect(recorded).toHaveLength(NUM_SUBCARRIERS);
      recorded.forEach((power, m) => {
        expect(Math.abs(power - expected.powers[m]!)).toBeLessThanOrEqual(2 ** -23 * expected.powers[m]!);
      });
    }
    const byUe = new Map(estimates.map((row) => [row.ue, row]));
    expect(rows).toHaveLength(NUM_USERS);
    for (const row of rows) {
      const estimate = byUe.get(row.ue as string)!;
      expect(estimate.codewordKey).toBe(`serving/${row.sinAngle}/${row.ringPerM}`);
      expect(row).toMatchObject({
        rate: estimate.rate,
        boardRate: estimate.boardRate,
        perfectRate: estimate.perfectRate,
        lastSlot: estimate.lastSlot,
      });
    }
  });

  it('is replayed to the same decisions from the powers of all subcarriers, or with another estimator', async () => {
    const same = JSON.parse((await beamloop('replay', first, '--json')).stdout);
    expect(same.users.map((user: { same: boolean }) => user.same)).toEqual(Array(NUM_USERS).fill(true));
    const other = JSON.parse((await beamloop('replay', first, '--estimator', 'on-grid', '--json')).stdout);
    expect(other.scheme.estimator).toEqual({ name: 'on-grid' });
    expect(other.users.some((user: { same: boolean }) => !user.same)).toBe(true);
    const pair = ['replay', first, '--estimator', 'auxiliary-pair'];
    const table = await beamloop(...pair, '--snr', '15 dB');
    expect(table.stdout).toMatch(/estimated +pilots\n/);
    expect((await beamloop(...pair)).stderr).toContain('--estimator auxiliary-pair and --snr "15 dB"');
    const wrong = await beamloop('replay', first, '--snr', '15 dB');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('(--snr)');
  });

  it('killed and resumed, ends with the same tables', async () => {
    const killed = path.join(folder, 'killed');
    const running = new Running(['run', file, '--out', killed, '--no-report']);
    await running.until('user 3 of');
    running.process.kill('SIGKILL');
    await running.end();
    const resumed = await beamloop('resume', killed, '--no-report');
    expect(resumed.code).toBe(0);
    const exported = async (run: string) => {
      const recording = await Recording.open(run, 'read');
      try {
        const files = await exportRecordings([recording], path.join(run, 'parquet'), 'parquet');
        return new Map(files.map((name) => [path.basename(name), readFileSync(name)]));
      } finally {
        await recording.close();
      }
    };
    const [a, b] = [await exported(first), await exported(killed)];
    for (const table of ['users', 'codewords', 'slots', 'receipts', 'powers', 'estimates', 'run']) {
      expect(b.get(`${table}.parquet`)!.equals(a.get(`${table}.parquet`)!), table).toBe(true);
    }
  });
});

describe('what a board makes of wideband pilots', () => {
  it('is told by a dry run', async () => {
    const run = await beamloop('run', file, '--dry-run', '--json');
    const { realisability } = JSON.parse(run.stdout).plan;
    expect(realisability.delayAvailableS).toBeCloseTo(16_383 * 2.5e-12, 15);
    expect(realisability.pilots).toHaveLength(3);
    for (const pilot of realisability.pilots) {
      expect(pilot.clippedDelays).toBe(0);
      expect(pilot.delayNeededS).toBeGreaterThan(1e-9);
      expect(pilot.fallsApart).toBe(false);
    }
  });

  it('is refused when delays lie beyond its range, unless the scenario allows clipping; a warning says what it costs', async () => {
    const short = scenarioText('{ phaseBits: 5, delayBits: 8, delayLsb: 3 ps }');
    const refused = await beamloop('run', written('short', short), '--out', path.join(folder, 'short'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/needs delays over .* ns .*0.8 ns.*allowClipping/s);
    const allowed = short.replace('port: emulated,', 'port: emulated, allowClipping: true,');
    const out = path.join(folder, 'clipped');
    const clipped = written('clipped', allowed);
    const run = await beamloop('run', clipped, '--out', out);
    // Beams that fell apart leave users without evidence of where they are: taken at their word, seven of these eight were
    // 2 to 80 half-widths off, and lost half of their rate or more.
    expect(run.code).toBe(6);
    expect(run.stderr).toContain('NO_EVIDENCE');
    expect(run.stderr).toMatch(/warning: 3 of 3 pilots fall apart over the band/);
    const recording = await Recording.open(out, 'read');
    const realisability = (await recording.runValue('realisability')) as {
      pilots: { clippedDelays: number }[];
      summary: string[];
    };
    await recording.close();
    expect(realisability.pilots[0]!.clippedDelays).toBeGreaterThan(0);
    // Lines are wrapped where no terminal says how wide it is.
    const dry = (await beamloop('run', clipped, '--dry-run')).stdout.replaceAll(/\s+/g, ' ');
    const report = readFileSync(path.join(out, 'report.html'), 'utf8');
    expect(realisability.summary).toHaveLength(5 + 3);
    for (const line of realisability.summary) {
      expect(dry).toContain(line.replaceAll(/\s+/g, ' '));
      expect(report).toContain(html`${line}`.markup);
    }
  });
});
