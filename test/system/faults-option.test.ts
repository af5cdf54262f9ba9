/** `beamloop run --faults FILE`: the file takes the place of the scenario's faults, and the recording carries what really ran. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { recordedScenario } from '../../src/campaign/recorded-scenario.js';
import { Recording } from '../../src/record/recording.js';
import { parseRecordedScenario } from '../../src/testbed.js';
import { beamloop, decided, happened, writeScenario } from './campaign-runs.js';

const SHIPPED = 'scenarios/faults/rough-line.yaml';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-faults-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

it('runs under the shipped faults and finds everybody; resume and replay go by what it recorded', async () => {
  // Nobody would be found with these.
  const scenario = writeScenario(folder, 'users', '{ faults: { missedLatches: { rate: 1 } } }');
  const out = path.join(folder, 'rough');
  const run = await beamloop('run', scenario, '--faults', SHIPPED, '--out', out, '--no-report');
  expect(run.code, run.stderr).toBe(0);
  const { users, estimates } = await decided(out);
  expect(estimates.map(({ codewordKey }) => codewordKey)).toEqual(users.map(({ bestKey }) => bestKey));

  const { events, link } = await happened(out);
  const kinds = new Set(events.map(({ kind }) => kind));
  expect(kinds).toContain('link down');
  expect(kinds).toContain('board reset');
  expect(link.corruptFrames).toBeGreaterThan(0);
  const recording = await Recording.open(out, 'read');
  const recorded = await recordedScenario(recording, parseRecordedScenario, () => {});
  await recording.close();
  expect(parse(recorded.text).board.emulated.faults).toEqual(parse(readFileSync(SHIPPED, 'utf8')));
  expect(recorded.scenario.board.emulated.faults.missRate).toBe(0.002);

  expect((await beamloop('replay', out)).code).toBe(0);
  expect((await beamloop('resume', out, '--no-report', '--faults', SHIPPED)).code).toBe(0);
  const other = await beamloop(
    'resume',
    out,
    '--no-report',
    '--faults',
    write('other.yaml', 'fragment: 3\n'),
  );
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(
    /had other faults than this file, and goes on with those.*--faults \S*other\.yaml/s,
  );
});

it('refuses a real port, a second setting, and a file that is wrong, naming file and line', async () => {
  const scenario = writeScenario(folder, 'refused');
  const run = async (...args: string[]) => {
    const { code, stderr } = await beamloop('run', scenario, ...args, '--dry-run');
    expect(code).toBe(2);
    return stderr;
  };
  const port = await run('--faults', SHIPPED, '--set', 'board.port=/dev/ttyUSB0');
  expect(port).toMatch(/board of refused is at \/dev\/ttyUSB0.*--faults/s);
  const twice = await run('--faults', SHIPPED, '--set', 'board.emulated={}');
  expect(twice).toMatch(/set twice.*--set board\.emulated=/s);
  const slip = write('slip.yaml', 'toBoard: { drop: 0.1 }\nevents:\n  - { atSlot: 3, action: unplugg }\n');
  expect(await run('--faults', slip)).toMatch(/slip\.yaml:3, events\[1\]\.action.*'unplug'/s);
  const whole = write('whole.yaml', 'faults:\n  fragment: 3\n');
  expect(await run('--faults', whole)).toMatch(/whole\.yaml:1, faults.*Keys here: toBoard/s);
  expect(await run('--faults', scenario)).toMatch(/This is a scenario; a faults file is wanted here/);
});
