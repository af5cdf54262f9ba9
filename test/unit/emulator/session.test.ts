import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../../drivers/emulator/faults/fault-plan.js';
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import { HELLO_MAGIC } from '../../../firmware-protocol/messages/hello.js';
import { FAULT, RECEIPT_STATUS, STATUS, TELEMETRY_FLAG } from '../../../firmware-protocol/status.js';
import { SMALL_BOARD, TestHost, uniformCodeword } from './test-host.js';

async function board(more = {}) {
  const host = new TestHost({ model: SMALL_BOARD, ...more });
  await host.hello();
  return host;
}

describe('session of the emulated board', () => {
  it('describes itself, delays included, and reports power-up first', async () => {
    const host = new TestHost({ model: { numElements: 24, delayBits: 7, delayLsbS: 4e-12, phaseBits: 5 } });
    await host.hello();
    expect(host.of('Welcome')).toEqual([
      expect.objectContaining({
        versionMajor: 1,
        session: host.session,
        resumed: 0,
        numElements: 24,
        phaseBits: 5,
        delayBits: 7,
        delayLsbFs: 4000,
        delayRangeFs: 508_000n,
        memoryDepth: 1024,
        switchTimeNs: 1000,
        clockRateHz: 100_000_000,
      }),
    ]);
    expect(host.heard.filter(({ sequence }) => sequence > 0)).toEqual([
      expect.objectContaining({ sequence: 1, message: expect.objectContaining({ name: 'Fault' }) }),
    ]);
    expect(host.last('Fault').code).toBe(FAULT.powerUp);
  });

  it('says nothing before a session, to another session, or to its own kind of frame', async () => {
    const host = new TestHost({ model: SMALL_BOARD });
    await host.send('ReadClock', { token: 1 });
    await host.queue();
    expect(host.heard).toEqual([]);
    await host.hello();
    const before = host.heard.length;
    host.session ^= 1;
    await host.queue();
    await host.send('ReadClock', { token: 1 });
    host.session ^= 1;
    await host.raw(0x90, 1, new Uint8Array([0, 0]));
    await host.pass(0.05);
    expect(host.heard.length).toBe(before);
  });

  it('answers another major version with session 0 and its own version, and changes nothing', async () => {
    const host = await board();
    const { session } = host;
    // A Hello of version 9 has whatever fields it likes after the version.
    const payload = new Uint8Array(12).fill(0xee);
    new DataView(payload.buffer).setUint32(0, HELLO_MAGIC, true);
    payload[4] = 9;
    host.session = 5;
    await host.raw(0x01, 0, payload);
    expect(host.last('Welcome')).toMatchObject({ versionMajor: 1, session: 0 });
    expect(host.heard.at(-1)!.session).toBe(0);
    host.session = session;
    await host.queue();
    expect(host.last('QueueSlotsResult').status).toBe(STATUS.ok);
  });

  it('resumes a session without loss: what was not acknowledged comes again', async () => {
    const host = await board();
    await host.ack();
    await host.queue();
    const unheard = host.heard.at(-1)!;
    expect(unheard.message.name).toBe('QueueSlotsResult');
    host.heard.length = 0;
    await host.hello();
    expect(host.last('Welcome').resumed).toBe(1);
    expect(host.of('Ack').at(-1)).toEqual({ next: 2, bitmap: 0 });
    expect(host.heard.find(({ sequence }) => sequence === unheard.sequence)?.message).toEqual(
      unheard.message,
    );
    // The request is not carried out twice when the host repeats it.
    await host.send('QueueSlots', { entries: [] }, 1);
    await host.queue();
    expect(host.last('QueueSlotsResult').request).toBe(2);
  });

  it('does not resume a session in which nothing was said', async () => {
    const host = await board();
    await host.hello();
    expect(host.last('Welcome').resumed).toBe(0);
  });

  it('keeps memory, queue and clock in a new session, and forgets them at power-up', async () => {
    const host = await board();
    const hash = await host.load(3, 9);
    await host.queue([5, 3]);
    const { bootId } = host.last('Welcome');
    const ticks = host.ticks();
    await host.afresh(0x1234);
    expect(host.last('Welcome')).toMatchObject({ resumed: 0, bootId });
    await host.send('QueryMemory', { firstIndex: 2, count: 3 });
    expect(host.last('MemoryContents').entries).toEqual([
      { valid: 0, hash: 0n },
      { valid: 1, hash },
      { valid: 0, hash: 0n },
    ]);
    await host.queue();
    expect(host.last('QueueSlotsResult').free).toBe(7);
    expect(host.ticks()).toBeGreaterThan(ticks);

    host.board.reset();
    expect(host.ticks()).toBe(0);
    await host.afresh(0x1235);
    expect(host.last('Welcome').bootId).not.toBe(bootId);
    await host.send('QueryMemory', { firstIndex: 3, count: 1 });
    expect(host.last('MemoryContents').entries).toEqual([{ valid: 0, hash: 0n }]);
    await host.queue();
    expect(host.last('QueueSlotsResult').free).toBe(8);
  });

  it.each(['Arm', 'Mute'] as const)(
    'a new session does not set going what an earlier one left: muted until %s',
    async (lifts) => {
      const host = await board();
      await host.load(0, 1);
      await host.queue([0, 0], [1, 0], [2, 0], [3, 0]);
      const start = host.ticks() + 5000;
      await host.arm(0, start, 5000);
      await host.runTo(start);
      await host.afresh(0x1234);
      const flags = async () => {
        await host.send('ReadTelemetry', {});
        return host.last('Telemetry').flags;
      };
      expect(await flags()).toBe(TELEMETRY_FLAG.armed | TELEMETRY_FLAG.muted);
      await host.runTo(start + 5000);
      // Greeting again in the same session changes nothing.
      await host.hello();
      await host.runTo(start + 10_000);
      if (lifts === 'Mute') await host.send('Mute', { muted: 0 });
      else await host.arm(0, start + 20_000, 5000);
      expect(await flags()).toBe(TELEMETRY_FLAG.armed);
      await host.runTo(start + 40_000);
      const { latched, missed } = RECEIPT_STATUS;
      await host.send('QueryReceipts', { firstSlot: 0, count: 4 });
      await host.pass(0.01);
      const statuses = new Map(host.receipts().map(({ slot, status }) => [slot, status]));
      expect([0, 1, 2, 3].map((slot) => statuses.get(slot))).toEqual([latched, missed, missed, latched]);
    },
  );

  it('a new session finds a board that is not armed as it was', async () => {
    const host = await board();
    await host.load(0, 1);
    await host.queue([0, 0]);
    await host.afresh(0x1234);
    await host.send('ReadTelemetry', {});
    expect(host.last('Telemetry')).toMatchObject({ flags: 0, queueDepth: 1 });
  });

  it('mutes when the host falls silent and unmutes at its next word; an explicit mute stays', async () => {
    const host = await board();
    await host.hello({ watchdogMs: 200 });
    await host.load(0, 1);
    await host.queue([0, 0], [1, 0], [2, 0]);
    const start = host.ticks() + 5000;
    await host.arm(0, start, 5000);
    await host.pass(0.19);
    await host.send('ReadClock', { token: 1 });
    await host.pass(0.19);
    host.board.advanceTo(start / 1e6);
    await host.pass(0.02);
    expect(host.last('Fault')).toMatchObject({ code: FAULT.watchdog, detail: 200 });
    host.board.advanceTo((start + 5000) / 1e6);
    await host.send('ReadTelemetry', {});
    expect(host.last('Telemetry').flags).toBe(TELEMETRY_FLAG.armed);
    await host.send('Mute', { muted: 1 });
    host.board.advanceTo((start + 10_000) / 1e6);
    await host.pass(0.25);
    await host.send('ReadTelemetry', {});
    expect(host.last('Telemetry').flags & TELEMETRY_FLAG.muted).toBe(TELEMETRY_FLAG.muted);
    expect(new Map(host.receipts().map(({ slot, status }) => [slot, status]))).toEqual(
      new Map([
        [0, RECEIPT_STATUS.latched],
        [1, RECEIPT_STATUS.missed],
        [2, RECEIPT_STATUS.missed],
      ]),
    );
  });

  it('refuses what it does not know or cannot read, without any other effect', async () => {
    const host = await board();
    const unknown = host.nextSequence++;
    await host.raw(0x33, unknown, new Uint8Array([1, 2, 3]));
    expect(host.last('Refused')).toEqual({ request: unknown, status: STATUS.unknownMessage, type: 0x33 });
    const malformed = host.nextSequence++;
    await host.raw(0x07, malformed, new Uint8Array([2]));
    expect(host.last('Refused')).toEqual({ request: malformed, status: STATUS.malformed, type: 0x07 });
    await host.raw(0x08, 0, new Uint8Array([2]));
    await host.raw(0x08, 0, new Uint8Array([2]));
    await host.raw(0x55, 0, new Uint8Array([2]));
    const faults = host.of('Fault').filter(({ code }) => code === FAULT.malformedMessage);
    expect(faults).toEqual([expect.objectContaining({ detail: 0x08 })]);
    await host.send('Mute', { muted: 1 });
    expect(host.last('MuteResult')).toEqual({ request: host.nextSequence - 1, status: STATUS.ok });
  });

  it('sends telemetry once a second and its clock when asked', async () => {
    const host = await board();
    for (let k = 0; k < 5; k++) await host.pass(1);
    expect(host.of('Telemetry')).toHaveLength(5);
    host.board.advanceTo(0.25);
    await host.send('ReadClock', { token: 99 });
    expect(host.last('ClockReading')).toEqual({ token: 99, receivedTicks: 250_000n, sentTicks: 250_000n });
  });
});

describe('loading a codeword', () => {
  it('is valid only with its last chunk, right length and hash', async () => {
    const host = await board({ model: { ...SMALL_BOARD, numElements: 64 } });
    const hash = await host.load(0, 7);
    const data = new Uint8Array(40);
    const wrong = { index: 1, hash, last: 1 };
    const status = () => host.last('LoadCodewordResult').status;
    const valid = async (index: number) => {
      await host.send('QueryMemory', { firstIndex: index, count: 1 });
      return host.last('MemoryContents').entries[0]!.valid === 1;
    };
    await host.send('LoadCodeword', { ...wrong, offset: 0, data });
    expect(status()).toBe(STATUS.hashMismatch);
    await host.send('LoadCodeword', { ...wrong, offset: 0, data: data.subarray(1) });
    expect(status()).toBe(STATUS.hashMismatch);
    await host.send('LoadCodeword', { ...wrong, offset: 0, data: new Uint8Array(41) });
    expect(status()).toBe(STATUS.malformed);
    await host.send('LoadCodeword', { ...wrong, offset: 10, data: data.subarray(10) });
    expect(status()).toBe(STATUS.malformed);
    await host.send('LoadCodeword', { ...wrong, index: 16, offset: 0, data });
    expect(status()).toBe(STATUS.badIndex);
    expect(await valid(1)).toBe(false);
    // A failed load over a valid entry leaves it invalid.
    expect(await valid(0)).toBe(true);
    await host.send('LoadCodeword', { ...wrong, index: 0, offset: 0, last: 0, data: data.subarray(20) });
    expect(await valid(0)).toBe(false);
  });

  it('works in chunks', async () => {
    const host = await board();
    const other = new TestHost({ model: SMALL_BOARD });
    await other.hello();
    const hash = await other.load(0, 11);
    // 8 elements of 4 phase bits and 1 amplitude bit: 01011 + 1 five times over, least significant bit first.
    const bits = '11011'.repeat(8);
    const bytes = Uint8Array.from({ length: 5 }, (_, k) =>
      Number.parseInt([...bits.slice(8 * k, 8 * k + 8)].reverse().join(''), 2),
    );
    await host.send('LoadCodeword', { index: 2, offset: 0, last: 0, hash, data: bytes.subarray(0, 2) });
    await host.send('LoadCodeword', { index: 2, offset: 2, last: 0, hash, data: bytes.subarray(2, 3) });
    await host.send('QueryMemory', { firstIndex: 2, count: 1 });
    expect(host.last('MemoryContents').entries).toEqual([{ valid: 0, hash: 0n }]);
    await host.send('LoadCodeword', { index: 2, offset: 3, last: 1, hash, data: bytes.subarray(3) });
    expect(host.of('LoadCodewordResult').map(({ status }) => status)).toEqual([0, 0, 0]);
    await host.send('QueryMemory', { firstIndex: 2, count: 1 });
    expect(host.last('MemoryContents').entries).toEqual([{ valid: 1, hash }]);
  });

  it('answers after the memory is ready when that is slow, and keeps order', async () => {
    const host = await board({ faults: { ...NO_FAULTS, memoryDelayS: 0.05 } });
    await host.load(0, 1);
    await host.queue([0, 0]);
    expect(host.of('LoadCodewordResult')).toEqual([]);
    expect(host.of('QueueSlotsResult')).toEqual([]);
    await host.pass(0.05);
    expect(host.of('LoadCodewordResult').map(({ request }) => request)).toContain(1);
    expect(host.last('QueueSlotsResult')).toMatchObject({ request: 2, status: STATUS.ok, accepted: 1 });
  });
});

describe('reliable delivery at the emulated board', () => {
  it('delivers in order and once, whatever order and however often frames come, across the wrap', async () => {
    const host = await board();
    await host.ack();
    const total = 70_000;
    let done = 0;
    for (let first = 1; first <= total; first += 7) {
      const numbers = Array.from({ length: Math.min(7, total - first + 1) }, (_, k) => (first + k) & 0xffff);
      for (const sequence of [...numbers.toReversed(), numbers[0]!]) {
        host.board.receive(
          encodeFrame({ type: 0x07, session: host.session & 0xffff, sequence, payload: new Uint8Array([0]) }),
        );
      }
      await Promise.resolve();
      const results = host.of('MuteResult').map(({ request }) => request);
      // Ten thousand calls of expect() would be most of the test's time.
      if (results.join() !== numbers.join()) expect(results).toEqual(numbers);
      done += results.length;
      const newest = host.heard.filter(({ message }) => message.name === 'MuteResult').at(-1)!.sequence;
      host.heard.length = 0;
      host.board.receive(
        encodeFrame({
          type: 0x7f,
          session: host.session & 0xffff,
          sequence: 0,
          payload: Uint8Array.from([(newest + 1) & 0xff, ((newest + 1) >> 8) & 0xff, 0, 0, 0, 0]),
        }),
      );
    }
    expect(done).toBe(total);
  }, 30_000);

  it('acknowledges within 5 ms, at the eighth frame, and at once around a gap', async () => {
    const host = await board();
    const acks = () => host.of('Ack');
    await host.queue();
    await host.pass(0.0049);
    expect(acks()).toEqual([]);
    await host.pass(0.0002);
    expect(acks()).toEqual([{ next: 2, bitmap: 0 }]);
    for (let k = 0; k < 8; k++) await host.queue();
    expect(acks().at(-1)).toEqual({ next: 10, bitmap: 0 });
    expect(acks()).toHaveLength(2);
    await host.send('QueueSlots', { entries: [] }, 11);
    await host.send('QueueSlots', { entries: [] }, 13);
    expect(acks().slice(2)).toEqual([
      { next: 10, bitmap: 0b1 },
      { next: 10, bitmap: 0b101 },
    ]);
    await host.send('QueueSlots', { entries: [] }, 10);
    expect(acks().at(-1)).toEqual({ next: 12, bitmap: 0b1 });
    // Beyond the window of 32: not kept.
    await host.send('QueueSlots', { entries: [] }, 12 + 32);
    expect(acks().at(-1)).toEqual({ next: 12, bitmap: 0b1 });
    await host.send('QueueSlots', { entries: [] }, 12);
    expect(host.last('QueueSlotsResult').request).toBe(13);
  });

  it('repeats until acknowledged, ever more slowly, but no slower than every 100 ms', async () => {
    const host = await board();
    const stepS = 0.002;
    // Prompt acknowledgements bring the timeout down from the 100 ms of an unknown round trip to its least, 20 ms.
    for (let sequence = 1; sequence <= 20; sequence++) {
      if (sequence > 1) await host.queue();
      await host.ack(sequence + 1);
    }
    host.heard.length = 0;
    await host.queue();
    for (let k = 0; k < 1000; k++) await host.pass(stepS);
    const times = host.heard.filter(({ sequence }) => sequence === 21).map(({ atS }) => atS);
    const gaps = times.slice(1).map((at, k) => at - times[k]!);
    expect(gaps.length).toBeGreaterThan(10);
    gaps.forEach((gap, k) => {
      expect(Math.abs(gap - (([0.02, 0.04, 0.08] as number[])[k] ?? 0.1))).toBeLessThan(1.01 * stepS);
    });
    await host.ack(22);
    const count = host.heard.filter(({ sequence }) => sequence === 21).length;
    await host.pass(5);
    expect(host.heard.filter(({ sequence }) => sequence === 21)).toHaveLength(count);
  });

  it('sends again at once what an acknowledgement shows missing, and only that', async () => {
    const host = await board();
    for (let k = 0; k < 4; k++) await host.queue();
    host.heard.length = 0;
    // 1 is the power-up report, 2 to 5 the responses; 2 and 4 got lost.
    await host.send('Ack', { next: 2, bitmap: 0b101 });
    expect(host.heard.map(({ sequence }) => sequence)).toEqual([2, 4]);
    host.heard.length = 0;
    // An acknowledgement of frames that were never sent says nothing.
    await host.send('Ack', { next: 300, bitmap: 0 });
    await host.pass(0.5);
    expect(new Set(host.heard.map(({ sequence }) => sequence))).toEqual(new Set([0, 2, 4]));
  });

  it('keeps to the window of the host', async () => {
    const host = new TestHost({ model: SMALL_BOARD });
    await host.hello({ window: 3 });
    for (let k = 0; k < 6; k++) await host.queue();
    const numbers = () => [...new Set(host.heard.map(({ sequence }) => sequence))].filter((s) => s > 0);
    expect(numbers()).toEqual([1, 2, 3]);
    await host.ack(3);
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
    await host.send('Ack', { next: 3, bitmap: 0b11 });
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('what SPEC.md settles about the board', () => {
  it('reports its power-up in every session until a host has acknowledged that', async () => {
    const host = new TestHost({ model: SMALL_BOARD });
    await host.hello();
    await host.afresh(0x1234);
    await host.hello();
    await host.afresh(0x1235);
    const faults = host.heard.filter(({ message }) => message.name === 'Fault');
    expect(faults.map(({ session, sequence }) => [session, sequence])).toEqual([
      [0xbeef, 1],
      [0x1234, 1],
      [0x1235, 1],
    ]);
    await host.ack(2);
    await host.afresh(0x1236);
    await host.queue();
    expect(host.of('Fault')).toHaveLength(3);
    expect(host.last('QueueSlotsResult').request).toBe(1);
  });

  it('takes no chunk with another hash, nor one of a load that another index or session ended', async () => {
    const host = await board();
    const { hash, data } = uniformCodeword(host.board.model, 3);
    const chunk = async (index: number, offset: number, end: number, itsHash = hash) => {
      const last = end === data.length ? 1 : 0;
      await host.send('LoadCodeword', {
        index,
        offset,
        last,
        hash: itsHash,
        data: data.subarray(offset, end),
      });
      return host.last('LoadCodewordResult').status;
    };
    expect(await chunk(0, 0, 2)).toBe(STATUS.ok);
    expect(await chunk(0, 2, 5, hash ^ 1n)).toBe(STATUS.malformed);
    expect(await chunk(0, 2, 5)).toBe(STATUS.malformed);

    expect(await chunk(0, 0, 2)).toBe(STATUS.ok);
    expect(await chunk(1, 0, 2)).toBe(STATUS.ok);
    expect(await chunk(0, 2, 5)).toBe(STATUS.malformed);
    expect(await chunk(1, 2, 5)).toBe(STATUS.malformed);

    // An index beyond the memory changes nothing, not even what is unfinished.
    expect(await chunk(0, 0, 2)).toBe(STATUS.ok);
    expect(await chunk(16, 0, 2)).toBe(STATUS.badIndex);
    await host.hello();
    expect(await chunk(0, 2, 5)).toBe(STATUS.ok);

    expect(await chunk(0, 0, 2)).toBe(STATUS.ok);
    await host.afresh(0x1234);
    expect(await chunk(0, 2, 5)).toBe(STATUS.malformed);
  });

  it('completes in the next session what it was writing, and drops what it had not begun', async () => {
    const host = await board({ faults: { ...NO_FAULTS, memoryDelayS: 0.05 } });
    const hash = await host.load(0, 1);
    await host.load(1, 2);
    await host.afresh(0x1234);
    await host.pass(0.2);
    await host.send('QueryMemory', { firstIndex: 0, count: 2 });
    await host.pass(0.2);
    expect(host.last('MemoryContents').entries).toEqual([
      { valid: 1, hash },
      { valid: 0, hash: 0n },
    ]);
    expect(host.of('LoadCodewordResult')).toEqual([]);
  });

  it('drops payloads longer than it takes, without an acknowledgement', async () => {
    const host = await board({ model: { ...SMALL_BOARD, maxPayload: 64 } });
    expect(host.last('Welcome').maxPayload).toBe(64);
    await host.raw(0x33, 1, new Uint8Array(65));
    await host.pass(0.05);
    expect(host.of('Ack')).toEqual([]);
    await host.raw(0x33, 1, new Uint8Array(64));
    expect(host.last('Refused')).toEqual({ request: 1, status: STATUS.unknownMessage, type: 0x33 });
  });

  it('says in a missed receipt what its memory held, and of a muted slot no fault, even if that was nothing', async () => {
    const host = await board();
    const hash = await host.load(0, 1);
    await host.load(1, 2);
    await host.queue([0, 0], [1, 1]);
    await host.send('Mute', { muted: 1 });
    // Index 1 is invalid from here on.
    await host.send('LoadCodeword', { index: 1, offset: 0, last: 0, hash, data: new Uint8Array(1) });
    const start = host.ticks() + 5000;
    await host.arm(0, start, 5000);
    await host.runTo(start + 20_000);
    expect(host.receipts()).toMatchObject([
      { slot: 0, status: RECEIPT_STATUS.missed, hash, ticks: BigInt(start) },
      { slot: 1, status: RECEIPT_STATUS.missed, hash: 0n, ticks: BigInt(start + 5000) },
    ]);
    expect(host.of('Fault').filter(({ code }) => code !== FAULT.powerUp)).toEqual([]);
  });

  it('misses at Arm what was queued below its first slot, without a fault', async () => {
    const host = await board();
    const hash = await host.load(0, 1);
    await host.queue([3, 0], [7, 0]);
    const armedAt = host.ticks();
    await host.arm(7, armedAt + 50_000, 5000);
    await host.pass(0.01);
    expect(host.receipts()).toMatchObject([{ slot: 3, status: RECEIPT_STATUS.missed, hash }]);
    expect(Number(host.receipts()[0]!.ticks)).toBeLessThan(armedAt + 50_000);
    expect(host.of('Fault').filter(({ code }) => code !== FAULT.powerUp)).toEqual([]);
  });

  it('counts its timeout from the last progress, too', async () => {
    const host = await board();
    // Prompt acknowledgements bring the timeout down to 20 ms.
    for (let sequence = 1; sequence <= 20; sequence++) {
      if (sequence > 1) await host.queue();
      await host.ack(sequence + 1);
    }
    for (let k = 0; k < 2; k++) await host.queue();
    host.heard.length = 0;
    await host.pass(0.015);
    await host.ack(22);
    await host.pass(0.015);
    expect(host.heard.filter(({ sequence }) => sequence === 22)).toEqual([]);
    await host.pass(0.01);
    expect(host.heard.filter(({ sequence }) => sequence === 22)).toHaveLength(1);
  });

  it('delivers no more than it has room for, and what comes again only once', async () => {
    const host = await board({ faults: { ...NO_FAULTS, memoryDelayS: 1 } });
    await host.load(0, 1);
    const send = async (first: number, end: number) => {
      for (let s = first; s < end; s++) await host.send('QueueSlots', { entries: [] }, s);
    };
    await send(2, 4);
    // 31 that are kept, and then the one that they wait for: two more than there is room for.
    await send(5, 36);
    await send(4, 5);
    expect(host.last('Ack')).toEqual({ next: 34, bitmap: 0b1 });
    await send(34, 35);
    expect(host.last('Ack')).toEqual({ next: 34, bitmap: 0b1 });
    await host.pass(1.1);
    await send(34, 35);
    expect(host.last('Ack')).toEqual({ next: 36, bitmap: 0 });
    await host.ack();
    const answered = host.of('QueueSlotsResult').map(({ request }) => request);
    expect([...new Set(answered)]).toEqual(Array.from({ length: 34 }, (_, k) => k + 2));
    // Nothing is kept any more: an acknowledgement is as late as of any frame.
    const acks = host.of('Ack').length;
    await send(36, 37);
    expect(host.of('Ack')).toHaveLength(acks);
  });
});
