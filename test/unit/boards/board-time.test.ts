/** The driver's `boardTime()` holds the emulated board's true time at every moment, whatever the ways there and back take. */
import { expect, it } from 'vitest';
import { openNativeBoard } from '../../../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../../../drivers/emulator/emulated-board.js';
import type { Transport, TransportListener } from '../../../drivers/transports/transport.js';
import { Random } from '../../../src/core/random.js';
import { VirtualClock } from '../../fixtures/virtual-clock.js';

const CLOCK_RATE_HZ = 10_000_000;
/** Half a tick is the board's own rounding; doubles round, too. */
const ROUNDING_S = 1 / CLOCK_RATE_HZ;
const NUM_SAMPLES = 400;
const DURATION_S = 120;

/** Bytes take up to so long, s, each chunk otherwise; none overtakes another. */
function delayed(clock: VirtualClock, random: Random, mostS: number, deliver: (chunk: Uint8Array) => void) {
  let lastS = 0;
  return (chunk: Uint8Array) => {
    const own = chunk.slice();
    // Mostly quick, at times as late as can be: what queues are like.
    lastS = Math.max(lastS, clock.nowS() + mostS * random.uniform() ** 3);
    clock.timers.after(lastS - clock.nowS(), () => deliver(own));
  };
}

it.each([
  [100, 0.04, 0.002],
  [-100, 0.04, 0.002],
  [100, 0.002, 0.04],
  [-100, 0.002, 0.04],
  [37, 0.02, 0.02],
])('a clock off by %d ppm, up to %d s there and %d s back', async (driftPpm, outS, backS) => {
  const clock = new VirtualClock();
  const random = new Random(17, 'delays', driftPpm, outS, backS);
  let listener: TransportListener | null = null;
  const emulated: EmulatedBoard = new EmulatedBoard(
    { realtime: true, driftPpm, model: { numElements: 16, clockRateHz: CLOCK_RATE_HZ, baud: 3_000_000 } },
    { timers: clock.timers, toHost: delayed(clock, random, backS, (chunk) => listener?.onBytes(chunk)) },
  );
  const out = delayed(clock, random, outS, (chunk) => emulated.receive(chunk));
  const transport: Transport = {
    name: 'delayed',
    open: async (each) => {
      listener = each;
    },
    write: async (bytes) => out(bytes),
    close: async () => {
      listener = null;
    },
  };
  const samples = await clock.during(
    (async () => {
      const board = await openNativeBoard({
        transport,
        clock,
        baudRate: 3_000_000,
        random: () => random.uint32(),
      });
      const taken: { loS: number; hiS: number; trueS: number }[] = [];
      while (taken.length < NUM_SAMPLES) {
        await clock.sleep((2 * random.uniform() * DURATION_S) / NUM_SAMPLES);
        taken.push({ ...board.boardTime(), trueS: emulated.boardTimeS });
      }
      await board.close();
      return taken;
    })(),
  );
  emulated.close();
  for (const { loS, hiS, trueS } of samples) {
    expect(loS).toBeLessThanOrEqual(trueS + ROUNDING_S);
    expect(hiS).toBeGreaterThanOrEqual(trueS - ROUNDING_S);
    // It says something: no wider than a round trip, and what a pause between readings may add.
    expect(hiS - loS).toBeLessThan(outS + backS + 0.01);
  }
  // The delays are not the same both ways, so the middle is not the truth: who took it for that would be off by more than a tick.
  const worstS = Math.max(...samples.map(({ loS, hiS, trueS }) => Math.abs((loS + hiS) / 2 - trueS)));
  expect(worstS).toBeGreaterThan(100 * ROUNDING_S);
});
