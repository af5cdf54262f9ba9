/** `beamloop study` as a user calls it, with its worker threads. Runs the built program. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('beamloop study', () => {
  it('prints the same rows whatever the number of threads', () => {
    const one = study(file, '--json', '--threads', '1');
    expect(one.stderr).toBe('');
    expect(one.status).toBe(0);
    const { rows, ...rest } = JSON.parse(one.stdout) as { rows: Record<string, unknown>[] };
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
    expect(study(file, '--json', '--threads', '3').stdout).toBe(one.stdout);
  });

  it('refuses more users than it can count', () => {
    const many = study(file, '--users', '1e12');
    expect(many.status).toBe(2);
    expect(many.stderr).toContain("'1e12' is not a whole number from 1 to 100000000 (--users)");
  });

  it('prints the same rates whatever the number of threads', () => {
    const rates = path.join(folder, 'rates.yaml');
    writeFileSync(
      rates,
      `kind: rate
title: Small wideband array
array:
  elements: 32
  carrier: 30 GHz
  bandwidth: 5 GHz
  subcarriers: 128
  sector: {angle: 60 deg, distance: [0.5 m, 3 m]}
users: {count: 45, distance: [1 m, 2 m]}
snr: [0 dB, 15 dB]
schemes:
  filter: {name: tdps, pilots: 3, estimator: {name: matched-filter, directions: 64, rings: 4}}
  grid: {name: exhaustive-grid}
hardware:
  - {label: ideal}
  - {label: lines, lines: true, delayError: 2 ps}
`,
    );
    const one = study(rates, '--json', '--threads', '1');
    expect(one.stderr).toBe('');
    const { rows } = JSON.parse(one.stdout) as { rows: Record<string, unknown>[] };
    expect(rows.map(({ hardware, distanceM, id, snrDb }) => [hardware, distanceM, id, snrDb].join())).toEqual(
      ['ideal', 'lines'].flatMap((board) =>
        [1, 2].flatMap((distance) =>
          ['filter', 'grid'].flatMap((id) => [0, 15].map((snrDb) => [board, distance, id, snrDb].join())),
        ),
      ),
    );
    expect(rows.every(({ numUes }) => numUes === 45)).toBe(true);
    expect(study(rates, '--json', '--threads', '3').stdout).toBe(one.stdout);
    expect(study(rates, '--json', '--seed', '2').stdout).not.toBe(one.stdout);
    expect(study(rates, '--trace').stderr).toContain('keeps no traces');
  });

  it('traces every pilot, also over threads', () => {
    const one = study(listFile, '--json', '--trace');
    const { traces } = JSON.parse(one.stdout) as { traces: Record<string, unknown>[] };
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
    const many = (threads: string) => {
      const run = study(file, '--json', '--trace', '--users', '60', '--threads', threads);
      expect(run.status).toBe(0);
      return createHash('sha256').update(run.stdout).digest('hex');
    };
    expect(many('2')).toBe(many('1'));
  });

  it('takes users and seed from the command line', () => {
    const rows = (...args: string[]) =>
      (JSON.parse(study(file, '--json', '--users', '60', ...args).stdout) as { rows: { numUes: number }[] })
        .rows;
    expect(rows()[0]!.numUes).toBe(60);
    expect(rows('--seed', '2')).not.toEqual(rows('--seed', '1'));
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
    [[file, '--threads', '1.5'], 'BAD_ARGUMENT', '--threads'],
    [[listFile, '--users', '3'], 'BAD_ARGUMENT', 'lists its users'],
    [[file, '--users', '3', '--out', path.join(file, 'out')], 'FILE_UNWRITABLE', 'cannot be written'],
    [[], 'BAD_ARGUMENT', 'beamloop study needs 1 argument and was given 0'],
  ])('refuses %j', (args, code, text) => {
    const run = study(...args);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(`[${code}]`);
    expect(run.stderr).toContain(text);
    expect(run.stdout).toBe('');
  });

  it('says so when it cannot write its numbers', () => {
    const out = path.join(folder, 'blocked');
    mkdirSync(path.join(out, 'results.json'), { recursive: true });
    const run = study(file, '--users', '3', '--out', out);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('The numbers cannot be written');
    expect(run.stderr).toContain('[FILE_UNWRITABLE]');
  });

  it('refuses an array that the scheme cannot search before any user is drawn', () => {
    const odd = path.join(folder, 'odd.yaml');
    writeFileSync(odd, readFileSync(file, 'utf8').replace('elements: 64', 'elements: 60'));
    const run = study(odd, '--threads', '2');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('power of two');
    expect(run.stderr).toContain('schemes[1], 60 elements');
  });

  it.each(['1', '2'])('stops at Ctrl-C with exit code 130 (%s threads)', async (threads) => {
    // A signal before the program listens just ends it; then wait longer.
    for (const waitS of [1, 3, 9, 27]) {
      const args = ['dist/src/cli/main.js', 'study', file, '--users', '10000000', '--threads', threads];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
        child.on('close', (...how) => resolve(how)),
      );
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      await sleep(waitS * 1000);
      child.kill('SIGINT');
      const [code, signal] = await ended;
      if (signal === 'SIGINT') continue;
      expect(code).toBe(130);
      expect(stderr).toContain('[INTERRUPTED]');
      return;
    }
    throw new Error('the program never listened');
  });
});
