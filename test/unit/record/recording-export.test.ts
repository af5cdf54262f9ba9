import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportRecordings } from '../../../src/record/export/export.js';
import { Recording } from '../../../src/record/recording.js';
import { RECORDING_SCHEMA_VERSION } from '../../../src/record/schema.js';
import { appendMeasuredSlot, handMadeRecording } from '../../fixtures/hand-made-recording.js';
import { readMat } from './read-mat.js';

let root: string;
const open: Recording[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-export-'));
});
afterEach(async () => {
  for (const recording of open.splice(0)) await recording.close();
  rmSync(root, { recursive: true, force: true });
});

/** Two users, of whom `bela` was not found; wideband powers of three subcarriers. */
async function record(name: string, offset = 0): Promise<Recording> {
  const recording = await handMadeRecording(path.join(root, name), {
    ...{ scenarioName: 'sweep, "quick"', scenarioText: 'seed: 7\n', seed: 7 },
  });
  open.push(recording);
  const nobody = {
    xM: null,
    yM: null,
    zM: null,
    snrDb: null,
    bestKey: null,
    bestAngleRad: null,
    bestElevationRad: null,
    bestDistanceM: null,
  };
  recording.append('users', { ...nobody, ue: 'ada', turn: 0, xM: 1.5, yM: -2 });
  recording.append('users', { ...nobody, ue: 'bela', turn: 1 });
  for (const [slot, ue] of ['ada', 'bela', 'ada'].entries()) {
    appendMeasuredSlot(recording, {
      ...{ slot, ue, codewordKey: `dpc/1/${slot}`, noiseFloor: 0.25 },
      powers: [offset + slot, 0.5, 1e-20],
    });
  }
  recording.append('element_settings', {
    hash: 'h0',
    phaseRad: Float32Array.from([0, Math.PI / 2]),
    delayS: Float32Array.from([0, 2e-12]),
    amplitude: null,
  });
  const wallTime = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  recording.append('events', { wallTime, kind: 'started', detail: { run: 'a, "b"\nc' } });
  await recording.durable();
  return recording;
}

const lines = (name: string) =>
  readFileSync(path.join(root, 'out', name), 'utf8')
    .trimEnd()
    .split('\n');

describe('exportRecordings', () => {
  it('CSV: metadata, names, a row a line, a column for every subcarrier, quotes where they are needed', async () => {
    await exportRecordings([await record('run')], path.join(root, 'out'), 'csv');
    expect(lines('powers.csv')).toEqual([
      '# scenario: sweep, "quick"',
      '# seed: 7',
      '# versions: {"beamloop":"0.1.0"}',
      `# schema: ${RECORDING_SCHEMA_VERSION}`,
      'slot,ue,sequence,ue_time_s,noise_floor,powers_1,powers_2,powers_3',
      `0,ada,1,0,0.25,0,0.5,${Math.fround(1e-20)}`,
      `1,bela,2,0.125,0.25,1,0.5,${Math.fround(1e-20)}`,
      `2,ada,3,0.25,0.25,2,0.5,${Math.fround(1e-20)}`,
    ]);
    expect(lines('users.csv').at(-1)).toBe('bela,1,,,,,,,,');
    expect(lines('events.csv').at(-1)).toBe(
      String.raw`2026-01-02T03:04:05.678Z,started,"{""run"":""a, \""b\""\nc""}"`,
    );
    expect(lines('element_settings.csv').at(-1)).toBe(
      `h0,0,${Math.fround(Math.PI / 2)},0,${Math.fround(2e-12)}`,
    );
  });

  it('of several recordings every row says which it is from, and only the users that were asked for are there', async () => {
    const recordings = [await record('first'), await record('second', 10)];
    const files = await exportRecordings(recordings, path.join(root, 'out'), 'csv', {
      tables: ['receipts', 'powers'],
      users: ['ada'],
    });
    expect(files.map((file) => path.basename(file))).toEqual(['receipts.csv', 'powers.csv']);
    expect(lines('powers.csv').map((line) => line.split(',').slice(0, 3).join())).toEqual([
      '# recordings: first second',
      ...['recording,slot,ue', 'first,0,ada', 'first,2,ada', 'second,0,ada', 'second,2,ada'],
    ]);
    expect(lines('receipts.csv').length).toBe(2 + 4);
    const same = path.join(root, 'elsewhere', 'first');
    open.push(await handMadeRecording(same));
    await expect(
      exportRecordings([recordings[0]!, open.at(-1)!], path.join(root, 'out'), 'csv'),
    ).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('MAT: a struct per table with a field per column, read back by a reader of its own', async () => {
    const [file] = await exportRecordings([await record('run')], path.join(root, 'out'), 'mat');
    const variables = readMat(readFileSync(file!)) as Record<string, Record<string, unknown>>;
    expect(variables.beamloop).toEqual({
      ...{
        scenario: 'sweep, "quick"',
        seed: '7',
        versions: '{"beamloop":"0.1.0"}',
        schema: String(RECORDING_SCHEMA_VERSION),
      },
    });
    const { powers, users, events, estimates } = variables;
    expect(powers!.slot).toEqual({ rows: 3, values: [0, 1, 2] });
    expect(powers!.ue).toEqual(['ada', 'bela', 'ada']);
    // Column by column.
    const tiny = Math.fround(1e-20);
    expect(powers!.powers).toEqual({ rows: 3, values: [0, 1, 2, 0.5, 0.5, 0.5, tiny, tiny, tiny] });
    expect(users!.x_m).toEqual({ rows: 2, values: [1.5, Number.NaN] });
    expect(users!.best_key).toEqual(['', '']);
    expect(events!.wall_time).toEqual(['2026-01-02T03:04:05.678Z']);
    expect(estimates!.ue).toEqual([]);
    expect(estimates!.rate).toEqual({ rows: 0, values: [] });
  });

  it('Parquet: the metadata is in the file', async () => {
    const recording = await record('run');
    const files = await exportRecordings([recording], path.join(root, 'out'), 'parquet', {
      tables: ['slots'],
    });
    const found = await recording.query(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${files[0]}')`,
    );
    expect(found).toContainEqual({ key: 'seed', value: '7' });
    expect(found).toContainEqual({ key: 'scenario', value: 'sweep, "quick"' });
  });
});

/** Columns of estimates that version 2 did not have. */
const NEWER_COLUMNS = ['peak_over_noise_db', 'peak_over_runner_up_db', 'likeness'];

describe('a recording from before element settings and evidence were recorded', () => {
  it('can be read, and gone on with', async () => {
    const made = await record('old');
    const estimate = {
      ...{
        epoch: 0,
        scheme: 'dpc',
        codewordKey: 'dpc/1/0',
        angleRad: 0.1,
        elevationRad: null,
        distanceM: 3,
        regionIndex: null,
      },
      ...{ numPilots: 2, lastSlot: 2, rate: null, boardRate: null, perfectRate: null },
    };
    const unknown = { peakOverNoiseDb: null, peakOverRunnerUpDb: null, likeness: null };
    made.append('estimates', { ...estimate, ...unknown, ue: 'ada' });
    await made.durable();
    await made.query('DROP TABLE element_settings');
    for (const column of NEWER_COLUMNS) await made.query(`ALTER TABLE estimates DROP COLUMN ${column}`);
    await made.query(`UPDATE run SET value = '2' WHERE key = 'schemaVersion'`);
    await made.close();
    const where = path.join(root, 'old');
    const read = await Recording.open(where, 'read');
    expect(await read.rows('element_settings')).toEqual([]);
    expect(await read.rows('powers')).toHaveLength(3);
    expect(await read.rows('estimates')).toMatchObject([{ ...estimate, ...unknown, ue: 'ada' }]);
    await read.close();

    const written = await Recording.open(where, 'write');
    expect(await written.runValue('schemaVersion')).toBe(RECORDING_SCHEMA_VERSION);
    written.append('element_settings', {
      ...{ hash: 'h', phaseRad: Float32Array.of(1), delayS: null, amplitude: null },
    });
    const evidence = { peakOverNoiseDb: 30, peakOverRunnerUpDb: 3, likeness: 0.99 };
    written.append('estimates', { ...estimate, ...evidence, ue: 'bela' });
    await written.close();
    const again = await Recording.open(where, 'read');
    open.push(again);
    expect(await again.rows('element_settings')).toHaveLength(1);
    expect(await again.rows('estimates')).toMatchObject([
      { ue: 'ada', ...unknown },
      { ue: 'bela', ...evidence },
    ]);
  });
});
