/** A receiver that is told nothing but when slots are finds which slot a signal was in, or finds nothing. */
import { describe, expect, it } from 'vitest';
import { type Heard, isTold, SlotReckoning } from '../../../src/ue/slot-reckoning.js';

const D = 1e-3;
/** When slot 100 truly begins. */
const START_S = 50;

/** @param errorS by which the UE's idea of the start is off. */
function timing(errorS: number, uncertaintyS: number, slot = 100) {
  return {
    slot,
    startS: START_S + (slot - 100) * D + errorS,
    slotDurationS: D,
    uncertaintyS,
    maxDrift: 1e-4,
  };
}

function signalIn(slot: number, signal: string | null = `beam ${slot}`, lateS = 0): Heard<string> {
  const fromS = START_S + (slot - 100) * D;
  return { fromS: fromS + lateS, untilS: fromS + D, signal };
}

const SLOTS = [100, 101, 102, 104];
const truth = (slots: readonly number[]) => slots.map((slot) => [slot, `beam ${slot}`]);
const hearAll = (reckoning: SlotReckoning<string>, heard: readonly Heard<string>[]) =>
  heard.flatMap((of) => reckoning.hear(of)).map(({ slot, signal }) => [slot, signal]);

describe('where the clock leaves no doubt', () => {
  it.each([-0.4, 0, 0.4])('each signal has its slot at once, the clock off by %f slots', (off) => {
    const reckoning = new SlotReckoning<string>();
    reckoning.listenFor(SLOTS, timing(off * D, 0.45 * D), 49.9);
    expect(
      hearAll(
        reckoning,
        SLOTS.slice(0, 2).map((slot) => signalIn(slot)),
      ),
    ).toEqual(truth([100, 101]));
    // A latch that is late leaves the end of its slot.
    expect(hearAll(reckoning, [signalIn(102, 'beam 102', 0.9 * D)])).toEqual(truth([102]));
    expect(hearAll(reckoning, [signalIn(103), signalIn(104), signalIn(105)])).toEqual(truth([104]));
    expect(reckoning.isIdle).toBe(true);
  });

  it('what comes under another clock is told by that one', () => {
    const reckoning = new SlotReckoning<string>();
    reckoning.listenFor([100, 101], timing(0, 0.1 * D), 49.9);
    // Armed again: slot 102 lies where 110 would have been.
    const again = { ...timing(0, 0.1 * D, 102), startS: START_S + 10 * D };
    reckoning.listenFor([102], again, 50.0);
    const heard = [signalIn(100), signalIn(110)];
    expect(hearAll(reckoning, heard)).toEqual([
      [100, 'beam 100'],
      [102, 'beam 110'],
    ]);
  });
});

describe('where the clock leaves some', () => {
  const unsure = (off: number) => timing(off * D, 20 * D);

  it('is said to', () => {
    expect(isTold(SLOTS, unsure(0))).toBe(false);
    expect(isTold(SLOTS, timing(0, 0.45 * D))).toBe(true);
    expect(isTold([0, 6000], { ...timing(0, 0), slot: 0 })).toBe(false);
  });

  it.each([-19, -3, 0, 7, 19])('a whole run of signals has its slots, the clock off by %i slots', (off) => {
    const reckoning = new SlotReckoning<string>();
    reckoning.listenFor(SLOTS, unsure(off), 49.95);
    const heard = [signalIn(100, 'beam 100', 0.9 * D), signalIn(101), signalIn(104)];
    expect(hearAll(reckoning, heard)).toEqual([
      [100, 'beam 100'],
      [101, 'beam 101'],
      [102, null],
      [104, 'beam 104'],
    ]);
  });

  it('a run that lacks its beginning or its end is nobody knows which, and is left out', () => {
    for (const heard of [SLOTS.slice(1), SLOTS.slice(0, 3)]) {
      const reckoning = new SlotReckoning<string>();
      reckoning.listenFor(SLOTS, unsure(3), 49.95);
      expect(
        hearAll(
          reckoning,
          heard.map((slot) => signalIn(slot)),
        ),
      ).toEqual([]);
      // The next request begins afresh.
      const slots = [300, 301];
      reckoning.listenFor(slots, timing(3 * D, 20 * D, 300), 50.15);
      expect(
        hearAll(
          reckoning,
          slots.map((slot) => signalIn(slot)),
        ),
      ).toEqual(truth(slots));
    }
  });

  it('signals from before the request are of others', () => {
    const reckoning = new SlotReckoning<string>();
    reckoning.listenFor([100], unsure(0), START_S - D / 2);
    expect(hearAll(reckoning, [signalIn(99), signalIn(100)])).toEqual(truth([100]));
  });
});
