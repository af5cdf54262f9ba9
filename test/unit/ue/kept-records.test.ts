import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptRecords } from '../../../src/ue/kept-records.js';
import { PowerQueue, type SlotPower } from '../../../src/ue/power-source.js';

const powerOf = (slot: number): SlotPower => ({
  slot,
  ueTimeS: 0,
  noiseFloor: 0,
  powers: Float32Array.of(1),
});

describe('KeptRecords', () => {
  it('property: holds exactly the records after the last acknowledged one', () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ acknowledge: fc.nat({ max: 6000 }) }),
      fc.record({ from: fc.nat({ max: 6000 }), limit: fc.nat({ max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const kept = new KeptRecords();
        let truth: { sequence: number; slot: number }[] = [];
        let next = 1;
        for (const each of steps) {
          if ('append' in each)
            for (let k = 0; k < each.append; k++, next++) {
              kept.append(powerOf(7 * next));
              truth.push({ sequence: next, slot: 7 * next });
            }
          else if ('acknowledge' in each) {
            kept.acknowledge(each.acknowledge);
            truth = truth.filter(({ sequence }) => sequence > each.acknowledge);
          } else {
            const wanted = truth.filter(({ sequence }) => sequence >= each.from).slice(0, each.limit);
            const got = kept.from(each.from, each.limit).map(({ sequence, slot }) => ({ sequence, slot }));
            expect(got).toEqual(wanted);
          }
          expect(kept.size).toBe(truth.length);
          expect(kept.nextSequence).toBe(next);
        }
      }),
    );
  });

  it('forgets the records of another run and goes on beyond an earlier life of the same run', () => {
    const kept = new KeptRecords();
    for (let slot = 0; slot < 5; slot++) kept.append(powerOf(slot));
    kept.continueRun(4, 2);
    expect(kept.from(1, 10).map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
    kept.continueRun(20, 10);
    expect(kept).toMatchObject({ size: 0, nextSequence: 20, acknowledged: 10 });
    kept.append(powerOf(9));
    kept.startRun(1, 0);
    expect(kept).toMatchObject({ size: 0, nextSequence: 1, acknowledged: 0 });
  });
});

describe('PowerQueue', () => {
  const never = new AbortController().signal;
  const read = async (queue: PowerQueue, signal: AbortSignal) => {
    const slots: number[] = [];
    for await (const { slot } of queue.read(signal)) slots.push(slot);
    return slots;
  };

  it('gives everything in order, whether it was pushed before, while or after it was waited for', async () => {
    const queue = new PowerQueue();
    queue.push(powerOf(1));
    const slots = read(queue, never);
    queue.push(powerOf(2));
    for (let slot = 3; slot < 50; slot++) {
      await new Promise((resolve) =>
        slot % 2 === 0 ? setImmediate(resolve) : queueMicrotask(() => resolve(0)),
      );
      queue.push(powerOf(slot));
    }
    queue.end();
    expect(await slots).toEqual(Array.from({ length: 49 }, (_, k) => k + 1));
  });

  it('ends when it is aborted, waiting or not', async () => {
    const abort = new AbortController();
    const slots = read(new PowerQueue(), abort.signal);
    abort.abort();
    expect(await slots).toEqual([]);
    const full = new PowerQueue();
    full.push(powerOf(1));
    expect(await read(full, abort.signal)).toEqual([]);
  });
});
