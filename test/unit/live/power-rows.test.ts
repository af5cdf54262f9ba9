/** Powers as they are shown, against what a loop over every slot and subcarrier says. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { MOST_BINS, MOST_POWER_ROWS } from '../../../src/live/messages.js';
import { type MeasuredSlot, powerRows } from '../../../src/live/power-rows.js';

function drawn(ue: string, numSlots: number, numSubcarriers: number): MeasuredSlot[] {
  const random = new Random(7, ue);
  return Array.from({ length: numSlots }, (_, k) => ({
    ue,
    slot: 10 * k,
    noiseFloor: 0.01,
    powers: Float32Array.from({ length: numSubcarriers }, () => 10 ** (-4 * random.uniform())),
  }));
}

const db = (power: number) => 10 * Math.log10(power);

describe('powerRows', () => {
  it('shows each slot by itself where there are few', () => {
    const slots = drawn('ada', 3, 8);
    const rows = powerRows(slots);
    expect(rows.map(({ slot, numSlots }) => [slot, numSlots])).toEqual([
      [0, 1],
      [10, 1],
      [20, 1],
    ]);
    for (const [k, row] of rows.entries()) {
      const mean = slots[k]!.powers.reduce((sum, power) => sum + power, 0) / 8;
      expect(row.meanDb).toBeCloseTo(db(mean), 4);
      expect(row.mostDb).toBe(row.leastDb);
      expect(row.topDb).toBeCloseTo(db(Math.max(...slots[k]!.powers)), 4);
    }
  });

  it('shows the strongest of neighbours in time and frequency, to half a decibel, and leaves no slot out', () => {
    const slots = drawn('ada', 100, 2048);
    const rows = powerRows(slots);
    expect(rows).toHaveLength(MOST_POWER_ROWS);
    expect(rows.reduce((sum, { numSlots }) => sum + numSlots, 0)).toBe(100);
    let from = 0;
    for (const { bins, topDb, numSlots, slot, lastSlot } of rows) {
      const own = slots.slice(from, from + numSlots);
      from += numSlots;
      expect([slot, lastSlot]).toEqual([own[0]!.slot, own.at(-1)!.slot]);
      const codes = Buffer.from(bins!, 'base64');
      expect(codes).toHaveLength(MOST_BINS);
      for (let bin = 0; bin < MOST_BINS; bin++) {
        const strongest = Math.max(
          ...own.flatMap(({ powers }) => [...powers.subarray(8 * bin, 8 * bin + 8)]),
        );
        expect(Math.abs(topDb! - (255 - codes[bin]!) / 2 - db(strongest))).toBeLessThanOrEqual(0.2501);
      }
    }
  });

  it('shares the rows out among UEs, and shows the latest of more UEs than rows', () => {
    const two = powerRows([...drawn('ada', 50, 1), ...drawn('bela', 2, 1)]);
    expect(two.filter(({ ue }) => ue === 'ada')).toHaveLength(4);
    expect(two.filter(({ ue }) => ue === 'bela')).toHaveLength(2);
    const many = powerRows(Array.from({ length: 20 }, (_, k) => drawn(`u${k}`, 3, 1)).flat());
    expect(many).toHaveLength(MOST_POWER_ROWS);
    expect(many.at(-1)!.ue).toBe('u19');
  });

  it('has no bins at the carrier alone, and no decibels of nothing', () => {
    const [row] = powerRows([{ ue: 'ada', slot: 1, noiseFloor: 0, powers: new Float32Array(1) }]);
    expect(row).toMatchObject({ bins: null, topDb: null, meanDb: null, noiseFloorDb: null });
    const [wide] = powerRows([{ ue: 'ada', slot: 1, noiseFloor: 0, powers: new Float32Array(4) }]);
    expect([...Buffer.from(wide!.bins!, 'base64')]).toEqual([0, 0, 0, 0]);
    expect(wide!.topDb).toBeNull();
  });
});
