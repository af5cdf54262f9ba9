/**
 * A long campaign under random faults. Not one of the default tests: BEAMLOOP_TEST_SOAK=30 soaks for 30 minutes of virtual time, more by
 * hand. Every day has a seed of its own; BEAMLOOP_TEST_SOAK_SEED=4711 repeats one that failed. Slots take 10 ms, which makes 30 minutes
 * less than a minute of one core; BEAMLOOP_TEST_SOAK_SLOT=0.002 makes them shorter and the test five times as long.
 */
import { expect, it } from 'vitest';
import { BATCH_PILOTS, NUM_KINDS, soak } from './soak.js';

const MINUTES = Number(process.env.BEAMLOOP_TEST_SOAK ?? 0);
const SEED = Number(process.env.BEAMLOOP_TEST_SOAK_SEED ?? Math.floor(Date.now() / 86_400_000));
const SLOT_S = Number(process.env.BEAMLOOP_TEST_SOAK_SLOT ?? 0.01);
/** Slots that the ledger remembers, and what each may take. */
const REMEMBERED = { slots: 16_384, bytes: 1024 };
/** Of a heap that does not grow, from one collection to another. */
const HEAP_NOISE_BYTES = 8 * 2 ** 20;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it.runIf(MINUTES > 0)(
  `${MINUTES} virtual minutes of random faults; BEAMLOOP_TEST_SOAK_SEED=${SEED} repeats them`,
  async () => {
    const once = NUM_KINDS * BATCH_PILOTS * SLOT_S;
    const undisturbed = await soak({ seed: SEED, durationS: once, slotS: SLOT_S, faults: false }, null);
    expect(undisturbed.troubles).toEqual([]);
    expect(undisturbed.powersOfKind).toHaveLength(NUM_KINDS);
    const end = await soak(
      { seed: SEED, durationS: 60 * MINUTES, slotS: SLOT_S, faults: true },
      undisturbed.powersOfKind,
    );
    const { troubles, numSlots, numBatches, numRestarts, numReconnects, heapBytes } = end;
    const heap = heapBytes.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(' ');
    process.stdout.write(
      `soak with seed ${SEED}: ${numSlots} slots, ${numBatches} batches, ${numRestarts} restarts of the board, ${numReconnects} reconnects; heap in MiB ${heap}\n`,
    );
    expect(troubles).toEqual([]);
    // The faults were there, and the board was busy all the same.
    expect(numRestarts + numReconnects).toBeGreaterThan(MINUTES);
    expect(numBatches * BATCH_PILOTS * SLOT_S).toBeGreaterThan(0.6 * 60 * MINUTES);
    // Host and board together. Once the ledger remembers as many slots as it ever does, nothing grows.
    expect(mean(heapBytes.slice(-4)) - mean(heapBytes.slice(0, 4))).toBeLessThan(
      REMEMBERED.slots * REMEMBERED.bytes + HEAP_NOISE_BYTES,
    );
    if (numSlots < 2.4 * REMEMBERED.slots) return;
    expect(mean(heapBytes.slice(-3)) - mean(heapBytes.slice(5, 8))).toBeLessThan(HEAP_NOISE_BYTES);
  },
  3_600_000,
);
