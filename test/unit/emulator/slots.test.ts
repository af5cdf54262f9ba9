import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../../drivers/emulator/faults/fault-plan.js';
import { FAULT, RECEIPT_STATUS, STATUS } from '../../../firmware-protocol/status.js';
import { SMALL_BOARD, TestHost } from './test-host.js';

const { latched, late, missed } = RECEIPT_STATUS;

async function boardWith(codes: readonly number[], more = {}) {
  const host = new TestHost({ model: SMALL_BOARD, ...more });
  await host.hello();
  const hashes: bigint[] = [];
  for (const [index, code] of codes.entries()) hashes.push(await host.load(index, code));
  return { host, hashes };
}

describe('slots of the emulated board', () => {
  it('latches each queued slot at its start, whatever is left out, and radiates it', async () => {
    const { host, hashes } = await boardWith([3, 5]);
    const start = host.ticks() + 5000;
    await host.queue([10, 0], [11, 1], [14, 0]);
    await host.arm(10, start, 100);
    await host.runTo(start + 99);
    expect(host.receipts().map(({ slot }) => slot)).toEqual([10]);
    await host.runTo(start + 400);
    expect(host.receipts()).toEqual([
      { slot: 10, index: 0, hash: hashes[0], ticks: BigInt(start), status: latched },
      { slot: 11, index: 1, hash: hashes[1], ticks: BigInt(start + 100), status: latched },
      { slot: 14, index: 0, hash: hashes[0], ticks: BigInt(start + 400), status: latched },
    ]);
    expect(host.air.map(({ slot, boardTimeS }) => [slot, boardTimeS])).toEqual([
      [10, start / 1e6],
      [11, (start + 100) / 1e6],
      [14, (start + 400) / 1e6],
    ]);
    const angle = (2 * Math.PI * 5) / 16;
    expect(host.air[1]!.codeword!.weights.re[0]).toBeCloseTo(Math.cos(angle) / Math.sqrt(8), 12);
    expect(host.air[1]!.codeword!.weights.im[7]).toBeCloseTo(Math.sin(angle) / Math.sqrt(8), 12);
  });

  it('calls an entry that came during its slot late, and one that came after it missed at once', async () => {
    const { host } = await boardWith([3]);
    const start = host.ticks() + 2000;
    const slotTicks = 10_000;
    await host.arm(0, start, slotTicks);
    await host.runTo(start + 2 * slotTicks + 500);
    await host.queue([1, 0], [2, 0], [3, 0]);
    const queuedAt = BigInt(host.ticks());
    await host.pass(0.01);
    expect(host.receipts()).toEqual([
      expect.objectContaining({ slot: 1, status: missed, ticks: queuedAt }),
      expect.objectContaining({ slot: 2, status: late, ticks: queuedAt }),
    ]);
    await host.runTo(start + 4 * slotTicks);
    expect(host.receipts().at(-1)).toMatchObject({
      slot: 3,
      status: latched,
      ticks: BigInt(start + 3 * slotTicks),
    });
    expect(host.air.map(({ slot, codeword }) => [slot, codeword !== null])).toEqual([
      [1, false],
      [2, true],
      [3, true],
    ]);
    // The slot had ended before it was queued: that is no failure of the board's (SPEC 7.4).
    expect(host.of('Fault').map(({ code }) => code)).toEqual([FAULT.powerUp]);
  });

  it('begins at the trigger when it is armed so', async () => {
    const { host } = await boardWith([3]);
    await host.queue([7, 0], [8, 0]);
    await host.send('Arm', { mode: 1, firstSlot: 7, startTicks: 0n, slotTicks: 50 });
    await host.runTo(50_000);
    expect(host.receipts()).toEqual([]);
    host.board.trigger();
    host.board.trigger();
    await host.runTo(50_100);
    expect(host.receipts().map(({ slot, ticks }) => [slot, Number(ticks)])).toEqual([
      [7, 50_000],
      [8, 50_050],
    ]);
  });

  it('misses slots while it is muted and goes on afterwards', async () => {
    const { host } = await boardWith([3]);
    await host.queue([0, 0], [1, 0]);
    await host.send('Mute', { muted: 1 });
    const start = host.ticks() + 5000;
    await host.arm(0, start, 5000);
    await host.runTo(start);
    await host.send('Mute', { muted: 0 });
    await host.runTo(start + 5000);
    expect(host.receipts().map(({ slot, status }) => [slot, status])).toEqual([
      [0, missed],
      [1, latched],
    ]);
    expect(host.air.map(({ codeword }) => codeword !== null)).toEqual([false, true]);
    expect(host.of('Fault').map(({ code }) => code)).toEqual([FAULT.powerUp]);
  });

  it('reports a latch that does not work as missed at the end of the slot, with a fault', async () => {
    const { host } = await boardWith([3], {
      faults: {
        ...NO_FAULTS,
        missedSlots: [1],
      },
    });
    await host.queue([0, 0], [1, 0], [2, 0]);
    const start = host.ticks() + 5000;
    await host.arm(0, start, 100);
    await host.runTo(start + 199);
    expect(host.receipts().map(({ slot }) => slot)).toEqual([0]);
    await host.runTo(start + 250);
    expect(host.receipts().map(({ slot, status, ticks }) => [slot, status, Number(ticks)])).toEqual([
      [0, latched, start],
      [1, missed, start + 200],
      [2, latched, start + 200],
    ]);
    expect(host.last('Fault')).toEqual({ code: FAULT.latchMissed, detail: 1, ticks: BigInt(start + 200) });
  });

  it('misses a slot whose codeword was loaded over half, and says so', async () => {
    const { host, hashes } = await boardWith([3]);
    await host.queue([0, 0]);
    const start = host.ticks() + 5000;
    await host.arm(0, start, 100);
    await host.send('LoadCodeword', {
      index: 0,
      offset: 0,
      last: 0,
      hash: hashes[0]!,
      data: new Uint8Array(2),
    });
    await host.runTo(start + 100);
    expect(host.receipts()).toEqual([{ slot: 0, index: 0, hash: 0n, ticks: BigInt(start), status: missed }]);
    expect(host.last('Fault')).toMatchObject({ code: FAULT.memory, detail: 0 });
  });

  it('takes all entries of a queue message or none, with the first status that applies', async () => {
    const { host } = await boardWith([3]);
    const statusOf = async (...entries: readonly (readonly [number, number])[]) => {
      await host.queue(...entries);
      return host.last('QueueSlotsResult');
    };
    expect(await statusOf([5, 0], [5, 0])).toMatchObject({ status: STATUS.slotOrder, accepted: 0, free: 8 });
    expect(await statusOf([5, 0], [6, 16])).toMatchObject({ status: STATUS.badIndex, accepted: 0 });
    expect(await statusOf([5, 0], [6, 1])).toMatchObject({ status: STATUS.notLoaded, accepted: 0 });
    const nine = Array.from({ length: 9 }, (_, k) => [k, 0] as const);
    expect(await statusOf(...nine)).toMatchObject({ status: STATUS.queueFull, accepted: 0, free: 8 });
    expect(await statusOf(...nine.slice(0, 6))).toMatchObject({ status: STATUS.ok, accepted: 6, free: 2 });
    expect(await statusOf([5, 0])).toMatchObject({ status: STATUS.slotOrder });
    expect(await statusOf()).toMatchObject({ status: STATUS.ok, accepted: 0, free: 2 });
    await host.send('Stop', {});
    expect(host.last('StopResult')).toMatchObject({ status: STATUS.ok, dropped: 6 });
    expect(await statusOf([5, 0])).toMatchObject({ status: STATUS.ok, accepted: 1, free: 7 });
    expect(host.receipts()).toEqual([]);
  });

  it('refuses a slot clock that it cannot keep', async () => {
    const { host } = await boardWith([3]);
    const status = () => host.last('ArmResult').status;
    await host.arm(0, host.ticks() + 5000, 2);
    expect(status()).toBe(STATUS.badTiming);
    await host.arm(0, 1, 100);
    expect(status()).toBe(STATUS.badTiming);
    await host.arm(0, host.ticks() + 5000, 3);
    expect(status()).toBe(STATUS.ok);
  });

  it('accepts no entry whose receipt would push an unacknowledged one out of the log', async () => {
    const { host } = await boardWith([3]);
    const start = host.ticks() + 1000;
    await host.arm(0, start, 100);
    // 4 queues' worth of receipts that nobody acknowledges.
    for (let slot = 0; slot < 32; slot += 8) {
      await host.queue(...Array.from({ length: 8 }, (_, k) => [slot + k + 1000, 0] as const));
      expect(host.last('QueueSlotsResult').status).toBe(STATUS.ok);
      await host.runTo(start + (slot + 1010) * 100);
    }
    await host.queue([5000, 0]);
    expect(host.last('QueueSlotsResult').status).toBe(STATUS.queueFull);
    await host.ack();
    await host.queue([5000, 0]);
    expect(host.last('QueueSlotsResult').status).toBe(STATUS.ok);
  });

  it('repeats receipts when asked, newest per slot, also in a later session', async () => {
    const { host } = await boardWith([3]);
    const start = host.ticks() + 5000;
    await host.queue([3, 0], [4, 0], [6, 0]);
    await host.arm(3, start, 100);
    await host.runTo(start + 400);
    const first = host.receipts();
    host.heard.length = 0;
    await host.afresh(77);
    await host.send('QueryReceipts', { firstSlot: 4, count: 10 });
    expect(host.last('QueryReceiptsResult')).toMatchObject({ status: STATUS.ok, found: 2 });
    expect(host.receipts()).toEqual(first.slice(1));
  });
});
