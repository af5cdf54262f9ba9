/** The example program, as a reader of docs/library.md runs it: on the built package, by its name. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('runs, replays, exports and reports a campaign', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    'examples/library/first-campaign.js',
    folder,
  ]);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  const angles = lines.slice(0, 3).map((line) => /^(\w+): (-?[\d.]+) deg$/.exec(line)!.slice(1));
  // Within half a beam of 64 elements of where the scenario puts them.
  for (const [k, [name, angleDeg]] of [
    ['ada', -30],
    ['bela', 5],
    ['chen', 40],
  ].entries()) {
    expect(angles[k]![0]).toBe(name);
    const sine = (degrees: number) => Math.sin((degrees * Math.PI) / 180);
    expect(Math.abs(sine(Number(angles[k]![1])) - sine(Number(angleDeg)))).toBeLessThan(1 / 64 + 1e-3);
  }
  expect(lines.slice(3, 5)).toEqual(['replayed: 3 of 3 the same', 'exhaustive: RECORDING_LACKS_PILOT']);
  expect(lines[5]).toMatch(/^estimates on disk: ada polar\/\d+\/\d+, bela .*, chen .*$/);
  expect(lines[6]).toBe('exported: users.csv, estimates.csv');
  const report = path.join(folder, 'recording', 'report.html');
  expect(lines[7]).toBe(`report: ${report}`);
  expect(readFileSync(report, 'utf8')).toContain('Three users of a small array');
  expect(existsSync(path.join(folder, 'tables', 'estimates.csv'))).toBe(true);
});

it('drives trackers of two users through one plan of slots', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    'examples/library/two-trackers.js',
    path.join(folder, 'tracking'),
  ]);
  expect(stderr).toBe('');
  // The angle of beam n of 64 is that of sine (2 n - 1 - 64) / 64: within a beam of where the users are.
  const beams = [...stdout.matchAll(/^(ada|bela): beam (\d+) of 64$/gm)].map(([, , beam]) => Number(beam));
  for (const [k, angleDeg] of [-20, 12].entries()) {
    const sine = (2 * beams[k]! - 65) / 64;
    expect(Math.abs(sine - Math.sin((angleDeg * Math.PI) / 180))).toBeLessThan(2 / 64);
  }
});

it('points a beam on a board by a driver of its own', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['examples/library/own-board.js']);
  expect(stderr).toBe('');
  const [receipt, phases, muted] = stdout.trimEnd().split('\n');
  // The driver's answers say no more.
  expect(receipt).toBe('receipt: acknowledged');
  const [, told, wanted] = /^phases: (.*); wanted: (.*)$/.exec(phases!)!;
  expect(told).toBe(wanted);
  expect(told!.split(' ')).toHaveLength(8);
  expect(muted).toBe('muted: true');
});
