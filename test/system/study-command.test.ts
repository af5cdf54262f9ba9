/** `beamloop study` as a user calls it: the built program with its worker threads, and in this process what needs neither. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyCommand } from '../../src/cli/commands/study.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'study-'));
const file = path.join(folder, 'study.yaml');
const listFile = path.join(folder, 'list.yaml');

beforeAll(() => {
  writeFileSync(
    file,
    `kind: accuracy
title: Small array
array: {elements: 64, carrier: 100 GHz}
schemes: [dpc, exhaustive]
snr: [10 dB, Infinity]
users: {count: 230, between: [0.3 m, 1.2 m]}
`,
  );
  writeFileSync(
    listFile,
    `kind: accuracy
title: One user
array: {elements: 64, carrier: 100 GHz}
schemes: [dpc]
users:
  list:
    - {position: [1 m, 0.25 m], snr: Infinity, paths: [{gain: [0.6, 0.8]}, {gain: 0.1, scatterer: [0.5 m, 0.3 m]}]}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function study(...args: string[]) {
  return spawnCommand(['study', ...args]);
}

/** On one thread, in this process. */
async function here(...args: string[]): Promise<string> {
  const { stdout, stderr } = await runCommand(studyCommand, 'study', ...args, '--json', '--threads', '1');
  expect(stderr).toBe('');
  return stdout;
}

const failure = (...args: string[]) => failureOf(studyCommand, 'study', ...args);

describe('beamloop study', () => {
  it('prints the same rows whatever the number of threads', async () => {
    const one = await here(file);
    const { rows, ...rest } = JSON.parse(one) as { rows: Record<string, unknown>[] };
    expect(rest).toEqual({});
    expect(rows.map(({ scheme, snrDb, numUes }) => [scheme, snrDb, numUes])).toEqual([
      ['dpc', 10, 230],
      ['exhaustive', 10, 230],
      ['dpc', null, 230],
      ['exhaustive', null, 230],
    ]);
    for (const row of rows) {
      expect(row.accuracyInterval95).toHaveLength(2);
      expect(row.meanPilots).toBeGreaterThan(60);
    }
    expect(study(file, '--json', '--threads', '3')).toMatchObject({ status: 0, stdout: one, stderr: '' });
  });

  it('prints the same rates whatever the number of threads', async () => {
    const rates = path.join(folder, 'rates.yaml');
    writeFileSync(
      rates,
      `kind: rate
title: Small wideband array
array:
  elements: 32
  carrier: 30 GHz
  bandwidth: 5 GHz
  subcarriers: 64
  sector: {angle: 60 deg, distance: [0.5 m, 3 m]}
users: {count: 25, distance: [1 m, 2 m]}
snr: [0 dB, 15 dB]
schemes:
  filter: {name: tdps, pilots: 3, estimator: {name: matched-filter, directions: 64, rings: 4}}
  grid: {name: exhaustive-grid}
hardware:
  - {label: ideal}
  - {label: lines, lines: true, delayError: 2 ps}
`,
    );
    const one = await here(rates);
    const { rows } = JSON.parse(one) as { rows: Record<string, unknown>[] };
    expect(rows.map(({ hardware, distanceM, id, snrDb }) => [hardware, distanceM, id, snrDb].join())).toEqual(
      ['ideal', 'lines'].flatMap((board) =>
        [1, 2].flatMap((distance) =>
          ['filter', 'grid'].flatMap((id) => [0, 15].map((snrDb) => [board, distance, id, snrDb].join())),
        ),
      ),
    );
    expect(rows.every(({ numUes }) => numUes === 25)).toBe(true);
    expect(study(rates, '--json', '--threads', '3').stdout).toBe(one);
    expect(await here(rates, '--seed', '2')).not.toBe(one);
    expect(await failure(rates, '--trace')).toContain('keeps no traces');
  });

  it('prints the same calibrations whatever the number of threads', async () => {
    const arrays = path.join(folder, 'arrays.yaml');
    writeFileSync(
      arrays,
      `kind: calibration
title: Arrays that err
array: {elements: 16, carrier: 28 GHz}
errors: {any: {phase: random, amplitude: 0.5 dB, dead: 1}}
procedures: {two: {name: hadamard, passes: 2}, rev: {name: rev}}
snr: [20 dB, 30 dB]
users: {count: 11}
`,
    );
    const one = await here(arrays);
    expect((JSON.parse(one) as { rows: unknown[] }).rows).toHaveLength(4);
    expect(study(arrays, '--json', '--threads', '2').stdout).toBe(one);
  });

  it('traces every pilot, also over threads', async () => {
    const { traces } = JSON.parse(await here(listFile, '--trace')) as { traces: Record<string, unknown>[] };
    expect(traces).toHaveLength(1);
    expect(Object.keys(traces[0]!)).toEqual([
      'scheme',
      'case',
      'user',
      'positionM',
      'snrDb',
      'pilots',
      'regionIndex',
      'chosen',
      'best',
      'correct',
    ]);
    // Compared by their hash: a difference in megabytes of text tells nobody anything.
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const many = [file, '--trace', '--users', '60'];
    const two = study(...many, '--json', '--threads', '2');
    expect(two.status).toBe(0);
    expect(hash(two.stdout)).toBe(hash(await here(...many)));
  });

  it('takes users and seed from the command line', async () => {
    const rows = async (...args: string[]) =>
      (JSON.parse(await here(file, '--users', '60', ...args)) as { rows: { numUes: number }[] }).rows;
    expect((await rows())[0]!.numUes).toBe(60);
    expect(await rows('--seed', '2')).not.toEqual(await rows('--seed', '1'));
  });

  it('writes a page with figures, and its numbers', () => {
    const out = path.join(folder, 'out', 'deep');
    const run = study(file, '--users', '20', '--out', out);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('Accuracy');
    expect(run.stdout).toContain(`Report: ${path.join(out, 'study.html')}`);
    expect(existsSync(path.join(out, 'study.html'))).toBe(true);
    const results = JSON.parse(readFileSync(path.join(out, 'results.json'), 'utf8')) as { title: string };
    expect(results.title).toBe('Small array');
  });

  it.each([
    [['no-such-file.yaml'], 'FILE_NOT_FOUND', 'does not exist'],
    [['package.json'], 'SCENARIO_INVALID', 'kind'],
    [[file, '--users', '0'], 'BAD_ARGUMENT', '--users'],
    [[file, '--users', 'many'], 'BAD_UNIT', '--users'],
    [[file, '--users', '1e12'], 'BAD_ARGUMENT', "'1e12' is not a whole number from 1 to 100000000 (--users)"],
    [[file, '--threads', '1.5'], 'BAD_ARGUMENT', '--threads'],
    [[listFile, '--users', '3'], 'BAD_ARGUMENT', 'lists its users'],
    [[file, '--users', '3', '--out', path.join(file, 'out')], 'FILE_UNWRITABLE', 'cannot be written'],
  ])('refuses %j', async (args, code, text) => {
    const said = await failure(...args);
    expect(said).toMatch(new RegExp(`^${code}: `));
    expect(said).toContain(text);
  });

  it('says so when it cannot write its numbers', async () => {
    const out = path.join(folder, 'blocked');
    mkdirSync(path.join(out, 'results.json'), { recursive: true });
    expect(await failure(file, '--users', '3', '--out', out)).toMatch(
      /^FILE_UNWRITABLE: The numbers cannot be written/,
    );
  });

  it('refuses an array that the scheme cannot search before any user is drawn', () => {
    const odd = path.join(folder, 'odd.yaml');
    writeFileSync(odd, readFileSync(file, 'utf8').replace('elements: 64', 'elements: 60'));
    const run = study(odd, '--threads', '2');
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain('power of two');
    expect(run.stderr).toContain('schemes[1], 60 elements');
  });

  it.concurrent.for(['1', '2'])(
    'stops at Ctrl-C with exit code 130 (%s threads)',
    async (threads, { expect }) => {
      const out = path.join(folder, `stopped-${threads}`);
      const more = ['--users', '10000000', '--threads', threads, '--out', out];
      const args = ['dist/src/cli/main.js', 'study', file, ...more];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const ended = once(child, 'close');
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      // It is at it once results have come.
      const checkpoint = path.join(out, 'checkpoint');
      await expect.poll(() => statSync(checkpoint, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(0);
      child.kill('SIGINT');
      const [code] = await ended;
      expect(code).toBe(130);
      expect(stderr).toContain('[INTERRUPTED]');
    },
  );
});
