/**
 * The little of pcapng (draft-ietf-opsawg-pcapng) that a log of one line needs: a section, one interface of link type USER0, and
 * a packet per frame with its time and direction. Little-endian.
 */
import type { Side } from './reading.js';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;
const USER0 = 147;
const OPTION_END = 0;
const OPTION_NAME = 2;
const OPTION_FLAGS = 2;
const OPTION_DROPPED = 4;
const OPTION_RESOLUTION = 9;
/** The first two bits of epb_flags: what the host received is inbound. */
const DIRECTION = { board: 1, host: 2 } as const;
/** Before and after what a block holds: type and length, length again. */
const FRAME_BYTES = 12;
const NS_PER_S = 1_000_000_000n;
/** A packet of ours has little more than a frame; what says more is damaged. */
const MOST_BLOCK_BYTES = 1 << 20;

export interface WirePacket {
  /** Since 1970, ns. */
  readonly timeNs: bigint;
  readonly from: Side;
  /** Between two delimiters, without them. */
  readonly stretch: Uint8Array;
  /** Packets that found no room in the log between the one before and this one. */
  readonly dropped: number;
}

/** What a log begins with. */
export function pcapngHead(): Uint8Array {
  const section = new Uint8Array(16);
  const view = new DataView(section.buffer);
  view.setUint32(0, BYTE_ORDER, true);
  view.setUint16(4, 1, true);
  // Of unknown length.
  view.setBigInt64(8, -1n, true);
  const description = new Uint8Array(8);
  const link = new DataView(description.buffer);
  link.setUint16(0, USER0, true);
  const options = [option(OPTION_NAME, Buffer.from('board')), option(OPTION_RESOLUTION, Uint8Array.of(9))];
  return Buffer.concat([block(SECTION, [section]), block(INTERFACE, [description, ...options, ending()])]);
}

export function pcapngPacket({ timeNs, from, stretch, dropped }: WirePacket): Uint8Array {
  const dropBytes = dropped > 0 ? 12 : 0;
  const padded = (stretch.length + 3) & ~3;
  const length = FRAME_BYTES + 20 + padded + 8 + dropBytes + 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, PACKET, true);
  view.setUint32(4, length, true);
  view.setUint32(12, Number(timeNs >> 32n), true);
  view.setUint32(16, Number(timeNs & 0xffff_ffffn), true);
  view.setUint32(20, stretch.length, true);
  view.setUint32(24, stretch.length, true);
  bytes.set(stretch, 28);
  let at = 28 + padded;
  view.setUint16(at, OPTION_FLAGS, true);
  view.setUint16(at + 2, 4, true);
  view.setUint32(at + 4, DIRECTION[from], true);
  at += 8;
  if (dropped > 0) {
    view.setUint16(at, OPTION_DROPPED, true);
    view.setUint16(at + 2, 8, true);
    view.setBigUint64(at + 4, BigInt(dropped), true);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
}

/** What is wrong with a log, and where, bytes from its start. */
export class PcapngDamage extends Error {
  readonly at: number;

  constructor(at: number, what: string) {
    super(what);
    this.at = at;
  }
}

/**
 * Packets of a log that is read in chunks of any size; holds one block at most. What stands before the damage is given out.
 *
 * @throws PcapngDamage.
 */
export async function* readPcapng(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WirePacket> {
  let kept = Buffer.alloc(0);
  let at = 0;
  let numBlocks = 0;
  let perSecond = 1_000_000n;
  for await (const chunk of chunks) {
    kept = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]);
    for (;;) {
      if (kept.length < FRAME_BYTES) break;
      const type = kept.readUInt32LE(0);
      const length = kept.readUInt32LE(4);
      if (numBlocks === 0) requireSection(kept, at);
      if (length < FRAME_BYTES || length % 4 !== 0 || length > MOST_BLOCK_BYTES)
        throw new PcapngDamage(at, `a block of type ${type} says that it has ${length} bytes`);
      if (kept.length < length) break;
      if (kept.readUInt32LE(length - 4) !== length)
        throw new PcapngDamage(at, `a block of ${length} bytes ends with another length`);
      const body = kept.subarray(8, length - 4);
      if (type === INTERFACE) perSecond = resolutionOf(body, at);
      if (type === PACKET) yield packetOf(body, at, perSecond);
      kept = kept.subarray(length);
      at += length;
      numBlocks++;
    }
  }
  if (kept.length > 0) throw new PcapngDamage(at, `the log ends ${kept.length} bytes into a block`);
  if (numBlocks === 0) throw new PcapngDamage(0, 'the file is empty');
}

function requireSection(kept: Buffer, at: number): void {
  if (kept.readUInt32LE(0) !== SECTION) throw new PcapngDamage(at, 'it does not begin as a pcapng file does');
  if (kept.readUInt32LE(8) !== BYTE_ORDER)
    throw new PcapngDamage(at, 'it was written by a big-endian machine, or is damaged');
}

function resolutionOf(body: Buffer, at: number): bigint {
  const type = body.readUInt16LE(0);
  if (type !== USER0) throw new PcapngDamage(at, `it is of link type ${type}, not of ours, ${USER0}`);
  const exponent = optionsOf(body.subarray(8)).get(OPTION_RESOLUTION)?.[0] ?? 6;
  if (exponent > 9) throw new PcapngDamage(at, `its times have a resolution that is not ours (${exponent})`);
  return 10n ** BigInt(exponent);
}

function packetOf(body: Buffer, at: number, perSecond: bigint): WirePacket {
  const length = body.length < 20 ? -1 : body.readUInt32LE(12);
  if (length < 0 || 20 + length > body.length)
    throw new PcapngDamage(at, `a packet says that it has ${length} bytes, which its block does not hold`);
  const units = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8));
  const options = optionsOf(body.subarray(20 + ((length + 3) & ~3)));
  const flags = options.get(OPTION_FLAGS);
  const direction = flags === undefined || flags.length < 4 ? 0 : flags.readUInt32LE(0) & 3;
  if (direction !== DIRECTION.board && direction !== DIRECTION.host)
    throw new PcapngDamage(at, 'a packet has no direction');
  const dropped = options.get(OPTION_DROPPED);
  return {
    timeNs: (units * NS_PER_S) / perSecond,
    from: direction === DIRECTION.board ? 'board' : 'host',
    stretch: Uint8Array.from(body.subarray(20, 20 + length)),
    dropped: dropped === undefined || dropped.length < 8 ? 0 : Number(dropped.readBigUInt64LE(0)),
  };
}

function optionsOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const code = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (code === OPTION_END) break;
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + ((value.length + 3) & ~3));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

function ending(): Uint8Array {
  return new Uint8Array(4);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = FRAME_BYTES + parts.reduce((sum, part) => sum + part.length, 0);
  const ends = new Uint8Array(FRAME_BYTES);
  const view = new DataView(ends.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  view.setUint32(8, length, true);
  return Buffer.concat([ends.subarray(0, 8), ...parts, ends.subarray(8)]);
}
