import { expect, it } from 'vitest';
import { focalPointAt } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { focusCodeword } from '../../../src/codebook/serving.js';
import { shownArray } from '../../../src/dashboard/live-array.js';
import { Patterns } from '../../../src/dashboard/patterns.js';
import type { Radiating } from '../../../src/live/messages.js';
import { liveArray } from '../../../src/live/show-run.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const array = new LinearArray({ numElements: 16, carrierHz: 28e9 });

function rig() {
  const clock = new ManualClock();
  const told: string[] = [];
  const closed = new AbortController();
  const patterns = new Patterns(
    shownArray(liveArray(array), []),
    16,
    ({ hash }) => told.push(hash),
    clock,
    closed.signal,
  );
  const phaseRad = Float32Array.from(focusCodeword(array, focalPointAt(2, 0.3)).phaseRad);
  const text = Buffer.from(phaseRad.buffer).toString('base64');
  const keep = (...hashes: string[]) => {
    for (const hash of hashes)
      patterns.keep({ type: 'settings', hash, phaseRad: text, delayS: null, amplitude: null });
  };
  const show = (hash: string) =>
    patterns.show({ slot: 1, status: 'latched', codewordKey: null, hash, boardTimeS: 1 } satisfies Radiating);
  return { clock, told, closed, patterns, keep, show };
}

it('of many that are radiated the latest is drawn, after a pause', async () => {
  const { clock, told, keep, show } = rig();
  keep('a', 'b', 'c', 'd');
  show('a');
  show('b');
  show('c');
  await clock.advance(0.01);
  expect(told).toEqual(['a']);
  show('d');
  await clock.advance(0.05);
  expect(told).toEqual(['a']);
  await clock.advance(0.1);
  expect(told).toEqual(['a', 'd']);
});

it('is told again only after another', async () => {
  const { clock, told, keep, show } = rig();
  keep('a', 'b');
  for (const hash of ['a', 'a', 'b', 'a']) {
    show(hash);
    await clock.advance(0.2);
    await clock.advance(0.2);
  }
  expect(told).toEqual(['a', 'b', 'a']);
});

it('what nobody told the settings of is not drawn, and holds nothing up', async () => {
  const { clock, told, keep, show } = rig();
  keep('b');
  show('a');
  await clock.advance(0.2);
  show('b');
  await clock.advance(0.2);
  expect(told).toEqual(['b']);
});

it('settings of another array are none', async () => {
  const { clock, told, patterns, show } = rig();
  const phaseRad = Buffer.from(new Float32Array(5).buffer).toString('base64');
  patterns.keep({ type: 'settings', hash: 'a', phaseRad, delayS: null, amplitude: null });
  show('a');
  await clock.advance(0.2);
  expect(told).toEqual([]);
});

it('is not drawn any more when the dashboard ends', async () => {
  const { clock, told, closed, keep, show } = rig();
  keep('a');
  closed.abort();
  show('a');
  await clock.advance(0.2);
  expect(told).toEqual([]);
});
