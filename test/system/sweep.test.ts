/** Several runs by one command, and their recordings in one export. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beamloop, decided, writeScenario } from './campaign-runs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-sweep-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('runs every combination into a recording of its own, which one export collects', async () => {
  const scenario = writeScenario(folder, 'base');
  const out = path.join(folder, 'sweep');
  const set = ['--set', 'channel.snr=25 dB', '--set', 'channel.snr=30 dB'];
  const run = await beamloop('run', scenario, ...set, '--repeat', '2', '--out', out, '--no-report', '--json');
  expect(run.code, run.stderr).toBe(0);
  const { runs } = JSON.parse(run.stdout) as {
    runs: { folder: string; settings: object; users: unknown[] }[];
  };
  expect(runs.map(({ folder: each, settings }) => [path.basename(each), settings])).toEqual([
    ['1', { 'channel.snr': '25 dB', seed: '5' }],
    ['2', { 'channel.snr': '25 dB', seed: '6' }],
    ['3', { 'channel.snr': '30 dB', seed: '5' }],
    ['4', { 'channel.snr': '30 dB', seed: '6' }],
  ]);
  // A variant is the run that a file with these values is.
  const alone = path.join(folder, 'alone');
  await beamloop('run', writeScenario(folder, 'alone'), '--out', alone, '--no-report');
  expect((await decided(path.join(out, '1'))).powers).toEqual((await decided(alone)).powers);
  expect((await decided(path.join(out, '2'))).powers).not.toEqual((await decided(alone)).powers);

  const collected = path.join(folder, 'collected');
  const folders = runs.map((each) => each.folder);
  expect(
    (await beamloop('export', ...folders, '--csv', '--tables', 'run,estimates', '--out', collected)).code,
  ).toBe(0);
  const estimates = readFileSync(path.join(collected, 'estimates.csv'), 'utf8').trim().split('\n');
  expect(estimates).toHaveLength(2 + 4 * 3);
  expect(readFileSync(path.join(collected, 'run.csv'), 'utf8')).toContain(
    '3,settings,"{""channel.snr"":""30 dB"",""seed"":""5""}"',
  );
  // Its own variants can be resumed and replayed as any recording.
  expect((await beamloop('replay', folders[3]!)).code).toBe(0);
});

it('says which setting is wrong before anything is run', async () => {
  const scenario = writeScenario(folder, 'wrong');
  const out = path.join(folder, 'never');
  const set = ['--set', 'channel.snr=20 dB', '--set', 'channel.snr=20'];
  const { code, stderr } = await beamloop('run', scenario, ...set, '--out', out);
  expect(code).toBe(2);
  expect(stderr).toMatch(/no unit.*with channel\.snr=20\b/s);
  const typo = await beamloop('run', scenario, '--set', 'chanel.snr=20 dB', '--dry-run');
  expect(typo.stderr).toMatch(/'chanel'.*with chanel\.snr=20 dB.*'channel'/s);
});
