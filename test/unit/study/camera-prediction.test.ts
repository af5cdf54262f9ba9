import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/core/settings-file.js';
import type { Executor } from '../../../src/fan-out/executor.js';
import { cameraRows, type Predictor } from '../../../src/study/camera-prediction/camera-prediction-rows.js';
import type { StudyRow } from '../../../src/study/common/result.js';
import { overrideStudy, runStudy } from '../../../src/study/run-study.js';
import { simulatorOf } from '../../../src/study/simulators.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { writeCameraScenario } from '../../fixtures/camera-scenario.js';
import { inThisThread } from '../../fixtures/study-context.js';

const text = `kind: camera-prediction
title: Tiny
networks:
  with: camera
  without: { network: camera-no-attention, training: { epochs: 1 } }
  history: beam-history
against: without
windows: { training: 16, validation: 4, test: 6 }
training: { epochs: 2, batch: 8 }
`;
const study = (more = '') => parseSettings(`${text}${more}`, studySchema, 'tiny.yaml');
const root = mkdtempSync(path.join(tmpdir(), 'beamloop-camera-study-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rowOf = (rows: readonly StudyRow[], id: string, of: Readonly<Record<string, unknown>>) =>
  rows.find((row) => row.id === id && Object.entries(of).every(([key, value]) => row[key] === value))!;

describe('rows', () => {
  /** Three windows of two passes; the true beam is 20 in all slots. */
  const tests = {
    ...{ numBeams: 64, numTraining: 1, numValidation: 1, passes: [1, 1, 2], remarks: [], tables: [] },
    truth: Array.from({ length: 21 }, () => 20),
  };
  /** @param firstOf beam named first in each slot of each window; the others are far off. */
  const predictor = (id: string, ...trainings: ((window: number, slot: number) => number)[]): Predictor => ({
    ...{ id, parameters: null, multiplications: null, beamsTold: 0 },
    trainings: trainings.map((firstOf) => ({
      losses: Array.from({ length: 21 }, (_, k) => Math.abs(firstOf(Math.floor(k / 7), k % 7) - 20)),
      ranked: Array.from({ length: 21 }, (_, k) => [
        firstOf(Math.floor(k / 7), k % 7),
        60,
        61,
        62,
        63,
      ]).flat(),
    })),
  });
  const right = () => 20;
  /** Wrong in the second pass from slot 4 on: 22. */
  const late = (window: number, slot: number) => (window === 2 && slot >= 4 ? 22 : 20);

  it('are means over passes, not over windows, and over trainings', () => {
    const rows = cameraRows([predictor('a', right, late), predictor('b', late)], tests, 'b');
    const far = rowOf(rows, 'b', { span: 'far' });
    expect(far.top1).toBeCloseTo(0.5, 12);
    // Two beams off is worth 1 - 2/5.
    expect(far.dbaTop3).toBeCloseTo((1 + 0.6) / 2, 12);
    expect(far.dbaOverTop1).toBeCloseTo(0.3, 12);
    expect(far.top1Gain).toBeNull();
    expect(rowOf(rows, 'a', { span: 'far' }).top1).toBeCloseTo(0.75, 12);
    expect(rowOf(rows, 'a', { span: 'near' }).top1).toBe(1);
    expect(rowOf(rows, 'b', { span: 'all' }).top1).toBeCloseTo((1 + 4 / 7) / 2, 12);
    expect(rowOf(rows, 'b', { slot: 3 }).top1).toBe(1);
    expect(rowOf(rows, 'b', { slot: 4 }).top1).toBe(0.5);
    expect(rows).toHaveLength(20);
  });

  it('tell gains pass by pass, above 0 where it is better, losses too', () => {
    const rows = cameraRows([predictor('a', right), predictor('b', late)], tests, 'b');
    const far = rowOf(rows, 'a', { span: 'far' });
    expect([far.top1Gain, far.lossGain]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(1, 12)]);
    // Of two passes, one gains nothing and one all: 0.5 +- 12.706 * 0.5.
    expect(far.top1GainLow).toBeCloseTo(0.5 - 12.706 * 0.5, 6);
    expect(rowOf(rows, 'a', { span: 'near' }).top1Gain).toBe(0);
  });
});

/** As a queue of messages would: jobs last to first, each by a simulator of its own, everything as text on the way. */
const overTheWire: Executor = {
  async *runJobs<Result>(...[simulation, jobs]: Parameters<Executor['runJobs']>) {
    const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    const results: Result[] = [];
    for (let index = jobs.length - 1; index >= 0; index--) {
      const job = jobs.at(index)!;
      results[index] = sent(await simulatorOf(sent(simulation)).run(sent(job))) as Result;
    }
    yield* results;
  },
};

describe('a study of camera networks', () => {
  it('is the same whoever trains what and when, and tells how far it is', async () => {
    const told: number[][] = [];
    const result = await runStudy(study(), { ...inThisThread, onProgress: (...each) => told.push(each) });
    expect((await runStudy(study(), { executor: overTheWire })).rows).toEqual(result.rows);
    // Epochs of the three trainings, and the tests.
    expect(told.map(([done]) => done)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6]));
    expect(told.at(-1)).toEqual([6, 6]);
    const ids = [...new Set(result.rows.map(({ id }) => id))];
    expect(ids).toEqual(['with', 'without', 'history', 'hold', 'line', 'table']);
    expect(rowOf(result.rows, 'with', { span: 'all' })).toMatchObject({
      parameters: 126_520,
      beamsTold: 0,
      numPasses: 6,
    });
    expect(rowOf(result.rows, 'hold', { span: 'all' })).toMatchObject({ loss: null, beamsTold: 1 });
    expect(result.figures.map(({ title }) => title.slice(0, 3))).toEqual(['(a)', '(b)', '(c)', '(d)', 'DBA']);
    const costs = result.tables.at(-1)!.rows.map(([name, , weights]) => [name, weights]);
    expect(costs[0]).toEqual(['camera', '1,788,280']);
  });

  it('has other results with other seeds, and trains as often as it is told', async () => {
    const { rows, tables } = await runStudy(study('trainings: 2\n'), inThisThread);
    const single = tables.find(({ title }) => title === 'Single trainings')!.rows;
    expect(single.map(([id, seed]) => `${id} ${seed}`)).toEqual(
      ['with', 'without', 'history'].flatMap((id) => [`${id} 1`, `${id} 2`]),
    );
    expect(single[0]!.slice(3)).not.toEqual(single[1]!.slice(3));
    expect(rowOf(rows, 'with', { span: 'all' }).trainings).toBe(2);
  });

  it('runs on a data set instead', async () => {
    await writeCameraScenario(path.join(root, 'scenario'), 10);
    const { rows, settings } = await runStudy(
      overrideStudy(study(), { data: path.join(root, 'scenario') }),
      inThisThread,
    );
    // 0.15 of ten passes test, rounded; 16 samples make three windows.
    expect(rowOf(rows, 'with', { span: 'all' })).toMatchObject({ numPasses: 2, numWindows: 6 });
    expect(rowOf(rows, 'history', { span: 'all' }).beamsTold).toBe(7);
    expect(Object.fromEntries(settings).Windows).toContain('scenario');
    await expect(runStudy(overrideStudy(study(), { data: 'nowhere' }), inThisThread)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const running = runStudy(study('trainings: 50\n'), {
      ...inThisThread,
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  it('takes fewer windows for a try, and refuses what it has not', async () => {
    expect(overrideStudy(study(), { numUsers: 10 })).toMatchObject({
      windows: { training: 10, validation: 3, test: 10 },
    });
    expect(() => study('windows: { training: 0 }\n')).toThrow();
    expect(() =>
      parseSettings(text.replace('against: without', 'against: wihtout'), studySchema, 'f'),
    ).toThrow(/did you mean 'without'/);
    await expect(runStudy(study(), { ...inThisThread, traced: true })).rejects.toThrow(/keeps no traces/);
  });
});
