import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportRecordings } from '../../../src/record/export/export.js';
import { Recording } from '../../../src/record/recording.js';
import type { RunInfo } from '../../../src/record/recording-file.js';
import type { Row } from '../../../src/record/schema.js';

const info: RunInfo = {
  scenarioName: 'test',
  scenarioText: 'seed: 7\n',
  calibrationText: null,
  scenario: { array: { numElements: 8 } },
  seed: 7,
  versions: { beamloop: '0.0.0' },
};

let folder: string;
const open: Recording[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-recording-'));
});
afterEach(async () => {
  for (const recording of open.splice(0)) await recording.close();
  rmSync(folder, { recursive: true, force: true });
});

async function create(where = path.join(folder, 'run')): Promise<Recording> {
  const recording = await Recording.create(where, info);
  open.push(recording);
  return recording;
}
async function reopen(mode: 'read' | 'write' = 'read', where = path.join(folder, 'run')): Promise<Recording> {
  const recording = await Recording.open(where, mode);
  open.push(recording);
  return recording;
}

function power(slot: number, powers = [slot + 0.25]): Row<'powers'> {
  return {
    slot,
    ue: 'alice',
    sequence: slot + 1,
    ueTimeS: slot / 1e3,
    noiseFloor: 1e-3,
    powers: Float32Array.from(powers),
  };
}

describe('Recording', () => {
  it('gives back every kind of value as it was appended', async () => {
    const recording = await create();
    const wallTime = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    const estimate: Row<'estimates'> = {
      ue: 'alice',
      epoch: 0,
      scheme: 'dpc',
      codewordKey: 'polar/6/3',
      angleRad: 0.1,
      elevationRad: null,
      distanceM: Number.POSITIVE_INFINITY,
      regionIndex: null,
      numPilots: 78,
      lastSlot: 4_000_000_000,
      rate: null,
      boardRate: null,
      perfectRate: null,
      peakOverNoiseDb: 31.5,
      peakOverRunnerUpDb: null,
      likeness: 0.98,
    };
    recording.append('estimates', estimate);
    recording.append('powers', power(3, [0.5, 1.25, 1e-20]));
    recording.append('events', { wallTime, kind: 'fault', detail: { code: 'x', list: [1, null] } });
    await recording.close();

    const read = await reopen();
    expect(await read.rows('estimates')).toEqual([estimate]);
    expect(await read.rows('powers')).toEqual([power(3, [0.5, 1.25, 1e-20])]);
    expect(await read.rows('events')).toEqual([
      { wallTime, kind: 'fault', detail: { code: 'x', list: [1, null] } },
    ]);
    expect(await read.runValue('scenarioText')).toBe(info.scenarioText);
    expect(await read.runValue('scenario')).toEqual(info.scenario);
    expect(await read.runValue('nothing')).toBeUndefined();
  });

  it('orders rows by slot whatever order they came in, and picks by condition', async () => {
    const recording = await create();
    for (const slot of [5, 2, 9]) recording.append('powers', power(slot));
    await recording.durable();
    expect((await recording.rows('powers')).map((row) => row.slot)).toEqual([2, 5, 9]);
    expect((await recording.rows('powers', 'WHERE slot > 4')).map((row) => row.slot)).toEqual([5, 9]);
  });

  it('durable() covers everything that was appended before it, and nothing that was not committed is visible', async () => {
    const recording = await create();
    recording.append('powers', power(1));
    recording.append('powers', power(2));
    expect(await recording.rows('powers')).toEqual([]);
    await recording.durable();
    expect(await recording.rows('powers')).toHaveLength(2);
    await recording.durable();
  });

  it('a duplicate key is refused, told to whoever waits and by close', async () => {
    const recording = await create();
    recording.append('powers', power(1));
    await recording.durable();
    recording.append('powers', power(1));
    await expect(recording.durable()).rejects.toThrow(/Duplicate key "slot: 1, ue: alice"/);
    await expect(recording.close()).rejects.toThrow(/Duplicate key/);
    expect(await (await reopen()).rows('powers')).toHaveLength(1);
  });

  it('goes on where it was closed', async () => {
    const first = await create();
    first.append('powers', power(1));
    await first.close();
    const second = await reopen('write');
    second.append('powers', power(2));
    await second.close();
    expect((await (await reopen()).rows('powers')).map((row) => row.slot)).toEqual([1, 2]);
  });

  it('says so where a folder cannot be made', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(Recording.create(path.join(file, 'run'), info)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      where: path.join(file, 'run'),
    });
  });

  it('does not overwrite a recording', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'RECORDING_EXISTS' });
  });

  it('says what is wrong with a folder that is no recording', async () => {
    await expect(reopen('read', path.join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(reopen('read', folder)).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
    writeFileSync(path.join(folder, 'recording.duckdb'), 'this is not a database'.repeat(1000));
    await expect(reopen('read', folder)).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
  });
});

describe('exportRecordings', () => {
  it('the same rows give the same files byte for byte, whatever order and commits they came in', async () => {
    const slots = Array.from({ length: 500 }, (_, k) => k);
    const a = await create(path.join(folder, 'a'));
    for (const slot of slots) a.append('powers', power(slot));
    await a.durable();
    const b = await create(path.join(folder, 'b'));
    for (const slot of slots.toReversed()) {
      b.append('powers', power(slot));
      if (slot % 100 === 0) await b.durable();
    }
    await b.durable();
    const filesA = await exportRecordings([a], path.join(folder, 'a', 'parquet'), 'parquet');
    const filesB = await exportRecordings([b], path.join(folder, 'b', 'parquet'), 'parquet');
    expect(filesA.map((file) => path.basename(file))).toContain('powers.parquet');
    for (const [k, file] of filesA.entries()) {
      expect(readFileSync(file).equals(readFileSync(filesB[k]!)), file).toBe(true);
    }
    const exported = filesA.find((file) => path.basename(file) === 'powers.parquet');
    const [count] = await a.query(`SELECT count(*) AS n, sum(powers[1]) AS s FROM '${exported}'`);
    expect(count).toEqual({ n: 500n, s: slots.reduce((sum, slot) => sum + slot + 0.25, 0) });
  });

  it('says so where a folder or a file cannot be made', async () => {
    const recording = await create();
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const full = path.join(folder, 'full');
    mkdirSync(path.join(full, 'powers.parquet'), { recursive: true });
    for (const where of [path.join(file, 'parquet'), full]) {
      await expect(exportRecordings([recording], where, 'parquet')).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        where,
      });
    }
  });
});
