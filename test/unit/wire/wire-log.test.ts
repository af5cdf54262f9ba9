/** Wire logs: written as frames go, valid at any moment, read back, marked; damage is told by its place. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLoopback } from '../../../drivers/transports/loopback.js';
import { Marker } from '../../../drivers/wire/marks.js';
import { pcapngHead, pcapngPacket, readPcapng, type WirePacket } from '../../../drivers/wire/pcapng.js';
import { readWireLog } from '../../../drivers/wire/read-log.js';
import { readingJson, readingText, readStretch } from '../../../drivers/wire/reading.js';
import { stretchesOf } from '../../../drivers/wire/stretches.js';
import { WireLog } from '../../../drivers/wire/wire-log.js';
import { encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import { HELLO_MAGIC } from '../../../firmware-protocol/messages/hello.js';
import { type MessageName, messageByName, type PayloadOf } from '../../../firmware-protocol/registry.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-wire-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function frame<N extends MessageName>(name: N, value: PayloadOf<N>, sequence = 0, session = 5): Uint8Array {
  const definition = messageByName(name);
  return encodeFrame({ type: definition.type, session, sequence, payload: encodePayload(definition, value) });
}
const stretch = (wire: Uint8Array) => wire.subarray(1, -1);

async function all(packets: AsyncIterable<WirePacket>): Promise<WirePacket[]> {
  const read: WirePacket[] = [];
  for await (const packet of packets) read.push(packet);
  return read;
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const PACKETS: WirePacket[] = [
  {
    timeNs: 1_700_000_000_123_456_789n,
    from: 'host',
    stretch: stretch(frame('Mute', { muted: 1 }, 3)),
    dropped: 0,
  },
  { timeNs: 1_700_000_000_123_999_000n, from: 'board', stretch: Uint8Array.of(1, 2, 3), dropped: 7 },
  { timeNs: 1_700_000_001_000_000_001n, from: 'board', stretch: new Uint8Array(1039).fill(9), dropped: 0 },
];
const LOG = Buffer.concat([pcapngHead(), ...PACKETS.map(pcapngPacket)]);

describe('the file', () => {
  it.each([1, 7, 100, 1 << 16])('is read as it was written, in pieces of %d bytes', async (length) => {
    expect(await all(readPcapng(inPieces(LOG, length)))).toEqual(PACKETS);
  });

  it('follows the draft, byte for byte', () => {
    const head = Buffer.from(pcapngHead());
    expect(head.subarray(0, 28).toString('hex')).toBe(
      '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000',
    );
    // Interface: USER0, no limit, if_name "board", if_tsresol 9.
    expect(head.subarray(28, 44).toString('hex')).toBe('010000002c0000009300000000000000');
    const packet = Buffer.from(pcapngPacket(PACKETS[1]!));
    expect(packet.readUInt32LE(0)).toBe(6);
    expect(packet.length).toBe(packet.readUInt32LE(4));
    // epb_flags: inbound; epb_dropcount: 7; end.
    expect(packet.subarray(32).toString('hex')).toBe(
      `0200040001000000${'040008000700000000000000'}00000000${packet.subarray(4, 8).toString('hex')}`,
    );
  });

  it('that is cut gives out what is whole, and says where it ends', async () => {
    const lengths = [LOG.length - 1, LOG.length - 1000, pcapngHead().length + 5];
    for (const [k, length] of lengths.entries()) {
      const file = path.join(folder, `cut-${k}.pcapng`);
      writeFileSync(file, LOG);
      truncateSync(file, length);
      const read: WirePacket[] = [];
      const failed = await (async () => {
        for await (const packet of readWireLog(file)) read.push(packet);
      })().catch((error: unknown) => error);
      expect(failed).toMatchObject({
        code: 'FILE_UNREADABLE',
        what: expect.stringMatching(/the log ends \d+ bytes into a block/),
        where: expect.stringMatching(/cut-\d\.pcapng, byte \d+$/),
      });
      expect(read).toEqual(PACKETS.slice(0, read.length));
      expect(read.length).toBe([2, 2, 0][k]);
    }
  });

  it.each([
    ['of another kind', Buffer.from('title: no log\n'.repeat(3)), /does not begin as a pcapng file/],
    ['empty', Buffer.alloc(0), /the file is empty/],
    [
      'with a length that cannot be',
      Buffer.concat([LOG, Buffer.alloc(40, 0xff)]),
      /says that it has 4294967295 bytes/,
    ],
    [
      'of another link type',
      Buffer.concat([LOG.subarray(0, 36), Buffer.from([1, 0]), LOG.subarray(38)]),
      /link type 1,/,
    ],
  ])('%s is refused', async (_name, bytes, what) => {
    await expect(all(readPcapng(inPieces(bytes, 64)))).rejects.toThrow(what);
  });
});

describe('a log of a transport', () => {
  it('has every frame of both directions once, and the transport does what it does without', async () => {
    const { host, device } = createLoopback();
    const file = path.join(folder, 'loopback.pcapng');
    const log = new WireLog(file);
    const logged = log.around(host);
    const heard: number[] = [];
    await logged.open({ onBytes: (bytes) => heard.push(...bytes), onClosed: () => {} });
    await device.open({ onBytes: () => {}, onClosed: () => {} });
    const sent = [frame('Mute', { muted: 1 }, 1), frame('Stop', {}, 2)];
    await logged.write(Buffer.concat(sent));
    const answer = frame('MuteResult', { request: 1, status: 0 }, 1);
    for (const byte of answer) await device.write(Uint8Array.of(byte));
    await setTimeout(5);
    await logged.close();
    expect(await log.close()).toEqual({ packets: 3, dropped: 0, failure: null });
    expect(heard).toEqual([...answer]);
    const packets = await all(readWireLog(file));
    expect(packets.map(({ from, stretch: bytes }) => [from, bytes])).toEqual([
      ['host', stretch(sent[0]!)],
      ['host', stretch(sent[1]!)],
      ['board', stretch(answer)],
    ]);
    for (const { timeNs } of packets)
      expect(Math.abs(Number(timeNs / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  it('of a process that is killed is a valid file', async () => {
    const file = path.join(folder, 'killed.pcapng');
    const script = `
      import { WireLog } from '${path.resolve('dist/drivers/wire/wire-log.js')}';
      const log = new WireLog(${JSON.stringify(file)});
      const transport = log.around({ name: 'x', open: async () => {}, write: async () => {}, close: async () => {} });
      setInterval(() => { for (let k = 0; k < 100; k++) void transport.write(Uint8Array.of(0, 1 + k, 2, 3, 0)); }, 1);
      setInterval(() => console.log('alive'), 150);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = 0;
    for await (const _chunk of child.stdout) if (++lines === 2) break;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect((await all(readWireLog(file))).length).toBeGreaterThan(100);
  });

  it('is refused where there is no folder, or no room', () => {
    expect(() => new WireLog(path.join(folder, 'none', 'a.pcapng'))).toThrow(/cannot be written/);
    expect(() => new WireLog('/dev/full')).toThrow(/cannot be written: ENOSPC/);
  });
});

describe('frames of a log', () => {
  const mark = (marker: Marker, from: 'host' | 'board', wire: Uint8Array) =>
    marker.mark({ timeNs: 0n, from, stretch: stretch(wire), dropped: 0 }).marks;

  it('are marked: sent again, of another session, no frames, malformed', () => {
    const marker = new Marker();
    const hello = (session: number) =>
      frame(
        'Hello',
        { magic: HELLO_MAGIC, versionMajor: 1, versionMinor: 1, session, window: 32, watchdogMs: 0 },
        0,
        session,
      );
    expect(mark(marker, 'host', hello(5))).toEqual([]);
    const mute = frame('Mute', { muted: 1 }, 1);
    expect(mark(marker, 'host', mute)).toEqual([]);
    expect(mark(marker, 'host', mute)).toEqual(['again']);
    expect(mark(marker, 'board', frame('MuteResult', { request: 1, status: 0 }, 1))).toEqual([]);
    expect(mark(marker, 'host', frame('Stop', {}, 2, 6))).toEqual(['other session']);
    expect(mark(marker, 'host', Uint8Array.of(0, 5, 1, 0))).toEqual(['bad']);
    expect(
      mark(marker, 'host', encodeFrame({ type: 7, session: 5, sequence: 3, payload: new Uint8Array(2) })),
    ).toEqual(['malformed']);
    expect(mark(marker, 'host', hello(6))).toEqual([]);
    expect(mark(marker, 'host', frame('Mute', { muted: 1 }, 1, 6))).toEqual([]);
  });

  it('are told in one line, and in JSON', () => {
    const entries = [{ slot: 7, index: 1, hash: 0xabn, ticks: 99n, status: 2 }];
    const reading = readStretch(stretch(frame('Receipts', { entries }, 4)), 'board');
    expect(readingText(reading)).toBe(
      'Receipts #4: entries 1 [slot 7, index 1, hash 00000000000000ab, ticks 99, status 2 (missed)]',
    );
    expect(readingJson(reading)).toEqual({
      ...{ type: 0x90, session: 5, sequence: 4, message: 'Receipts' },
      fields: { entries: [{ slot: 7, index: 1, hash: '00000000000000ab', ticks: '99', status: 2 }] },
    });
    expect(
      readingText(readStretch(stretch(frame('MuteResult', { request: 1, status: 0 }, 1)), 'host')),
    ).toMatch(/^MuteResult #1: 3 bytes, wrongSender/);
    expect(readingText(readStretch(Uint8Array.of(9, 1), 'host'))).toBe('no frame: badCobs');
  });

  it('are cut at delimiters, however many', () => {
    expect(stretchesOf(Uint8Array.of(0, 0, 1, 2, 0, 3, 0, 0))).toEqual([
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
    ]);
    expect(stretchesOf(new Uint8Array(5000).fill(1)).map(({ length }) => length)).toEqual([1039]);
  });
});

it('a log that goes on after its damage is not read on', async () => {
  const file = path.join(folder, 'damaged.pcapng');
  writeFileSync(file, LOG);
  const bytes = readFileSync(file);
  bytes[pcapngHead().length + 4] = 0x33;
  writeFileSync(file, bytes);
  appendFileSync(file, pcapngPacket(PACKETS[0]!));
  await expect(all(readWireLog(file))).rejects.toMatchObject({
    where: `${file}, byte ${pcapngHead().length}`,
  });
});
