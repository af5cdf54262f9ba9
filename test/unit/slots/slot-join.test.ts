import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt, ReceiptStatus } from '../../../drivers/array-board.js';
import type { PowerRecord } from '../../../src/bridge/bridge.js';
import { Random } from '../../../src/core/random.js';
import { type LedgerStore, SlotLedger } from '../../../src/slots/slot-ledger.js';
import { outcomeOfSlot } from '../../../src/slots/slot-outcome.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const hashOf = (slot: number) => slot.toString(16).padStart(16, '0');
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

/** A ledger with a memory of what it recorded, whose slots are of one UE. */
class Joining {
  readonly ledger: SlotLedger;
  readonly receipts = new Map<number, Receipt>();
  readonly powers = new Set<number>();

  constructor(clock: ManualClock) {
    const store: LedgerStore = {
      append: (table, row) => {
        const { slot } = row as { readonly slot: number };
        if (table === 'receipts') this.receipts.set(slot, row as unknown as Receipt);
        if (table === 'powers') this.powers.add(slot);
      },
      event: () => {},
      durable: async () => {},
    };
    this.ledger = new SlotLedger(store, () => {}, clock);
  }

  plan(...slots: number[]): this {
    for (const slot of slots) {
      const place = { sounding: 'ue-1', ues: ['ue-1'], batch: 0, position: slot, attempt: 1 };
      const what = { codewordKey: 'k', hash: hashOf(slot), plannedBoardTimeS: slot * 1e-3 };
      this.ledger.plan({ slot, ...place, ...what });
    }
    return this;
  }

  /** How each slot stands when it is over or nothing more comes for 1 s. */
  async outcomes(slots: readonly number[], signal = new AbortController().signal): Promise<string[]> {
    await this.ledger.settle(slots, 1, signal);
    return slots.map((slot) =>
      outcomeOfSlot(hashOf(slot), this.receipts.get(slot) ?? null, this.powers.has(slot)),
    );
  }
}

describe('receipts and powers of slots', () => {
  it('are joined, each slot with its own, in any order of arrival', async () => {
    const join = new Joining(new ManualClock()).plan(3, 4, 9);
    const batch = join.outcomes([3, 4, 9]);
    join.ledger.onPower(powerOf(9));
    join.ledger.onReceipt(receiptOf(4));
    join.ledger.onReceipt(receiptOf(3));
    join.ledger.onPower(powerOf(3));
    join.ledger.onReceipt(receiptOf(9));
    join.ledger.onPower(powerOf(4));
    expect(await batch).toEqual(['joined', 'joined', 'joined']);
    const of = (slot: number) => join.ledger.measured({ sounding: 'ue-1', batch: 0, position: slot }, 'ue-1');
    expect([3, 4, 9].map((slot) => of(slot)?.powers[0])).toEqual([3, 4, 9]);
    expect([3, 4, 9].map((slot) => join.ledger.end(slot))).toEqual(['joined', 'joined', 'joined']);
  });

  it('tell of slots that the board missed, latched late or latched with another codeword', async () => {
    const join = new Joining(new ManualClock()).plan(1, 2, 3, 4);
    const batch = join.outcomes([1, 2, 3, 4]);
    join.ledger.onReceipt(receiptOf(1, 'missed'));
    join.ledger.onReceipt(receiptOf(2, 'late'));
    join.ledger.onReceipt(receiptOf(3, 'latched', hashOf(77)));
    join.ledger.onReceipt(receiptOf(4));
    for (const slot of [1, 2, 3, 4]) join.ledger.onPower(powerOf(slot));
    expect(await batch).toEqual(['missed', 'late', 'wrong-codeword', 'joined']);
    expect([1, 2, 3, 4].map((slot) => join.ledger.end(slot))).toEqual([
      'missed',
      'late',
      'wrong-codeword',
      'joined',
    ]);
  });

  it('do not hold up a slot that the board missed, and its power is counted as unused', async () => {
    const join = new Joining(new ManualClock()).plan(1, 2);
    const batch = join.outcomes([1, 2]);
    join.ledger.onReceipt(receiptOf(1, 'missed'));
    join.ledger.onPower(powerOf(2));
    join.ledger.onReceipt(receiptOf(2));
    expect(await batch).toEqual(['missed', 'joined']);
    join.ledger.onPower(powerOf(1));
    join.ledger.onPower(powerOf(1, 99));
    expect(join.ledger.statistics()).toMatchObject({ unusedPowers: 1, duplicatePowers: 1, latePowers: 0 });
  });

  it('are given up once nothing has arrived for the patience, and what comes after is counted', async () => {
    const clock = new ManualClock();
    const join = new Joining(clock).plan(1, 2, 3, 4);
    let settled = false;
    const batch = join.outcomes([1, 2, 3, 4]).finally(() => {
      settled = true;
    });
    join.ledger.onReceipt(receiptOf(1));
    join.ledger.onPower(powerOf(1));
    await clock.advance(0.9);
    join.ledger.onReceipt(receiptOf(2));
    await clock.advance(0.9);
    join.ledger.onPower(powerOf(3));
    await clock.advance(0.9);
    expect(settled).toBe(false);
    await clock.advance(0.2);
    expect(await batch).toEqual(['joined', 'no-power', 'no-receipt', 'no-receipt']);
    join.ledger.onPower(powerOf(2));
    join.ledger.onPower(powerOf(2, 99));
    join.ledger.onReceipt(receiptOf(2));
    join.ledger.onReceipt(receiptOf(3));
    expect(join.ledger.statistics()).toMatchObject({
      latePowers: 1,
      duplicatePowers: 1,
      duplicateReceipts: 1,
      lateReceipts: 1,
      outcomes: { joined: 1, 'no-power': 1, 'no-receipt': 2 },
    });
  });

  it('count when they come before anybody waits for their slot', async () => {
    const join = new Joining(new ManualClock()).plan(5);
    join.ledger.onPower(powerOf(5));
    join.ledger.onReceipt(receiptOf(5));
    expect(await join.outcomes([5])).toEqual(['joined']);
  });

  it('are strays where nobody planned the slot, or the UE was not asked, or the board latched before its time', async () => {
    const clock = new ManualClock();
    const join = new Joining(clock).plan(1);
    join.ledger.onPower(powerOf(7));
    join.ledger.onReceipt(receiptOf(7));
    const batch = join.outcomes([1]);
    join.ledger.onReceipt({ ...receiptOf(1), boardTimeS: 0 });
    join.ledger.onReceipt(receiptOf(1));
    join.ledger.onPower(powerOf(1, 1, 'ue-2'));
    await clock.advance(1);
    expect(await batch).toEqual(['no-power']);
    expect(join.ledger.statistics()).toMatchObject({ strayPowers: 2, strayReceipts: 2 });
  });

  it('are waited for once', async () => {
    const join = new Joining(new ManualClock()).plan(1, 9);
    const batch = join.outcomes([1]);
    await expect(join.outcomes([1])).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    join.ledger.onReceipt(receiptOf(1));
    join.ledger.onPower(powerOf(1));
    await batch;
    await expect(join.outcomes([1])).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(join.outcomes([9, 9])).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('are late when the wait for them was aborted', async () => {
    const join = new Joining(new ManualClock()).plan(1);
    const abort = new AbortController();
    const batch = join.outcomes([1], abort.signal);
    abort.abort(new Error('enough'));
    await expect(batch).rejects.toThrow('enough');
    join.ledger.onPower(powerOf(1));
    expect(join.ledger.statistics().latePowers).toBe(1);
  });

  it('of no slots are there at once', async () => {
    await expect(new Joining(new ManualClock()).outcomes([])).resolves.toEqual([]);
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
        const join = new Joining(clock).plan(...fates.keys());
        const arrivals = fates.flatMap(({ receipts, powers, status }, slot) => [
          ...Array.from({ length: receipts }, () => () => join.ledger.onReceipt(receiptOf(slot, status))),
          ...Array.from(
            { length: powers },
            (_, k) => () => join.ledger.onPower(powerOf(slot, 10 * slot + k + 1)),
          ),
        ]);
        const random = new Random(seed);
        for (let k = arrivals.length - 1; k > 0; k--) {
          const other = random.integer(k + 1);
          [arrivals[k], arrivals[other]] = [arrivals[other]!, arrivals[k]!];
        }
        const early = random.integer(arrivals.length + 1);
        for (const arrive of arrivals.slice(0, early)) arrive();
        const batch = join.outcomes([...fates.keys()]);
        for (const arrive of arrivals.slice(early)) arrive();
        await clock.advance(1);
        const outcomes = await batch;
        for (const [slot, { receipts, powers, status }] of fates.entries()) {
          const truth =
            receipts === 0
              ? 'no-receipt'
              : status !== 'latched'
                ? status
                : powers === 0
                  ? 'no-power'
                  : 'joined';
          expect(outcomes[slot]).toBe(truth);
          expect(join.ledger.end(slot)).toBe(truth);
          expect(join.receipts.has(slot)).toBe(receipts > 0);
          expect(join.powers.has(slot)).toBe(powers > 0);
        }
        const counts = join.ledger.statistics();
        const sum = (key: 'receipts' | 'powers') => fates.reduce((total, each) => total + each[key], 0);
        // What comes when its slot is settled is recorded, and counted as late or unused.
        const later = counts.latePowers + counts.unusedPowers;
        expect(join.receipts.size + counts.duplicateReceipts).toBe(sum('receipts'));
        expect(join.powers.size + counts.duplicatePowers).toBe(sum('powers'));
        expect(later).toBeLessThanOrEqual(join.powers.size);
        expect(counts).toMatchObject({ strayPowers: 0, strayReceipts: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it('are waited for on when this machine stood still: what came meanwhile has not been looked at yet', async () => {
    const clock = new ManualClock();
    const join = new Joining(clock).plan(1);
    const batch = join.outcomes([1]);
    // As after SIGSTOP: far more time has gone than was asked to sleep.
    await clock.advance(6);
    join.ledger.onReceipt(receiptOf(1));
    join.ledger.onPower(powerOf(1));
    expect((await batch)[0]).toBe('joined');
  });
});
