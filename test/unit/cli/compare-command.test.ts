/** Recordings side by side: what was made to differ is told, and nothing else. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/campaign/calibration/recorded-calibration.js';
import { callCommandLine } from '../../fixtures/call-command-line.js';
import { handMadeRecording } from '../../fixtures/hand-made-recording.js';
import { recordRun } from '../../fixtures/recorded-run.js';

const place = mkdtempSync(path.join(tmpdir(), 'compare-'));
const at = (name: string) => path.join(place, name);

beforeAll(async () => {
  await recordRun(at('first'), { numElements: 64 });
  await recordRun(at('again'), { numElements: 64 });
  await recordRun(at('other'), {
    numElements: 64,
    scheme: { name: 'exhaustive' },
    missedSlots: [5],
    title: 'Other',
  });
  await recordRun(at('cut'), { numElements: 64, cutAfterSlots: 10 });
  for (const [name, token] of [
    ['secret-1', 'a-token-that-is-long'],
    ['secret-2', 'another-that-is-long'],
  ] as const) {
    const recording = await handMadeRecording(at(name), {
      scenario: { bridge: { token } },
      calibrationText: name,
    });
    await recording.close();
  }
  const calibration = await handMadeRecording(at('calibration'));
  calibration.append('run', { key: SETTINGS, value: {} });
  await calibration.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const compare = (...names: string[]) =>
  callCommandLine('compare', ...names.map((name) => (name.startsWith('--') ? name : at(name))));

describe('beamloop compare', () => {
  it('finds no difference between a run and the same again', async () => {
    const { status, stdout } = await compare('first', 'again');
    expect(status).toBe(0);
    expect(stdout).toContain('The settings are the same.');
    expect(stdout).toContain('The estimates of all users are the same.');
    const { settings, recordings } = JSON.parse((await compare('first', 'again', '--json')).stdout);
    expect(settings).toEqual([]);
    expect({ ...recordings[0].outcome, folder: '' }).toEqual({ ...recordings[1].outcome, folder: '' });
  });

  it('tells the settings that differ, and what came of them', async () => {
    const { settings, recordings } = JSON.parse((await compare('first', 'other', '--json')).stdout);
    expect(settings).toContainEqual({ key: 'scheme.name', values: ['dpc', 'exhaustive'] });
    expect(settings).toContainEqual({ key: 'title', values: ['Fixture', 'Other'] });
    expect(settings).toContainEqual({ key: 'scheme.rangeReduction', values: [true, null] });
    expect(settings.map(({ key }: { key: string }) => key)).not.toContain('array.elements');
    expect(
      recordings.map(({ outcome }: { outcome: { slots: { missed: number } } }) => outcome.slots.missed),
    ).toEqual([0, 1]);
    const { stdout } = await compare('first', 'other');
    expect(stdout).toMatch(/^what came of it +first +other$/m);
    expect(stdout).toMatch(/^slots late, missed +0, 0 +0, 1$/m);
    expect(stdout).toMatch(/^users found +3 of 3 +3 of 3$/m);
    expect(stdout).toMatch(/^scheme\.name +dpc +exhaustive$/m);
  });

  it('names the users whose estimates differ', async () => {
    const { stdout } = await compare('first', 'again', 'cut');
    expect(stdout).toMatch(/^users found +3 of 3 +3 of 3 +0 of 3$/m);
    expect(stdout).toMatch(/alice[\s\S]*not found/);
  });

  it('says that a token differs, and not what it is; and tells tables apart', async () => {
    for (const options of [[], ['--json']]) {
      const { stdout } = await compare('secret-1', 'secret-2', ...options);
      expect(stdout).toContain('(hidden)');
      expect(stdout).not.toContain('that-is-long');
    }
    const { recordings } = JSON.parse((await compare('secret-1', 'secret-2', '--json')).stdout);
    expect(new Set(recordings.map(({ calibration }: { calibration: string }) => calibration)).size).toBe(2);
  });

  it('writes nothing', async () => {
    const before = readFileSync(path.join(at('first'), 'recording.duckdb'));
    await compare('first', 'again');
    expect(readdirSync(at('first'))).toEqual(['recording.duckdb']);
    expect(readFileSync(path.join(at('first'), 'recording.duckdb')).equals(before)).toBe(true);
  });

  it.each([
    [['first'], 2, /nothing to be compared with/],
    [['first', 'first'], 2, /named twice/],
    [['first', 'calibration'], 5, /recording of a calibration.*RECORDING_INVALID/],
    [['first', 'nowhere'], 2, /FILE_NOT_FOUND/],
  ])('refuses %j', async (names, code, why) => {
    const { status, stderr, stdout } = await compare(...names);
    expect(stderr).toMatch(why);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
  });
});
