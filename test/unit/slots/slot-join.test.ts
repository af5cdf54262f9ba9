import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt, ReceiptStatus, SlotEntry } from '../../../drivers/array-board.js';
import type { PowerRecord } from '../../../src/bridge/bridge.js';
import { Random } from '../../../src/core/random.js';
import { SlotJoin } from '../../../src/slots/slot-join.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const hashOf = (slot: number) => slot.toString(16).padStart(16, '0');
const entriesOf = (...slots: number[]): SlotEntry[] => slots.map((slot) => ({ slot, hash: hashOf(slot) }));
const receiptOf = (slot: number, status: ReceiptStatus = 'latched', hash = hashOf(slot)): Receipt => ({
  slot,
  index: slot % 7,
  hash,
  boardTimeS: slot * 1e-3,
  status,
});
const powerOf = (slot: number, sequence = slot, ueId = 'ue-1'): PowerRecord => ({
  ueId,
  sequence,
  slot,
  ueTimeS: slot * 1e-3,
  noiseFloor: 0,
  powers: Float32Array.of(slot),
});

describe('SlotJoin', () => {
  it('joins each slot with its own receipt and power, in any order of arrival', async () => {
    const join = new SlotJoin(new ManualClock());
    const batch = join.expect('ue-1', entriesOf(3, 4, 9), 1);
    join.power(powerOf(9));
    join.receipt(receiptOf(4));
    join.receipt(receiptOf(3));
    join.power(powerOf(3));
    join.receipt(receiptOf(9));
    join.power(powerOf(4));
    const joined = await batch;
    expect(joined.map(({ slot, outcome }) => [slot, outcome])).toEqual([
      [3, 'joined'],
      [4, 'joined'],
      [9, 'joined'],
    ]);
    expect(joined.map(({ receipt, power }) => [receipt?.slot, power?.slot])).toEqual([
      [3, 3],
      [4, 4],
      [9, 9],
    ]);
  });

  it('reports slots that the board missed, latched late or latched with another codeword', async () => {
    const join = new SlotJoin(new ManualClock());
    const batch = join.expect('ue-1', entriesOf(1, 2, 3, 4), 1);
    join.receipt(receiptOf(1, 'missed'));
    join.receipt(receiptOf(2, 'late'));
    join.receipt(receiptOf(3, 'latched', hashOf(77)));
    join.receipt(receiptOf(4));
    for (const slot of [1, 2, 3, 4]) join.power(powerOf(slot));
    expect((await batch).map(({ outcome }) => outcome)).toEqual([
      'missed',
      'late',
      'wrong-codeword',
      'joined',
    ]);
  });

  it('does not wait for the power of a slot that the board missed, and counts it as unused', async () => {
    const join = new SlotJoin(new ManualClock());
    const batch = join.expect('ue-1', entriesOf(1, 2), 1);
    join.receipt(receiptOf(1, 'missed'));
    join.power(powerOf(2));
    join.receipt(receiptOf(2));
    expect((await batch).map(({ outcome }) => outcome)).toEqual(['missed', 'joined']);
    join.power(powerOf(1));
    join.power(powerOf(1, 99));
    expect(join.statistics()).toMatchObject({ unusedPowers: 1, duplicatePowers: 1, latePowers: 0 });
  });

  it('gives a partial result once nothing has arrived for the patience, and counts what comes after', async () => {
    const clock = new ManualClock();
    const join = new SlotJoin(clock);
    let settled = false;
    const batch = join.expect('ue-1', entriesOf(1, 2, 3, 4), 1).finally(() => {
      settled = true;
    });
    join.receipt(receiptOf(1));
    join.power(powerOf(1));
    await clock.advance(0.9);
    join.receipt(receiptOf(2));
    await clock.advance(0.9);
    join.power(powerOf(3));
    await clock.advance(0.9);
    expect(settled).toBe(false);
    await clock.advance(0.2);
    const joined = await batch;
    expect(joined.map(({ outcome }) => outcome)).toEqual(['joined', 'no-power', 'no-receipt', 'no-receipt']);
    join.power(powerOf(2));
    join.power(powerOf(2, 99));
    join.receipt(receiptOf(2));
    join.receipt(receiptOf(3));
    expect(join.statistics()).toMatchObject({
      latePowers: 1,
      duplicatePowers: 1,
      duplicateReceipts: 1,
      lateReceipts: 1,
      outcomes: { joined: 1, 'no-power': 1, 'no-receipt': 2 },
    });
  });

  it('keeps what arrives before its slot is expected', async () => {
    const join = new SlotJoin(new ManualClock());
    join.power(powerOf(5));
    join.receipt(receiptOf(5));
    const [slot] = await join.expect('ue-1', entriesOf(5), 1);
    expect(slot).toMatchObject({ outcome: 'joined', receipt: { slot: 5 }, power: { slot: 5 } });
  });

  it('gives up the oldest of what nobody ever expects', () => {
    const join = new SlotJoin(new ManualClock());
    for (let slot = 0; slot < 5000; slot++) join.power(powerOf(slot));
    expect(join.statistics().strayPowers).toBe(5000 - 4096);
  });

  it('does not take the power of a UE that was not asked', async () => {
    const clock = new ManualClock();
    const join = new SlotJoin(clock);
    const batch = join.expect('ue-1', entriesOf(1), 1);
    join.receipt(receiptOf(1));
    join.power(powerOf(1, 1, 'ue-2'));
    await clock.advance(1);
    expect((await batch)[0]).toMatchObject({ outcome: 'no-power', power: null });
    expect(join.statistics().strayPowers).toBe(1);
  });

  it('refuses a slot that was expected before, and one out of order', async () => {
    const join = new SlotJoin(new ManualClock());
    const batch = join.expect('ue-1', entriesOf(1), 1);
    await expect(join.expect('ue-2', entriesOf(1), 1)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    join.receipt(receiptOf(1));
    join.power(powerOf(1));
    await batch;
    await expect(join.expect('ue-1', entriesOf(1), 1)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(join.expect('ue-1', entriesOf(9, 8), 1)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(join.expect('ue-1', entriesOf(9, 9), 1)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('rejects when it is aborted; what arrives afterwards is late', async () => {
    const join = new SlotJoin(new ManualClock());
    const abort = new AbortController();
    const batch = join.expect('ue-1', entriesOf(1), 1, abort.signal);
    abort.abort(new Error('enough'));
    await expect(batch).rejects.toThrow('enough');
    join.power(powerOf(1));
    expect(join.statistics().latePowers).toBe(1);
  });

  it('does not wait for the power of a slot that the board missed', async () => {
    const join = new SlotJoin(new ManualClock());
    const batch = join.expect('ue-1', entriesOf(1, 2), 1);
    join.receipt(receiptOf(1, 'missed'));
    join.power(powerOf(2));
    join.receipt(receiptOf(2));
    expect((await batch).map(({ outcome }) => outcome)).toEqual(['missed', 'joined']);
  });

  it('resolves an empty batch at once', async () => {
    await expect(new SlotJoin(new ManualClock()).expect('ue-1', [], 1)).resolves.toEqual([]);
  });

  it('property: whatever is lost, repeated or reordered, every slot is settled truthfully and every arrival is accounted for', async () => {
    const fate = fc.record({
      receipts: fc.nat({ max: 3 }),
      powers: fc.nat({ max: 3 }),
      status: fc.constantFrom<ReceiptStatus>('latched', 'late', 'missed'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 40 }), fc.integer(), async (fates, seed) => {
        const clock = new ManualClock();
        const join = new SlotJoin(clock);
        const arrivals = fates.flatMap(({ receipts, powers, status }, slot) => [
          ...Array.from({ length: receipts }, () => () => join.receipt(receiptOf(slot, status))),
          ...Array.from({ length: powers }, (_, k) => () => join.power(powerOf(slot, 10 * slot + k + 1))),
        ]);
        const random = new Random(seed);
        for (let k = arrivals.length - 1; k > 0; k--) {
          const other = random.integer(k + 1);
          [arrivals[k], arrivals[other]] = [arrivals[other]!, arrivals[k]!];
        }
        const early = random.integer(arrivals.length + 1);
        for (const arrive of arrivals.slice(0, early)) arrive();
        const batch = join.expect('ue-1', entriesOf(...fates.keys()), 1);
        for (const arrive of arrivals.slice(early)) arrive();
        await clock.advance(1);
        const joined = await batch;
        for (const [slot, { receipts, powers, status }] of fates.entries()) {
          const truth =
            receipts === 0
              ? 'no-receipt'
              : status !== 'latched'
                ? status
                : powers === 0
                  ? 'no-power'
                  : 'joined';
          expect(joined[slot]).toMatchObject({ slot, outcome: truth });
          expect(joined[slot]!.receipt?.slot).toBe(receipts > 0 ? slot : undefined);
          // Nobody waits for the power of a missed slot; it may be there all the same.
          if (truth === 'missed') expect([slot, undefined]).toContain(joined[slot]!.power?.slot);
          else expect(joined[slot]!.power?.slot).toBe(powers > 0 ? slot : undefined);
        }
        const counts = join.statistics();
        const sum = (key: 'receipts' | 'powers') => fates.reduce((total, each) => total + each[key], 0);
        const given = (key: 'receipt' | 'power') => joined.filter((each) => each[key] !== null).length;
        const extraReceipts = counts.duplicateReceipts + counts.lateReceipts + counts.strayReceipts;
        const extraPowers =
          counts.duplicatePowers + counts.latePowers + counts.strayPowers + counts.unusedPowers;
        expect(given('receipt') + extraReceipts).toBe(sum('receipts'));
        expect(given('power') + extraPowers).toBe(sum('powers'));
      }),
      { numRuns: 200 },
    );
  });

  it('waits on when this machine stood still: what came meanwhile has not been looked at yet', async () => {
    const clock = new ManualClock();
    const join = new SlotJoin(clock);
    const batch = join.expect('ue-1', entriesOf(1), 1);
    // As after SIGSTOP: far more time has gone than the join had asked to sleep.
    await clock.advance(6);
    join.receipt(receiptOf(1));
    join.power(powerOf(1));
    expect((await batch)[0]!.outcome).toBe('joined');
  });
});
