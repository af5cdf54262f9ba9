import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmulatedBoardConfig } from '../../../drivers/emulator/emulated-board.js';
import { NO_FAULTS } from '../../../drivers/emulator/faults/fault-plan.js';
import { RealTimebase, VirtualTimebase } from '../../../drivers/emulator/firmware/timebase.js';
import { ManualTimers } from '../../../drivers/emulator/timers.js';
import { maximumCobsLength } from '../../../firmware-protocol/cobs.js';
import type { NameFrom, PayloadOf } from '../../../firmware-protocol/registry.js';
import { SMALL_BOARD, TestHost, uniformCodeword } from './test-host.js';

describe('virtual board time', () => {
  it('stands still by itself and charges a message its time on the line, once', async () => {
    const host = new TestHost({ model: { ...SMALL_BOARD, baud: 1_000_000 } });
    await host.hello();
    await host.pass(100);
    expect(host.ticks()).toBe(0);
    await host.send('ReadClock', { token: 1 });
    await host.send('ReadTelemetry', {});
    expect(host.ticks()).toBe(0);
    // 10 µs a byte: delimiters, header, CRC and COBS around 2 bytes of payload.
    const ticks = 10 * (maximumCobsLength(5 + 2 + 4) + 2);
    await host.queue();
    expect(host.ticks()).toBe(ticks);
    await host.send('QueueSlots', { entries: [] }, 1);
    expect(host.ticks()).toBe(ticks);
  });

  it('runs alarms in order at their own time, and never backwards', () => {
    const time = new VirtualTimebase(1000);
    const rung: number[] = [];
    const ring = () => {
      rung.push(time.nowTicks());
      if (rung.length < 3) time.setAlarm(time.nowTicks() + 10, ring);
    };
    time.setAlarm(5, ring);
    time.advanceTo(4);
    expect(rung).toEqual([]);
    time.advanceTo(100);
    expect(rung).toEqual([5, 15, 25]);
    expect(time.nowTicks()).toBe(100);
    time.advanceTo(50);
    expect(time.nowTicks()).toBe(100);
  });

  it('adds what is charged while it runs to the end of the run', () => {
    const time = new VirtualTimebase(1000);
    time.setAlarm(5, () => time.charge(30));
    time.advanceTo(10);
    expect(time.nowTicks()).toBe(40);
  });

  it('ends a run at a restart', () => {
    const time = new VirtualTimebase(1000);
    time.setAlarm(5, () => time.restart());
    time.advanceTo(10);
    expect(time.nowTicks()).toBe(0);
  });
});

describe('real board time', () => {
  it('follows the wall clock with its drift', () => {
    const timers = new ManualTimers();
    timers.advance(7);
    const time = new RealTimebase(timers, 1_000_000, 100);
    timers.advance(10);
    expect(time.nowTicks()).toBe(10_001_000);
    const rung: number[] = [];
    time.setAlarm(11_000_000, () => rung.push(time.nowTicks()));
    timers.advance(0.99);
    expect(rung).toEqual([]);
    timers.advance(0.1);
    expect(rung[0]).toBeGreaterThanOrEqual(11_000_000);
    expect(rung[0]).toBeLessThan(11_000_002);
  });

  it('latches at the slot, however late the machine looks', async () => {
    const host = new TestHost({ model: SMALL_BOARD, realtime: true });
    await host.hello();
    await host.pass(0.1);
    await host.load(0, 1);
    await host.pass(0.1);
    const start = host.ticks() + 100_000;
    await host.arm(0, start, 1000);
    await host.queue([0, 0], [1, 0], [5, 0]);
    await host.pass(1);
    await host.pass(0.1);
    expect(host.receipts().map(({ slot, ticks, status }) => [slot, Number(ticks), status])).toEqual([
      [0, start, 0],
      [1, start + 1000, 0],
      [5, start + 5000, 0],
    ]);
  });
});

/** A patient host on a bad line: repeats each request until it is answered. What it asks for is always the same. */
async function scriptedRun(config: EmulatedBoardConfig, pauseS: number) {
  const host = new TestHost({ ...config, model: { ...SMALL_BOARD, clockRateHz: 100e6 } });
  while (host.of('Welcome').length === 0) {
    await host.hello();
    await host.pass(pauseS);
  }
  let nextReceive = 1;
  let sequence = 0;
  const request = async <N extends NameFrom<'host'>>(name: N, value: PayloadOf<N>) => {
    sequence++;
    for (;;) {
      await host.send(name, value, sequence);
      await host.pass(pauseS);
      while (host.heard.some((heard) => heard.sequence === nextReceive)) nextReceive++;
      await host.ack(nextReceive);
      if (host.heard.some(({ message: { value } }) => 'request' in value && value.request === sequence))
        return;
    }
  };
  for (const [index, code] of [4, 9, 13].entries()) {
    await request('LoadCodeword', { index, offset: 0, last: 1, ...uniformCodeword(host.board.model, code) });
  }
  await request('Arm', { mode: 0, firstSlot: 0, startTicks: 5_000_000n, slotTicks: 12_500 });
  for (let batch = 0; batch < 6; batch++) {
    const entries = [0, 1, 2].map((k) => ({ slot: 4 * batch + k, index: (batch + k) % 3 }));
    await request('QueueSlots', { entries });
    host.board.advanceTo(0.05 + (4 * batch + 3) * 125e-6);
  }
  host.board.close();
  return host.air.map(({ slot, boardTimeS, codeword }) => [slot, boardTimeS, codeword?.hash ?? null]);
}

describe('slots in virtual time', () => {
  it('do not depend on the line, its faults or the pace of the host', async () => {
    const reference = await scriptedRun({}, 0.01);
    expect(reference).toHaveLength(18);
    expect(reference.every(([, , hash]) => hash !== null)).toBe(true);
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom(0.001, 0.02, 0.3),
        fc.constantFrom(null, 1, 3, 50),
        async (seed, pauseS, fragmentBytes) => {
          const noise = { drop: 0.003, flip: 0.003, duplicate: 0.003 };
          const faults = { ...NO_FAULTS, toBoard: noise, toHost: noise, fragmentBytes };
          expect(await scriptedRun({ seed, faults }, pauseS)).toEqual(reference);
        },
      ),
      { numRuns: 15, seed: 4 },
    );
  });
});
