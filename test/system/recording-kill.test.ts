import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recording } from '../../src/record/recording.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-kill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Appends powers as fast as it can and prints the last slot of each commit. */
const writer = (recordingModule: string, run: string, firstSlot: number) => `
  const { Recording } = await import(${JSON.stringify(recordingModule)});
  const run = ${JSON.stringify(run)};
  const recording = ${firstSlot} === 0
    ? await Recording.create(run, { scenarioName: 's', scenarioText: '', calibrationText: null, scenario: {}, seed: 1, versions: {} })
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

async function writeUntilKilled(run: string, firstSlot: number, numCommits: number): Promise<number> {
  const module = pathToFileURL(path.resolve('dist/src/record/recording.js')).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer(module, run, firstSlot)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

  it('is busy while another process has it open', async () => {
    const run = path.join(folder, 'run');
    const recording = await Recording.create(run, {
      scenarioName: 's',
      scenarioText: '',
      calibrationText: null,
      scenario: {},
      seed: 1,
      versions: {},
    });
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
});
