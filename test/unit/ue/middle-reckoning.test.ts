/** Slots that nothing on the air begins: what a receiver measured in the middle third of each, by its clock alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMiddleTold, MiddleReckoning } from '../../../src/ue/middle-reckoning.js';

const TIMING = { slot: 10, startS: 5, slotDurationS: 0.3, uncertaintyS: 0, maxDrift: 0 };

/** Every signal from when it began until the next, cut into pieces of any length. */
function hear(
  reckoning: MiddleReckoning<string>,
  changes: readonly (readonly [number, string | null])[],
  untilS: number,
  pieceS = 7e-3,
) {
  const measured = [];
  for (const [k, [fromS, signal]] of changes.entries()) {
    const endS = changes[k + 1]?.[0] ?? untilS;
    for (let atS = fromS; atS < endS; atS += pieceS) {
      measured.push(...reckoning.hear({ fromS: atS, untilS: Math.min(atS + pieceS, endS), signal }));
    }
  }
  return measured;
}

describe('a receiver by its clock alone', () => {
  it('measures what was on the air in the middle third of each slot that it was asked for', () => {
    const reckoning = new MiddleReckoning<string>();
    reckoning.listenFor([10, 11, 13], TIMING);
    // Codewords come into force up to a third late.
    const measured = hear(
      reckoning,
      [
        [4, null],
        [5.01, 'a'],
        [5.39, 'b'],
        [5.62, 'c'],
        [5.95, 'd'],
      ],
      6.5,
    );
    expect(measured.map(({ slot, parts }) => [slot, parts.map(({ signal }) => signal)])).toEqual([
      [10, ['a']],
      [11, ['b']],
      [13, ['d']],
    ]);
    expect(measured[0]!.fromS).toBeCloseTo(5.1, 12);
    expect(reckoning.isIdle).toBe(true);
  });

  it('hears all that was there where a codeword came too late, each by its share', () => {
    const reckoning = new MiddleReckoning<string>();
    reckoning.listenFor([10], TIMING);
    // The window is from 5.1 to 5.2.
    const [measured] = hear(
      reckoning,
      [
        [4, 'old'],
        [5.13, null],
        [5.14, 'new'],
      ],
      6,
    );
    expect(measured!.parts.map(({ signal }) => signal)).toEqual(['old', null, 'new']);
    for (const [k, share] of [0.3, 0.1, 0.6].entries())
      expect(measured!.parts[k]!.share).toBeCloseTo(share, 9);
  });

  it('says nothing of a slot that it did not hear from its window’s beginning, nor of one before the latest request', () => {
    const reckoning = new MiddleReckoning<string>();
    reckoning.listenFor([10, 11], TIMING);
    expect(hear(reckoning, [[5.15, 'a']], 6).map(({ slot }) => slot)).toEqual([11]);
    reckoning.listenFor([20, 21], TIMING);
    // Armed anew: slot 30 begins where slot 20 would have.
    reckoning.listenFor([30], { ...TIMING, slot: 30, startS: 8 });
    expect(hear(reckoning, [[7, 'b']], 12).map(({ slot }) => slot)).toEqual([30]);
  });

  it('has shares that sum to 1, however the air is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 4, max: 6.9, noNaN: true }), { maxLength: 12 }),
        fc.double({ min: 1e-3, max: 0.2, noNaN: true }),
        (times, pieceS) => {
          const reckoning = new MiddleReckoning<string>();
          reckoning.listenFor([10, 12, 14], TIMING);
          const changes = [4, ...times]
            .toSorted((a, b) => a - b)
            .map((timeS, k) => [timeS, `s${k}`] as const);
          const measured = hear(reckoning, changes, 7, pieceS);
          expect(measured.map(({ slot }) => slot)).toEqual([10, 12, 14]);
          for (const { slot, parts } of measured) {
            const fromS = 5 + (slot - 10) * 0.3 + 0.1;
            expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
            // The slow way: which signal is there, instant by instant.
            for (let k = 0; k < 50; k++) {
              const atS = fromS + ((k + 0.5) * 0.1) / 50;
              const there = changes.findLast(([timeS]) => timeS <= atS)![1];
              expect(parts.some(({ signal }) => signal === there)).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('cannot tell slots whose starts are known to worse than half a third', () => {
    expect(isMiddleTold([10, 11], { ...TIMING, uncertaintyS: 0.04 })).toBe(true);
    expect(isMiddleTold([10, 11], { ...TIMING, uncertaintyS: 0.06 })).toBe(false);
    expect(isMiddleTold([10, 10_000], { ...TIMING, maxDrift: 100e-6 })).toBe(false);
  });
});
