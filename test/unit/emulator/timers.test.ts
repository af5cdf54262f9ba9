import { describe, expect, it } from 'vitest';
import { Line } from '../../../drivers/emulator/line.js';
import { ManualTimers, type Timers, wallTimers } from '../../../drivers/emulator/timers.js';

describe.each<[string, Timers, (timers: Timers) => Promise<void>]>([
  ['wall', wallTimers, () => new Promise((resolve) => setTimeout(resolve, 30))],
  ['manual', new ManualTimers(), async (timers) => (timers as ManualTimers).advance(0.03)],
])('%s timers', (_, timers, pass) => {
  it.each([
    [-1, true],
    [0, true],
    [1e-7, true],
    [3e-3, true],
    [-1, false],
    [0, false],
    [3e-3, false],
  ])('call back once after %d s (precise: %s), later than they return', async (delayS, precise) => {
    const startS = timers.nowS();
    const calls: number[] = [];
    timers.after(delayS, () => calls.push(timers.nowS()), precise);
    expect(calls).toEqual([]);
    await pass(timers);
    await pass(timers);
    expect(calls).toHaveLength(1);
    if (precise) expect(calls[0]! - startS).toBeGreaterThanOrEqual(delayS);
  });

  it.each([true, false])('do not call back once cancelled (precise: %s)', async (precise) => {
    let called = false;
    for (const delayS of [0, 1e-3, 4e-3]) {
      timers.after(
        delayS,
        () => {
          called = true;
        },
        precise,
      )();
    }
    await pass(timers);
    expect(called).toBe(false);
  });
});

describe('line on wall-clock time', () => {
  it('carries many short messages without ever getting stuck', async () => {
    let delivered = 0;
    const line = new Line({
      timers: wallTimers,
      baud: 50_000_000,
      deliver: (chunk) => {
        delivered += chunk.length;
      },
    });
    // Messages of a fraction of a microsecond up to 20 µs: waits that are over as soon as they begin.
    let sent = 0;
    for (let k = 0; k < 3000; k++) {
      const bytes = 1 + (k % 100);
      line.push(new Uint8Array(bytes));
      sent += bytes;
      if (k % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    while (delivered < sent) await new Promise((resolve) => setImmediate(resolve));
    expect(delivered).toBe(sent);
  });
});
