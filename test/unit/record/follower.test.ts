import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Follower, type RowOfTable } from '../../../src/record/follower.js';
import { Recording } from '../../../src/record/recording.js';
import { handMadeRecording } from '../../fixtures/hand-made-recording.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-follower-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const event = (kind: string): RowOfTable => ({
  table: 'events',
  row: { wallTime: new Date(0), kind, detail: {} },
});

it('gives rows of its tables as they are committed, in order, and ends with the recording', async () => {
  const recording = await handMadeRecording(path.join(root, 'run'));
  const seen: string[] = [];
  const following = (async () => {
    for await (const { table, row } of recording.follow(['events', 'local_estimates'])) {
      seen.push(table === 'events' ? row.kind : String(table));
    }
  })();
  recording.event('one');
  recording.append('local_estimates', { ue: 'u', sounding: 'u', batch: 0, sinAngle: 0, ringPerM: 0 });
  recording.append('run', { key: 'x', value: 1 });
  expect(seen).toEqual([]); // nothing is on disk yet
  await recording.flushed();
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['one', 'local_estimates']);
  recording.event('two');
  const reader = recording.folder;
  await recording.close();
  await following;
  expect(seen).toEqual(['one', 'local_estimates', 'two']);
  // Nothing would ever come of one that is only read.
  const read = await Recording.open(reader, 'read');
  expect(() => read.follow(['events'])).toThrow(/does not hear of what others write/);
  await read.close();
});

it('loses the oldest of what it cannot hold, says how many, and takes nothing after its end', async () => {
  const follower = new Follower(['events'], 3, () => {});
  follower.take(['a', 'b', 'c', 'd', 'e'].map(event));
  const given: unknown[] = [];
  const following = (async () => {
    for await (const each of follower) given.push(each.table === null ? each.numLost : each);
  })();
  await new Promise((resolve) => setImmediate(resolve));
  follower.take([event('f')]);
  follower.end();
  follower.take([event('g')]);
  await following;
  expect(given).toEqual([2, event('c'), event('d'), event('e'), event('f')]);
});
