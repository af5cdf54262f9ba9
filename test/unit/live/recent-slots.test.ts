import { describe, expect, it } from 'vitest';
import { MOST_SLOT_MARKS } from '../../../src/live/messages.js';
import { RecentSlots } from '../../../src/live/recent-slots.js';

const planned = (slot: number, ue = 'ada') => ({
  ...{ slot, ue, sounding: ue, batch: 0, position: 0, attempt: 1 },
  ...{ codewordKey: `polar/1/${slot}`, hash: 'h', plannedBoardTimeS: slot / 8000 },
});
const receipt = (slot: number, status: string, board = 0) => ({
  ...{ slot, board, codewordIndex: 0, hash: 'h', boardTimeS: slot / 8000, status },
});

describe('RecentSlots', () => {
  it('tells planned, latched and measured apart, whichever comes first', () => {
    const slots = new RecentSlots();
    for (const slot of [1, 2, 3, 4, 5]) slots.onPlanned(planned(slot));
    slots.onReceipt(receipt(1, 'latched'));
    slots.onReceipt(receipt(2, 'latched'));
    slots.onPower({ slot: 2 });
    slots.onPower({ slot: 3 });
    slots.onReceipt(receipt(3, 'latched'));
    slots.onReceipt(receipt(4, 'missed'));
    slots.onReceipt(receipt(5, 'late'));
    slots.onPower({ slot: 5 });
    expect(slots.takeMarks().map(({ state }) => state)).toEqual([
      'latched',
      'measured',
      'measured',
      'missed',
      'late',
    ]);
    expect(slots.counts).toMatchObject({ planned: 5, latched: 3, measured: 2, late: 1, missed: 1 });
    expect(slots.takeMarks()).toEqual([]);
    expect(slots.codewordOf(3)).toBe('polar/1/3');
  });

  it('counts a slot in which two UEs listen once, as measured when both were heard, and a board of several once', () => {
    const slots = new RecentSlots();
    slots.onPlanned(planned(1, 'ada'));
    slots.onPlanned(planned(1, 'bela'));
    slots.onReceipt(receipt(1, 'latched', 0));
    slots.onReceipt(receipt(1, 'latched', 1));
    slots.onPower({ slot: 1 });
    expect(slots.counts).toMatchObject({ planned: 1, latched: 1, measured: 0 });
    slots.onPower({ slot: 1 });
    expect(slots.counts).toMatchObject({ latched: 1, measured: 1 });
  });

  it('draws many as few marks, each of which shows the worst of its slots', () => {
    const slots = new RecentSlots();
    for (let slot = 0; slot < 8000; slot++) {
      slots.onPlanned(planned(slot));
      slots.onReceipt(receipt(slot, slot === 4000 ? 'missed' : 'latched'));
      slots.onPower({ slot });
    }
    const marks = slots.takeMarks();
    expect(marks).toHaveLength(MOST_SLOT_MARKS);
    expect(marks.reduce((sum, { numSlots }) => sum + numSlots, 0)).toBe(8000);
    expect(marks.filter(({ state }) => state === 'missed')).toHaveLength(1);
    expect(marks.filter(({ state }) => state === 'measured')).toHaveLength(MOST_SLOT_MARKS - 1);
  });

  it('remembers so many and no more', () => {
    const slots = new RecentSlots();
    for (let slot = 0; slot < 100_000; slot++) slots.onPlanned(planned(slot));
    expect(slots.counts.planned).toBe(100_000);
    expect(slots.codewordOf(0)).toBeNull();
    expect(slots.takeMarks().reduce((sum, { numSlots }) => sum + numSlots, 0)).toBe(8192);
  });
});
