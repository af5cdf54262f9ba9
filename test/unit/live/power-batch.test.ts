/** Powers as bytes of a message, read as docs/telemetry.md describes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfSlots, PowerBatch } from '../../../src/live/telemetry/power-batch.js';
import { readPowers } from '../../fixtures/read-powers.js';

const row = (slot: number, ue: string, powers: readonly number[]) => ({
  slot,
  ue,
  noiseFloor: slot / 7,
  ueTimeS: slot * 1e-4,
  powers: Float32Array.from(powers),
});

describe('a message of powers', () => {
  it('holds what was added, whatever UEs are called', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.nat(2 ** 32 - 1)), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.nat(),
        (numSubcarriers, slots, lost) => {
          const rows = slots.map(([ue, slot], k) =>
            row(
              slot,
              ue,
              Array.from({ length: numSubcarriers }, (_, m) => Math.fround(k + m / 3)),
            ),
          );
          const room = new Uint8Array(
            bytesOfSlots(
              numSubcarriers,
              rows.map(({ ue }) => ue),
            ),
          ).fill(0xaa);
          const batch = new PowerBatch(room, numSubcarriers);
          for (const each of rows) expect(batch.add(each)).toBe(true);
          expect(batch.add(row(1, 'another', Array(numSubcarriers).fill(0)))).toBe(false);
          const read = readPowers(batch.finish(slots.length, lost));
          expect(read).toEqual({ version: 1, sequence: slots.length, lost, rows });
        },
      ),
    );
  });

  it('takes what its buffer has room for, and no byte more', () => {
    const ues = ['a', 'b'];
    for (const spare of [0, 1]) {
      const batch = new PowerBatch(new Uint8Array(bytesOfSlots(3, ues) - spare), 3);
      expect(batch.add(row(1, 'a', [1, 2, 3]))).toBe(true);
      expect(batch.add(row(2, 'b', [4, 5, 6]))).toBe(spare === 0);
      expect(batch.numSlots).toBe(2 - spare);
      expect(readPowers(batch.finish(1, 0)).rows).toHaveLength(2 - spare);
    }
  });
});
