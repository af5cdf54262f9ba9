/** Recordings of schema version 4, made by the program that wrote it: one that was interrupted, one that was finished. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { recordedScenario } from '../../../src/campaign/recorded-scenario.js';
import { replayRecording } from '../../../src/campaign/replay.js';
import { resumeRun, startRun } from '../../../src/campaign/run.js';
import { Recording } from '../../../src/record/recording.js';
import { RECORDING_SCHEMA_VERSION, type TableName } from '../../../src/record/schema.js';
import { measuredPilots, readRunData } from '../../../src/report/run/run-data.js';
import { writeReport } from '../../../src/report/run-report.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-version-4-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder of its own with the recording in it. */
function unpacked(name: string, as: string): string {
  const folder = path.join(root, as);
  mkdirSync(folder);
  const fixture = (file: string) => new URL(`../../fixtures/version-4/${file}.gz`, import.meta.url);
  writeFileSync(path.join(folder, 'recording.duckdb'), gunzipSync(readFileSync(fixture(`${name}.duckdb`))));
  if (name === 'interrupted') {
    const log = gunzipSync(readFileSync(fixture(`${name}.duckdb.wal`)));
    writeFileSync(path.join(folder, 'recording.duckdb.wal'), log);
  }
  return folder;
}

const parse = (text: string, where: string, calibration?: string, onBare?: (reading: string) => void) =>
  parseScenario(text, where, emulatedSection, calibration, onBare);
const progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };
const options = { openTestbed, realtime: false, signal: new AbortController().signal, progress };

async function tablesOf(folder: string): Promise<Record<string, unknown>> {
  const recording = await Recording.open(folder, 'read');
  const tables: readonly TableName[] = ['users', 'slots', 'receipts', 'powers', 'estimates', 'losses'];
  const rows: Record<string, unknown> = {};
  for (const table of tables) rows[table] = await recording.rows(table);
  await recording.close();
  return rows;
}

describe('a recording of version 4 that was finished', () => {
  it('opens, is replayed and reported as one of today, and stays as it is', async () => {
    const folder = unpacked('finished', 'finished');
    const before = readFileSync(path.join(folder, 'recording.duckdb'));
    const recording = await Recording.open(folder, 'read');
    expect(await recording.runValue('schemaVersion')).toBe(4);
    expect(await recording.rows('slots')).toMatchObject(
      ['ue1', 'ue1', 'ue1', 'ue2', 'ue2', 'ue2', 'ue3', 'ue3', 'ue3'].map((ue) => ({ ue, sounding: ue })),
    );
    expect(await recording.rows('estimates')).toMatchObject([{ epoch: 0 }, { epoch: 0 }, { epoch: 0 }]);
    expect(await recording.rows('local_estimates')).toMatchObject([
      { ue: 'ue1', sounding: 'ue1' },
      { ue: 'ue2', sounding: 'ue2' },
      { ue: 'ue3', sounding: 'ue3' },
    ]);
    expect(await recording.rows('positions')).toEqual([]);
    const file = await recordedScenario(recording, parse, () => {});
    const replayed = await replayRecording(recording, file, file.scenario.scheme);
    expect(replayed.map(({ ue, same }) => [ue, same])).toEqual([
      ['ue1', true],
      ['ue2', true],
      ['ue3', true],
    ]);
    await recording.close();
    const report = await writeReport(folder);
    expect(readFileSync(report, 'utf8')).toContain('ue3');
    const outcome = await resumeRun(folder, parse, options);
    expect(outcome.users.map(({ estimate }) => estimate !== null)).toEqual([true, true, true]);
    expect(readFileSync(path.join(folder, 'recording.duckdb')).equals(before)).toBe(true);
  });
});

describe('a recording of version 4 that was interrupted', () => {
  it('goes on to the tables of an undisturbed run, and is of this version then', async () => {
    const folder = unpacked('interrupted', 'interrupted');
    const held = await tablesOf(folder);
    expect(held.estimates).toHaveLength(2);
    const reading = await Recording.open(folder, 'read');
    const { text } = await recordedScenario(reading, parse, () => {});
    await reading.close();
    await resumeRun(folder, parse, options);
    const whole = path.join(root, 'whole');
    await startRun(parse(text, 'narrow.yaml'), whole, options);
    const [resumed, undisturbed] = [await tablesOf(folder), await tablesOf(whole)];
    // The index at which the board holds a codeword is not claimed after a resume.
    const claimed = ({ receipts, ...tables }: Record<string, unknown>) => ({
      ...tables,
      receipts: (receipts as Record<string, unknown>[]).map(({ codewordIndex, ...rest }) => rest),
    });
    expect(claimed(resumed)).toEqual(claimed(undisturbed));
    const recording = await Recording.open(folder, 'read');
    expect(await recording.runValue('schemaVersion')).toBe(RECORDING_SCHEMA_VERSION);
    await recording.close();
  });
});

it('powers of others that listen in the same slots, and pilots of other soundings, are not those of the training', async () => {
  const folder = unpacked('interrupted', 'shared');
  const pilotsOf = async () => {
    const { slots } = await readRunData(folder);
    return measuredPilots(slots, 'ue1').map(({ slot, power }) => [slot, power!.received]);
  };
  const recording = await Recording.open(folder, 'write');
  const file = await recordedScenario(recording, parse, () => {});
  const replayed = await replayRecording(recording, file, file.scenario.scheme);
  const training = await recording.rows('slots', `WHERE ue = 'ue1'`);
  await recording.close();
  const before = await pilotsOf();
  const written = await Recording.open(folder, 'write');
  const power = { ueTimeS: 0, noiseFloor: 0, powers: Float32Array.of(1e6) };
  for (const [k, row] of training.entries()) {
    written.append('slots', { ...row, ue: 'zed', sounding: 'array' });
    written.append('powers', { ...power, slot: row.slot, ue: 'zed', sequence: k + 1 });
    const again = { ...row, slot: row.slot + 100_000, sounding: 'array', batch: row.batch + 50 };
    written.append('slots', again);
    const latched = { codewordIndex: 0, hash: row.hash, boardTimeS: 9, status: 'latched' };
    written.append('receipts', { ...latched, slot: again.slot, board: 0 });
    written.append('powers', { ...power, slot: again.slot, ue: 'ue1', sequence: 1000 + k });
  }
  await written.durable();
  expect(await replayRecording(written, file, file.scenario.scheme)).toEqual(replayed);
  await written.close();
  expect(await pilotsOf()).toEqual(before);
});
