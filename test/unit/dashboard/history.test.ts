import { describe, expect, it } from 'vitest';
import { Latest, RunHistory } from '../../../src/dashboard/history.js';
import { LatestSlots } from '../../../src/dashboard/page/latest-slots.js';
import { Ring } from '../../../src/dashboard/page/ring.js';

describe('what is remembered of a run', () => {
  it('is the latest, bounded in number', () => {
    const latest = new Latest(3);
    for (let k = 0; k < 1000; k++) {
      latest.add(String(k));
      expect(latest.all()).toEqual(
        Array.from({ length: Math.min(3, k + 1) }, (_, j) => String(Math.max(0, k - 2) + j)),
      );
    }
  });

  it('is bounded in characters, but for the last of all', () => {
    const latest = new Latest(100, 10);
    latest.add('12345');
    latest.add('6789');
    latest.add('abcde');
    expect(latest.all()).toEqual(['6789', 'abcde']);
    latest.add('x'.repeat(50));
    expect(latest.all()).toEqual(['x'.repeat(50)]);
  });

  it('comes with the end last', () => {
    const history = new RunHistory();
    history.add('end', 'end');
    history.add('frame', 'frame');
    history.add('event', 'event');
    expect(history.all()).toEqual(['event', 'frame', 'end']);
  });
});

describe('slots of the timeline', () => {
  it('are those that were planned, by the last that became of each', () => {
    const slots = new LatestSlots();
    for (const slot of [5, 6, 9, 100]) slots.mark(slot, 4);
    slots.mark(6, 2);
    slots.mark(100, 1);
    // Nobody planned it that is remembered.
    slots.mark(7, 0);
    expect(slots.length).toBe(4);
    expect([0, 1, 2, 3].map((back) => [slots.slotAt(back), slots.laneAt(back)])).toEqual([
      [100, 1],
      [9, 4],
      [6, 2],
      [5, 4],
    ]);
  });

  it('are forgotten in their order, and told of in vain then', () => {
    const slots = new LatestSlots();
    for (let slot = 0; slot < 20_000; slot++) slots.mark(2 * slot, slot % 5);
    expect(slots.length).toBe(8192);
    expect(slots.slotAt(0)).toBe(39_998);
    expect(slots.slotAt(8191)).toBe(2 * (20_000 - 8192));
    slots.mark(4, 3);
    slots.mark(39_990, 3);
    expect(slots.laneAt(4)).toBe(3);
    expect(slots.laneAt(8191)).toBe((20_000 - 8192) % 5);
  });
});

it('a ring holds the latest so many numbers', () => {
  const ring = new Ring(4);
  for (let k = 0; k < 11; k++) ring.push(k);
  expect(Array.from({ length: ring.length }, (_, k) => ring.at(k))).toEqual([7, 8, 9, 10]);
  ring.clear();
  expect(ring.length).toBe(0);
});
