import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numbered } from '../../../../src/prediction/datasets/deepsense/sequences.js';
import { timeOfDayS } from '../../../../src/prediction/datasets/deepsense/time-stamp.js';
import { importSource } from '../../../../src/prediction/datasets/import.js';
import { readManifest } from '../../../../src/prediction/datasets/parquet/manifest.js';
import { readSamples } from '../../../../src/prediction/datasets/parquet/read-dataset.js';
import { segmentsOf, windowStarts } from '../../../../src/prediction/datasets/segments.js';
import { openSource } from '../../../../src/prediction/datasets/source.js';
import { surveySource } from '../../../../src/prediction/datasets/survey.js';
import {
  authorsSplit,
  drawnSplit,
  isLabelled,
  windowsOf,
} from '../../../../src/prediction/datasets/windows.js';
import { duckdb } from '../../../../src/record/duckdb.js';
import { powerLines, writeFiles, writeScenario } from './deepsense-tree.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-deepsense-'));
  writeScenario(path.join(root, 'scenario'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('a scenario of DeepSense 6G', () => {
  it('is surveyed to the numbers worked out by hand', async () => {
    // Segments of 6 (samples 0 to 5), 4 (6 to 9) and 5 samples (10 to 14). Windows of 2 + 1 samples: 6 - 2 + 4 - 2 + 5 - 2 = 9.
    // Sample 12 has no label: of the three windows of pass 2, all hold it, so 6 have labels. Sample 4 has no image: windows from 3 and
    // from 4 would need it, and the one from 4 ends beyond the segment (4, 5 | 6), so of 0 1 2 3 | 6 7 one goes: 5.
    const survey = await surveySource(await openSource(path.join(root, 'scenario')), {
      history: 2,
      future: 1,
    });
    expect(survey).toMatchObject({
      kind: 'samples',
      layout: 'DeepSense 6G scenario',
      files: ['scenario9.csv'],
      numSamples: 15,
      numPasses: 2,
      numGaps: 1,
      numSegments: 3,
      stepS: expect.closeTo(0.1, 6),
      windows: { all: 9, labelled: 6, labelledWithImages: 5 },
      numBeams: 64,
      numLabelled: 14,
      // Sample 12's label cannot be compared.
      labels: {
        labelBase: 1,
        numLabelsCompared: 14,
        numLabelsAgreeing: 14,
        numNanPowers: 66,
        numSamplesWithNan: 2,
      },
      numWithPosition: 14,
      origin: { latitudeDeg: 33.42, longitudeDeg: -111.93 },
      images: { numThere: 14, sizes: [{ size: '96 x 54', count: 14 }], meanBytes: 33 },
    });
    expect(survey.problems.toSorted((a, b) => a.what.localeCompare(b.what))).toEqual([
      expect.objectContaining({
        what: 'image is missing',
        count: 1,
        where: ['scenario9.csv:6 (./unit1/camera/image_4.png)'],
      }),
      expect.objectContaining({ what: 'no power of the sweep is finite', where: ['scenario9.csv:14'] }),
      expect.objectContaining({
        what: 'position file is missing',
        where: ['scenario9.csv:15 (./unit2/gps/gps_13.txt)'],
      }),
    ]);
  });

  it('becomes a table of samples with the same labels, places and windows', async () => {
    const out = path.join(root, 'samples');
    const source = await openSource(path.join(root, 'scenario', 'scenario9.csv'));
    await importSource(source, out, { imageBytes: true });
    const samples = await readSamples(out);
    expect([...samples.label]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, -1, 23, 24]);
    expect([...samples.segment]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(samples.timeS[0]).toBe(16 * 3600 + 45 * 60 + 59);
    expect(samples.timeS[6]).toBe(16 * 3600 + 46 * 60);
    // By hand: an arc of latitude at 33.42 degrees has 111.1 km + cos(66.84) * -0.56 km = 110.92 km a degree.
    expect(samples.yM[3]).toBeCloseTo(3 * 11.092, 1);
    expect(samples.xM[3]).toBeCloseTo(0, 6);
    expect(samples.yM[13]).toBeNaN();
    expect(samples.powers.slice(2 * 64, 2 * 64 + 5)).toEqual(
      Float32Array.from([0.1, 0.101, 0.102, Number.NaN, 0.104]),
    );
    expect(samples.image[4]).toBeNull();
    const windows = await all(windowsOf(out, { history: 2, future: 1 }));
    expect(windows.map(({ firstRow }) => firstRow)).toEqual([0, 1, 2, 3, 6, 7, 10, 11, 12]);
    expect(windows.filter(isLabelled)).toHaveLength(6);
    expect([...windows[3]!.history, ...windows[3]!.future]).toEqual([13, 14, 15]);
    expect(await readManifest(out)).toMatchObject({
      kind: 'samples',
      numBeams: 64,
      sourceLabelBase: 1,
      numSegments: 3,
    });
    await expect(importSource(source, out)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('gives a file that DuckDB reads by itself, images included', async () => {
    const instance = await duckdb().DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS n, sum(octet_length(image_bytes))::INTEGER AS bytes, max(len(powers))::INTEGER AS beams
       FROM '${path.join(root, 'samples', 'samples.parquet')}'`,
    );
    expect(read.getRowObjectsJS()).toEqual([{ n: 15, bytes: 14 * 33, beams: 64 }]);
    instance.closeSync();
  });

  it('tells labels from 0 from labels from 1, and takes the released ones only where there are no powers', async () => {
    const folder = path.join(root, 'labels');
    const header = 'index,unit1_beam,seq_index';
    const lines = (labels: readonly number[]) => labels.map((label, k) => `${k},${label},1`).join('\n');
    const survey = async (labels: readonly number[], base?: 0 | 1) => {
      writeFiles(folder, { 'scenario1.csv': `${header}\n${lines(labels)}\n` });
      const source = await openSource(folder, base === undefined ? {} : { labelBase: base });
      return surveySource(source, { history: 1, future: 1 });
    };
    expect(await survey([5, 64, 7])).toMatchObject({ labels: { labelBase: 1 }, numLabelled: 3 });
    expect(await survey([5, 0, 7])).toMatchObject({ labels: { labelBase: 0 }, numLabelled: 3 });
    const unknown = await survey([5, 6, 7]);
    expect(unknown).toMatchObject({ labels: { labelBase: null }, numLabelled: 0 });
    expect(unknown.problems[0]!.consequence).toContain('--label-base');
    expect(await survey([5, 6, 7], 1)).toMatchObject({ labels: { labelBase: 1 }, numLabelled: 3 });
  });

  it('says which line of which file is wrong, and goes on', async () => {
    const folder = path.join(root, 'wrong');
    writeFiles(folder, {
      'scenario2.csv':
        'index,unit1_pwr_60ghz,seq_index,time_stamp[UTC]\n' +
        "1,./a.txt,1,['16-45-05-799']\n2,./b.txt,1,yesterday\n3,./c.txt,1\n4,./d.txt,one,16:45:06-000000\n5,./d.txt,1,16:45:06-000000\n",
      'a.txt': powerLines(3),
      'b.txt': powerLines(3, { 20: 'strong' }),
      'd.txt': '1\n2\n',
    });
    const { problems } = await surveySource(await openSource(folder), { history: 1, future: 1 });
    const places = Object.fromEntries(problems.map(({ what, where }) => [what, where[0]]));
    expect(places).toEqual({
      'a line of the table has more or fewer values than the header has names': `${folder}/scenario2.csv:4`,
      'seq_index is no whole number': `${folder}/scenario2.csv:5`,
      'the time stamp cannot be read': `${folder}/scenario2.csv:3`,
      'power file holds what is no number': './b.txt:21',
      'power file has another number of values than 64': './d.txt (2)',
    });
  });

  it.each([
    ['index,unit1_pwr_60ghz\n1,./a.txt\n', "no column 'seq_index'"],
    ['index,unit1_pwr_60ghz,seq_index\n', 'no samples'],
    ['name,size\nada,3\n', 'no layout that is known'],
  ])('refuses %j', async (text, why) => {
    const folder = path.join(root, 'refused');
    writeFiles(folder, { 'scenario3.csv': text });
    await expect(openSource(folder)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(why),
    });
  });
});

it('a folder that holds the folder of a scenario says which', async () => {
  writeFiles(path.join(root, 'above'), { 'scenario4/scenario4.csv': 'unit1_beam,seq_index\n1,1\n' });
  await expect(openSource(path.join(root, 'above'))).rejects.toMatchObject({
    code: 'DATASET_INVALID',
    todo: expect.stringContaining(path.join('above', 'scenario4')),
  });
});

describe('a table of windows', () => {
  it('is read with its columns in the order of their numbers', async () => {
    // Written as text sorts names: 1, 10, 11, 2, …. Two passes of 13 and 12 samples give 2 + 1 windows of 11 + 1.
    const folder = path.join(root, 'sequences');
    const order = [...Array(11).keys()].map((k) => String(k + 1)).sort();
    expect(order[1]).toBe('10');
    const names = [...order.map((k) => `camera${k}`), 'future_beam1', ...order.map((k) => `beam${k}`)];
    const window = (first: number) => [
      ...order.map((k) => `img${first + Number(k)}.png`),
      String(first + 12),
      ...order.map((k) => String(first + Number(k))),
    ];
    writeFiles(folder, {
      'train.csv': `${[names, window(0), window(1), window(52)].map((row) => row.join(',')).join('\r\n')}\r\n`,
    });
    const source = await openSource(folder);
    const shape = { history: 11, future: 1 };
    // Beams go from 1 to 64: the 64 says that they count from 1.
    expect(await surveySource(source, shape)).toMatchObject({
      kind: 'windows',
      numPasses: 2,
      passesAreInferred: true,
      labelBase: 1,
      windows: { ...shape, all: 3, labelled: 3, labelledWithImages: 0 },
      problems: [{ what: 'image is missing', count: 12 + 11 }],
    });
    const out = path.join(root, 'windows');
    await importSource(source, out);
    const windows = await all(windowsOf(out, shape));
    expect([...windows[0]!.history]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(windows.map(({ pass, future }) => [pass, future[0]])).toEqual([
      [1, 11],
      [1, 12],
      [2, 63],
    ]);
    await expect(all(windowsOf(out, { history: 8, future: 6 }))).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
  });

  it('takes beams that are files of powers', async () => {
    const folder = path.join(root, 'sweeps');
    writeFiles(folder, {
      'test.csv': 'camera1,beam1,beam2,future_beam1,seq_index\n,./p1.txt,./p2.txt,./p3.txt,9\n',
      'p1.txt': powerLines(7, { 0: 'nan' }),
      'p2.txt': powerLines(8),
    });
    const out = path.join(root, 'sweeps-out');
    const manifest = await importSource(await openSource(folder), out);
    expect(manifest.problems).toMatchObject([
      { what: 'power file is missing', where: ['test.csv:2 (./p3.txt)'] },
    ]);
    const [window] = await all(windowsOf(out, { history: 2, future: 1 }));
    expect([window!.pass, ...window!.history, ...window!.future]).toEqual([9, 7, 8, -1]);
  });

  it('sorts numbers as numbers', () => {
    expect(numbered(['beam10', 'beam2', 'future_beam1', 'beam1'], 'beam')).toEqual([3, 1, 0]);
  });
});

describe('windows and splits', () => {
  it('have the last legal window of each pass', () => {
    // As in scenario 9: a pass of n samples has n - 13 windows of 8 + 6, one more than a loop that stops a step early.
    const starts = [
      ...windowStarts(Int32Array.from([...Array(14).fill(0), ...Array(16).fill(1), ...Array(13).fill(2)]), {
        history: 8,
        future: 6,
      }),
    ];
    expect(starts).toEqual([0, 14, 15, 16]);
  });

  it('break where times go back and where the count skips, not at midnight', () => {
    const at = (timeS: number | null, index: number | null = null) => ({ pass: 1, timeS, index });
    expect([...segmentsOf([86399.8, 86399.9, 0, 0.1, 0.05].map((t) => at(t))).ofSample]).toEqual([
      0, 0, 0, 0, 1,
    ]);
    expect([...segmentsOf([1, 2, 4, 5].map((index) => at(null, index))).ofSample]).toEqual([0, 0, 1, 1]);
    const steps = [0, 0.1, 0.2, 0.39, 0.49].map((t) => at(t));
    expect([...segmentsOf(steps).ofSample]).toEqual([0, 0, 0, 1, 1]);
    expect([...segmentsOf(steps, 0.3).ofSample]).toEqual([0, 0, 0, 0, 0]);
  });

  it('read times in both forms', () => {
    expect(timeOfDayS("['16-45-05-799']")).toBeCloseTo(60_305.799, 9);
    expect(timeOfDayS('16:45:05-799123')).toBeCloseTo(60_305.799123, 9);
    expect(timeOfDayS('25:00:00-0')).toBeNull();
    expect(timeOfDayS('soon')).toBeNull();
  });

  it('split passes, never within one, the same for the same seed in any order', () => {
    const passes = [...Array(40).keys()];
    const split = drawnSplit(passes, 3, { validation: 0.2, test: 0.1 });
    const count = (part: string) => [...split.values()].filter((each) => each === part).length;
    expect([count('training'), count('validation'), count('test')]).toEqual([28, 8, 4]);
    const again = drawnSplit([...passes].reverse(), 3, { validation: 0.2, test: 0.1 });
    expect(passes.map((pass) => again.get(pass))).toEqual(passes.map((pass) => split.get(pass)));
    expect([...drawnSplit(passes, 4, { validation: 0.2, test: 0.1 })]).not.toEqual([...split]);
    expect(() => drawnSplit([1, 2], 1, { validation: 0.2, test: 0.2 })).toThrow('a part would have none');
  });

  it('split scenario 9 as its authors do, with a third part of their training passes', () => {
    const passes = [...Array(136).keys()].map((k) => k + 1);
    const split = authorsSplit(passes, 1, 0.25);
    expect(passes.filter((pass) => split.get(pass) === 'test')).toEqual(passes.slice(108));
    expect([...split.values()].filter((part) => part === 'validation')).toHaveLength(27);
    expect(() => authorsSplit([0, 1], 1, 0)).toThrow('pass 0');
    expect(() => authorsSplit([1, 2], 1, 0)).toThrow('a part would have none');
  });
});
