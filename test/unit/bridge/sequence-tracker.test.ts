import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../../src/bridge/rate-limit.js';
import { SequenceTracker } from '../../../src/bridge/sequence-tracker.js';
import { areAscending, countSlots, fromRanges, toRanges } from '../../../src/bridge/slot-ranges.js';

describe('SequenceTracker', () => {
  it('property: agrees with a set of everything that arrived', () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ acknowledge: fc.integer({ min: 0, max: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat({ max: 5 }), (steps, durable) => {
        const window = 20;
        const tracker = new SequenceTracker(window, durable);
        const arrived = new Set(Array.from({ length: durable }, (_, k) => k + 1));
        let acknowledged = durable;
        const highest = () => Math.max(0, ...arrived);
        for (const each of steps) {
          if ('take' in each) {
            // A skipped number is lost for good once numbers beyond it are acknowledged.
            const isLost = each.take <= acknowledged;
            const truth =
              each.take > acknowledged + window
                ? 'beyond-window'
                : arrived.has(each.take) || isLost
                  ? 'duplicate'
                  : 'new';
            expect(tracker.take(each.take)).toBe(truth);
            if (truth === 'new') arrived.add(each.take);
          } else {
            tracker.acknowledge(each.acknowledge);
            acknowledged = Math.max(acknowledged, Math.min(each.acknowledge, highest()));
          }
          expect(tracker.acknowledged).toBe(acknowledged);
          expect(tracker.highest).toBe(highest());
          const skipped = Array.from({ length: highest() }, (_, k) => k + 1).filter((k) => !arrived.has(k));
          expect(tracker.gaps).toBe(skipped.length);
          expect(tracker.firstMissing).toBe(skipped.find((k) => k > acknowledged) ?? highest() + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('slot ranges', () => {
  it('property: name exactly the slots that went in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 100 }), (unordered) => {
        const slots = unordered.sort((a, b) => a - b);
        const ranges = toRanges(slots);
        expect(fromRanges(ranges)).toEqual(slots);
        expect(countSlots(ranges)).toBe(slots.length);
        expect(areAscending(ranges)).toBe(true);
        // No two ranges could have been one.
        for (const [k, [first]] of ranges.entries()) expect(first).not.toBe((ranges[k - 1]?.[1] ?? -2) + 1);
      }),
    );
  });

  it('are refused when they run backward or overlap', () => {
    expect(areAscending([[3, 2]])).toBe(false);
    expect(
      areAscending([
        [1, 5],
        [5, 6],
      ]),
    ).toBe(false);
  });
});

describe('RateLimit', () => {
  it('lets one second of tokens through at once, then asks for the time that the debt takes', () => {
    const limit = new RateLimit(10, 0);
    expect(limit.take(10, 0)).toBe(0);
    expect(limit.take(5, 0)).toBeCloseTo(0.5);
    expect(limit.take(0, 0.5)).toBe(0);
    expect(limit.take(0, 100)).toBe(0);
    expect(limit.take(20, 100)).toBeCloseTo(1);
  });
});
