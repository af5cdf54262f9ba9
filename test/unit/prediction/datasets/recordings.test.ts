import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../../../../src/prediction/datasets/parquet/read-dataset.js';
import { exportToDataset } from '../../../../src/prediction/datasets/recordings/export.js';
import { windowsOf } from '../../../../src/prediction/datasets/windows.js';
import { duckdb } from '../../../../src/record/duckdb.js';
import { Recording } from '../../../../src/record/recording.js';
import { appendMeasuredSlot, appendRow, handMadeRecording } from '../../../fixtures/hand-made-recording.js';

let root: string;
beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-own-'));
  await record(path.join(root, 'run'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const KEYS = ['polar/1/2', 'polar/1/10', 'polar/2/1'];

/**
 * Ada and Bela. Each is trained with two pilots (slots 0 to 3); then five epochs serve Ada with two slots each, in which Bela
 * listens, too, but the third, which was not latched in time; epoch 3 probes, too. Powers are means of two subcarriers.
 */
async function record(folder: string): Promise<void> {
  const recording = await handMadeRecording(folder);
  for (const [turn, ue] of ['ada', 'bela'].entries()) {
    appendRow(recording, 'users', { ue, turn, xM: 10 + turn, yM: turn, bestKey: KEYS[turn]! });
    for (const [k, power] of [3, 7].entries()) {
      const slot = 2 * turn + k;
      appendMeasuredSlot(recording, {
        slot,
        ue,
        codewordKey: KEYS[k]!,
        noiseFloor: 0.1,
        powers: [power - 1, power + 1],
      });
    }
  }
  for (let epoch = 0; epoch < 5; epoch++) {
    const first = 10 * (epoch + 1);
    const boardTimeS = first / 8;
    appendRow(recording, 'epochs', {
      ...{ epoch, ue: 'ada', boardTimeS, firstSlot: first, state: 'tracked', servedKey: KEYS[1]! },
      ...{ numServingSlots: 2, probes: [], numTrainingPilots: 0, bestKey: KEYS[2]! },
    });
    appendRow(recording, 'positions', { ue: 'ada', boardTimeS, xM: 10, yM: epoch });
    const slots = [
      { sounding: 'ada/serve', key: KEYS[1]! },
      { sounding: 'ada/serve', key: KEYS[1]! },
      ...(epoch === 3 ? [{ sounding: 'ada/probe', key: KEYS[0]! }] : []),
    ];
    for (const [position, { sounding, key }] of slots.entries()) {
      const slot = first + position;
      const hash = `h${slot}`;
      recording.append('receipts', {
        ...{ slot, board: 0, codewordIndex: 0, hash, boardTimeS: slot / 8 },
        status: epoch === 2 ? 'late' : 'latched',
      });
      for (const [turn, ue] of ['ada', 'bela'].entries()) {
        recording.append('slots', {
          ...{ slot, ue, sounding, batch: epoch, position, attempt: 1, codewordKey: key, hash },
          plannedBoardTimeS: slot / 8,
        });
        recording.append('powers', {
          ...{ slot, ue, sequence: slot, ueTimeS: 0, noiseFloor: 0.1 },
          powers: Float32Array.of(
            position === 2 ? 9 : 4 + position - turn,
            position === 2 ? 9 : 6 + position - turn,
          ),
        });
      }
    }
  }
  await recording.close();
}

async function exported() {
  const recording = await Recording.open(path.join(root, 'run'), 'read');
  const out = path.join(root, 'own');
  const manifest = await exportToDataset([{ name: 'run', recording }], out).finally(() => recording.close());
  return { out, manifest };
}

describe('recordings as a data set', () => {
  it('have a row for each user and batch or epoch, with what was measured in it', async () => {
    const { out, manifest } = await exported();
    // Numbers in keys are ordered as numbers, and so labels are 0, 1, 2.
    expect(manifest).toMatchObject({ numRows: 10, numPasses: 2, codebook: KEYS, sourceLabelBase: 0 });
    const instance = await duckdb().DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `SELECT "user", segment, source_index, time_s, powers, codewords, label, source_label, y_m
       FROM '${path.join(out, 'samples.parquet')}' WHERE "user" = 'ada' ORDER BY "row"`,
    );
    const served = { powers: [5.5], codewords: [KEYS[1]], label: 1, source_label: 2 };
    expect(read.getRowObjectsJS()).toEqual([
      {
        user: 'ada',
        segment: 0,
        source_index: 0,
        time_s: 0,
        powers: [3, 7],
        codewords: KEYS.slice(0, 2),
        label: 1,
        source_label: 0,
        y_m: 0,
      },
      { user: 'ada', segment: 1, source_index: 0, time_s: 1.25, ...served, y_m: 0 },
      { user: 'ada', segment: 1, source_index: 1, time_s: 2.5, ...served, y_m: 1 },
      // Nothing of epoch 2 was latched in time, so a new segment begins.
      {
        user: 'ada',
        segment: 2,
        source_index: 3,
        time_s: 5,
        powers: [5.5, 9],
        codewords: [KEYS[1], KEYS[0]],
        label: 0,
        source_label: 2,
        y_m: 3,
      },
      { user: 'ada', segment: 2, source_index: 4, time_s: 6.25, ...served, y_m: 4 },
    ]);
    instance.closeSync();
    const samples = await readSamples(out);
    // Bela heard the beams of Ada, and stands still.
    expect([...samples.label.slice(5)]).toEqual([1, 1, 1, 0, 1]);
    expect([...samples.xM.slice(5)]).toEqual([11, 11, 11, 11, 11]);
    // Windows of epochs that follow each other.
    const windows: number[] = [];
    for await (const { firstRow } of windowsOf(out, { history: 1, future: 1 })) windows.push(firstRow!);
    expect(windows).toEqual([1, 3, 6, 8]);
  });

  it('are refused when nothing was measured, or two have one name', async () => {
    const recording = await handMadeRecording(path.join(root, 'empty'));
    const out = path.join(root, 'none');
    await expect(exportToDataset([{ name: 'empty', recording }], out)).rejects.toThrow(
      'Nothing was measured',
    );
    const twice = [recording, recording].map((each) => ({ name: 'run', recording: each }));
    await expect(exportToDataset(twice, out)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await recording.close();
  });
});
