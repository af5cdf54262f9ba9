import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recording } from '../../src/record/recording.js';
import type { RunInfo } from '../../src/record/recording-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-kill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const INFO: RunInfo = {
  scenarioName: 's',
  scenarioText: '',
  calibrationText: null,
  scenario: {},
  seed: 1,
  versions: {},
};

/** Appends powers as fast as it can and prints the last slot of each commit. */
const writer = (recordingModule: string, run: string, firstSlot: number) => `
  const { Recording } = await import(${JSON.stringify(recordingModule)});
  const run = ${JSON.stringify(run)};
  const recording = ${firstSlot} === 0
    ? await Recording.create(run, ${JSON.stringify(INFO)})
    : await Recording.open(run, 'write');
  let slot = ${firstSlot};
  setInterval(() => {
    for (let k = 0; k < 7; k++, slot++) {
      recording.append('powers', {
        slot, ue: 'u', sequence: slot + 1, ueTimeS: slot, noiseFloor: 0, powers: new Float32Array(8).fill(slot),
      });
    }
    const last = slot - 1;
    recording.durable().then(() => console.log(last));
  }, 1);
`;

function startWriter(run: string, firstSlot: number) {
  const module = pathToFileURL(path.resolve('dist/src/record/recording.js')).href;
  return spawn(process.execPath, ['--input-type=module', '-e', writer(module, run, firstSlot)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function writeUntilKilled(run: string, firstSlot: number, numCommits: number): Promise<number> {
  const child = startWriter(run, firstSlot);
  let promised = -1;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    promised = Number(line);
    if (++lines === numCommits) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return promised;
}

describe('a recording whose writer is killed', () => {
  it('holds everything that was promised, whole, and can be written on, again and again', async () => {
    const run = path.join(folder, 'run');
    let next = 0;
    for (const numCommits of [5, 40, 100]) {
      const promised = await writeUntilKilled(run, next, numCommits);
      expect(promised).toBeGreaterThan(next);
      const recording = await Recording.open(run, 'write');
      const powers = await recording.rows('powers');
      await recording.close();
      expect(powers.length).toBeGreaterThanOrEqual(promised + 1);
      // Nothing in between is missing, and rows are whole.
      for (const [slot, row] of powers.entries()) {
        expect(row.slot).toBe(slot);
        expect(row.powers).toEqual(new Float32Array(8).fill(slot));
      }
      next = powers.length;
    }
  });

  it('can be opened as soon as its file can be seen, however early the writer is killed', async () => {
    for (let k = 0; k < 10; k++) {
      const run = path.join(folder, `early-${k}`);
      const child = startWriter(run, 0);
      child.stdout.resume();
      const exited = once(child, 'exit');
      await expect.poll(() => existsSync(path.join(run, 'recording.duckdb')), { interval: 1 }).toBe(true);
      await setTimeout(k * 4);
      child.kill('SIGKILL');
      await exited;
      const recording = await Recording.open(run, 'write');
      expect(await recording.runValue('scenarioName')).toBe('s');
      const powers = await recording.rows('powers');
      await recording.close();
      for (const [slot, row] of powers.entries()) expect(row.slot).toBe(slot);
    }
  });

  it('is none when the writer is killed before, and can be begun anew in the same folder', async () => {
    for (let k = 0; k < 5; k++) {
      const run = path.join(folder, `unborn-${k}`);
      const child = startWriter(run, 0);
      child.stdout.resume();
      const exited = once(child, 'exit');
      await expect.poll(() => existsSync(run), { interval: 1 }).toBe(true);
      await setTimeout(k * 3);
      const born = existsSync(path.join(run, 'recording.duckdb'));
      child.kill('SIGKILL');
      await exited;
      if (born) continue;
      if (!existsSync(path.join(run, 'recording.duckdb'))) {
        await expect(Recording.open(run, 'write')).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
        await (await Recording.create(run, INFO)).close();
      }
      expect(readdirSync(run)).toEqual(['recording.duckdb']);
      await (await Recording.open(run, 'read')).close();
    }
  });

  it('is busy while another process has it open', async () => {
    const run = path.join(folder, 'run');
    const recording = await Recording.create(run, INFO);
    const module = pathToFileURL(path.resolve('dist/src/record/recording.js')).href;
    const script = `
      const { Recording } = await import(${JSON.stringify(module)});
      for (const mode of ['read', 'write']) {
        await Recording.open(${JSON.stringify(run)}, mode).catch((error) => console.log(error.code));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const codes: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) codes.push(line);
    await recording.close();
    expect(codes).toEqual(['RECORDING_BUSY', 'RECORDING_BUSY']);
  });

  it('does not keep a program from ending that forgot to close it, and has what was committed', async () => {
    const run = path.join(folder, 'run');
    const module = pathToFileURL(path.resolve('dist/src/record/recording.js')).href;
    const script = `
      const { Recording } = await import(${JSON.stringify(module)});
      const recording = await Recording.create(${JSON.stringify(run)}, ${JSON.stringify(INFO)});
      recording.event('forgotten');
      await recording.durable();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    const recording = await Recording.open(run, 'read');
    expect((await recording.rows('events')).map(({ kind }) => kind)).toEqual(['forgotten']);
    await recording.close();
  });
});
