/** `beamloop study`, killed or interrupted: the same command goes on, and its results are those of a run that nobody disturbed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'study-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'study.yaml');
writeFileSync(
  file,
  `kind: accuracy
title: Small array
array: {elements: 64, carrier: 100 GHz}
schemes: [dpc, exhaustive]
snr: [10 dB, Infinity]
users: {count: 4000, between: [0.3 m, 1.2 m]}
`,
);
const numKills = Number(process.env.BEAMLOOP_TEST_KILLS ?? 3);
const random = new Random(Number(process.env.BEAMLOOP_TEST_SEED ?? 1), 'study kills');

/** Starts the study and stops it once its checkpoint has so many bytes; whether it was still at it. */
async function stoppedAt(out: string, numBytes: number, signal: NodeJS.Signals, threads: string) {
  const args = ['dist/src/cli/main.js', 'study', file, '--threads', threads, '--out', out];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.on('data', (text) => (said += text));
  const ended = once(child, 'close');
  const checkpoint = path.join(out, 'checkpoint');
  while (child.exitCode === null && (statSync(checkpoint, { throwIfNoEntry: false })?.size ?? 0) < numBytes) {
    await sleep(5);
  }
  child.kill(signal);
  const [code, by] = await ended;
  return { code, by, said };
}

describe('a study that is stopped', () => {
  it('goes on after kill -9 at random moments, with one thread and with several', async () => {
    const whole = path.join(folder, 'whole');
    expect((await callCommandLine('study', file, '--threads', '1', '--out', whole)).status).toBe(0);
    const expected = readFileSync(path.join(whole, 'results.json'), 'utf8');
    expect(existsSync(path.join(whole, 'checkpoint'))).toBe(false);
    for (const threads of ['1', '2']) {
      const out = path.join(folder, `killed-${threads}`);
      let numBytes = 0;
      for (let k = 0; k < numKills; k++) {
        // A result takes 200 bytes and more; there are 80.
        numBytes += 300 + random.integer(Math.floor(12_000 / numKills));
        const { by } = await stoppedAt(out, numBytes, 'SIGKILL', threads);
        expect(by).toBe('SIGKILL');
      }
      const { status, stderr } = spawnCommand(['study', file, '--threads', threads, '--out', out]);
      expect([status, stderr]).toEqual([
        0,
        expect.stringMatching(/^Goes on where it was stopped: \d+ of 4000 users/),
      ]);
      expect(readFileSync(path.join(out, 'results.json'), 'utf8')).toBe(expected);
      expect(existsSync(path.join(out, 'checkpoint'))).toBe(false);
    }
  });

  it('says at Ctrl-C that the same command goes on; another seed is refused, and --fresh starts anew', async () => {
    const out = path.join(folder, 'interrupted');
    const { code, said } = await stoppedAt(out, 2000, 'SIGINT', '2');
    expect([code, said]).toEqual([130, expect.stringContaining('the same command goes on with it')]);
    const other = ['study', file, '--seed', '7', '--threads', '1', '--out', out];
    const refused = await callCommandLine(...other);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('[STUDY_MISMATCH]')]);
    const fresh = await callCommandLine(...other, '--fresh');
    expect([fresh.status, fresh.stderr]).toEqual([0, '']);
  });
});
