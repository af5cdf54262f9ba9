/** Studies of beam prediction: tiny ones from end to end, the same on any thread, on cities and on data sets; and what networks cost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/core/settings-file.js';
import type { Executor, Simulation } from '../../../src/fan-out/executor.js';
import type { JobList, UserJob } from '../../../src/fan-out/user-job.js';
import { overrideStudy, runStudy } from '../../../src/study/run-study.js';
import { simulatorOf } from '../../../src/study/simulators.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { usersAround, writeRayTree } from '../../fixtures/ray-tree.js';
import { inThisThread } from '../../fixtures/study-context.js';

const TINY = `kind: beam-prediction
title: t
array: { rows: 4, columns: 4 }
receiver: { rows: 1, columns: 1 }
subcarriers: 2
beams: { fine: [8, 8] }
snr: [0 dB, 20 dB]
networks: { net: { branch: mlp } }
training: { steps: 3 }
`;
const PLACES = 'places: { A: { city: 7, users: 60 }, B: { city: 2, users: 40 } }\n';
const studyOf = (text: string) => parseSettings(text, studySchema, 'f');
type Row = Record<string, never> & { readonly [column: string]: number | string | boolean };
const run = async (text: string) => (await runStudy(studyOf(text), inThisThread)).rows as unknown as Row[];

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-beam-prediction-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a study of beam prediction', () => {
  it('scores every chooser at every place, and exhaustive search without noise is always right', async () => {
    const rows = await run(`${TINY.replace('[0 dB, 20 dB]', 'Infinity')}${PLACES}`);
    expect(rows).toHaveLength(2 * 2 * 6);
    for (const row of rows.filter(({ id }) => id === 'exhaustive')) {
      expect(row).toMatchObject({ top1: 1, within1Db: 1, numPilots: 64, snrDb: null });
    }
    const users = rows
      .filter(({ id }) => id === 'net')
      .map(({ trainedIn, testedIn, numUes, numTraining }) => [...[trainedIn, testedIn, numUes, numTraining]]);
    expect(users).toEqual([
      ['A', 'A', 9, 42],
      ['A', 'B', 40, 42],
      ['B', 'A', 60, 28],
      ['B', 'B', 6, 28],
    ]);
  });

  it('has rates of at most the SNR of a beam that gathers everything', async () => {
    const rows = await run(`${TINY}${PLACES}`);
    for (const { rate, snrDb, id, trainedIn, testedIn } of rows) {
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThan(Math.log2(1 + 10 ** (Number(snrDb) / 10)));
      const best = rows.find(
        (row) =>
          row.id === 'exhaustive' &&
          row.trainedIn === trainedIn &&
          row.testedIn === testedIn &&
          row.snrDb === 20,
      )!;
      if (snrDb === 20 && id !== 'exhaustive') expect(rate).toBeLessThanOrEqual(Number(best.rate) + 0.05);
    }
  });

  it('gives the same whoever does which job when, and tells how far a training is', async () => {
    const study = studyOf(`${TINY}${PLACES}`);
    const parts: number[] = [];
    const backwards: Executor = {
      async *runJobs<Result>(simulation: Simulation, jobs: JobList) {
        const results: Result[] = [];
        for (let index = jobs.length - 1; index >= 0; index--) {
          const job = jobs.at(index)!;
          const plain = JSON.parse(JSON.stringify(job)) as UserJob;
          const simulator = simulatorOf(structuredClone(simulation));
          results[index] = (await simulator.run(plain, { onPart: (done) => parts.push(done) })) as Result;
        }
        yield* results;
      },
    };
    const here = await runStudy(study, inThisThread);
    const there = await runStudy(study, { executor: backwards });
    expect(there).toEqual(here);
    expect(Math.max(...parts)).toBe(60);
    const { rows } = await runStudy(overrideStudy(study, { seed: 2 }), inThisThread);
    expect(rows).not.toEqual(here.rows);
  });

  it('is stopped within a training', async () => {
    const study = studyOf(`${TINY.replace('steps: 3', 'steps: 100000')}${PLACES}`);
    const stop = new AbortController();
    const options = {
      ...inThisThread,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    };
    await expect(runStudy(study, options)).rejects.toThrow('enough');
  });

  it('takes base stations in place of cities, and leaves out claims of cities', async () => {
    const [first, second] = [[0, 0, 20] as const, [400, 0, 20] as const];
    writeRayTree(path.join(root, 'tree'), [
      { placeM: first, usersM: usersAround(first, 50) },
      { placeM: second, usersM: usersAround(second, 40) },
    ]);
    const claim = (where: string) => `{ claim: c, paper: p, column: top1, where: ${where}, atLeast: 0 }`;
    const paper = `paper: { reference: r, claims: [${claim('{ trainedIn: A }')}, ${claim('{ id: net, isHome: true }')}] }`;
    const study = overrideStudy(studyOf(`${TINY}${PLACES}${paper}`), {
      ...{ data: path.join(root, 'tree'), numUsers: 30 },
    });
    const { rows, claims, settings } = await runStudy(study, inThisThread);
    expect(new Set(rows.map(({ trainedIn }) => trainedIn))).toEqual(new Set(['t000_tx000', 't001_tx000']));
    expect(rows.filter(({ numTraining }) => numTraining === 21)).toHaveLength(rows.length);
    expect(claims.map(({ agrees }) => agrees)).toEqual([true]);
    expect(JSON.stringify(settings)).toContain('t001_tx000 (tree, at most 30 users)');
  });

  it.each([
    ['neither places nor data', TINY, /must name at least one city or base station/],
    ['both', `${TINY}${PLACES}data: x`, /cannot go together with places/],
    ['a network called hc4', `${TINY.replace('net:', 'hc4:')}${PLACES}`, /names of their own/],
    [
      'a grid that is no power of two times as fine',
      `${TINY.replace('[8, 8]', '[12, 12]')}${PLACES}`,
      /2, 4, 8/,
    ],
    ['an odd key', `${TINY}${PLACES}netwoks: {}`, /netwoks.*networks/s],
  ])('is refused with %s', (_, text, message) => {
    expect(() => studyOf(text)).toThrow(message);
  });

  it('is refused for what it cannot do', async () => {
    const study = studyOf(`${TINY}${PLACES}`);
    expect(() => overrideStudy(study, { numUsers: 5 })).toThrow(/--users/);
    await expect(runStudy(study, { ...inThisThread, traced: true })).rejects.toThrow('no traces');
    const nowhere = overrideStudy(study, { data: path.join(root, 'nowhere') });
    await expect(runStudy(nowhere, inThisThread)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const other = studyOf('kind: scenario\ntitle: t\nscenario: x');
    expect(() => overrideStudy(other, { data: 'x' })).toThrow(
      /'scenario' works on no data set.*'beam-prediction'/s,
    );
  });
});

it('networks are counted and run forward, and the second branch of GanFusion is of training alone', async () => {
  const networks =
    'networks: { one: {}, auto: { fusion: auto }, gan: { fusion: gan }, mlp: { branch: mlp } }';
  const { rows } = await runStudy(
    studyOf(`kind: prediction-cost\ntitle: t\nsweeps: 2\n${networks}`),
    inThisThread,
  );
  expect(rows.map(({ id, numWeights }) => [id, numWeights])).toEqual([
    ['one', 98_832],
    ['auto', 228_802],
    ['gan', expect.any(Number)],
    ['mlp', 51_712],
  ]);
  const [one, auto, gan] = rows.map(({ gmacsRunning }) => Number(gmacsRunning));
  expect(auto).toBeGreaterThan(1.7 * one!);
  expect(gan).toBeLessThan(auto!);
  for (const { millisecondsASweep } of rows) expect(millisecondsASweep).toBeGreaterThan(0);
  expect(() => overrideStudy(studyOf(`kind: prediction-cost\ntitle: t\n${networks}`), { seed: 2 })).toThrow(
    '--seed',
  );
});
