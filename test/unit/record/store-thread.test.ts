/** Threads that write recordings: one after the other has the same, at the same time each has its own. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import { Recording } from '../../../src/record/recording.js';
import type { RunInfo } from '../../../src/record/recording-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const INFO: RunInfo = {
  ...{ scenarioName: 's', scenarioText: '', calibrationText: null, scenario: {}, seed: 1, versions: {} },
};
const create = (name: string) => Recording.create(path.join(folder, name), INFO);

/** How many threads this process has started so far. */
async function threadsSoFar(): Promise<number> {
  const worker = new Worker('', { eval: true });
  const { threadId } = worker;
  await worker.terminate();
  return threadId;
}

async function startedBy(act: () => Promise<void>): Promise<number> {
  const before = await threadsSoFar();
  await act();
  return (await threadsSoFar()) - before - 1;
}

it('a recording is written by the thread of the last one that was closed, and leaves it nothing', async () => {
  await (await create('first')).close();
  const number = await startedBy(async () => {
    const recording = await create('second');
    recording.event('here');
    await recording.durable();
    expect((await recording.rows('events')).map(({ kind }) => kind)).toEqual(['here']);
    await recording.close();
  });
  expect(number).toBe(0);
  expect(readdirSync(path.join(folder, 'first'))).toEqual(['recording.duckdb']);
  const first = await Recording.open(path.join(folder, 'first'), 'read');
  expect(await first.rows('events')).toEqual([]);
  await first.close();
});

it('recordings that are open at the same time have threads of their own', async () => {
  const number = await startedBy(async () => {
    const [a, b] = [await create('a'), await create('b')];
    a.event('of a');
    b.event('of b');
    await Promise.all([a.durable(), b.durable()]);
    expect((await a.rows('events')).map(({ kind }) => kind)).toEqual(['of a']);
    expect((await b.rows('events')).map(({ kind }) => kind)).toEqual(['of b']);
    await Promise.all([a.close(), b.close()]);
  });
  expect(number).toBe(1);
});

it('a recording that is closed takes nothing into the next one, and one that cannot be opened leaves no thread', async () => {
  const closed = await create('closed');
  await closed.close();
  const next = await create('next');
  await expect(closed.rows('events')).rejects.toThrow('has ended');
  expect(() => closed.event('late')).toThrow('not open for writing');
  expect(await next.rows('events')).toEqual([]);
  await next.close();
  await expect(Recording.open(path.join(folder, 'nowhere'), 'write')).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  const number = await startedBy(async () => (await create('after')).close());
  expect(number).toBe(1);
});
