/**
 * Checksums that are mistaken for that of SPEC 3.2. A board with one of them decodes nothing and is decoded by nobody: it looks
 * like a dead one, unless it is asked in its own way.
 */
import { cobsDecode, cobsEncode } from '../../firmware-protocol/cobs.js';
import { MAX_FRAME_LENGTH } from '../../firmware-protocol/frame.js';

interface OtherCrc {
  readonly name: string;
  readonly of: (bytes: Uint8Array) => number;
}

const CASTAGNOLI = 0x1edc6f41;
const ETHERNET = 0x04c11db7;
const CRC_LENGTH = 4;

export const OTHER_CRCS: readonly OtherCrc[] = [
  { name: 'CRC-32 (polynomial 0x04C11DB7)', of: (bytes) => crc(bytes, { polynomial: ETHERNET }) },
  {
    name: 'CRC-32C without the final exclusive-or',
    of: (bytes) => crc(bytes, { polynomial: CASTAGNOLI, final: 0 }),
  },
  {
    name: 'CRC-32C with the initial value 0',
    of: (bytes) => crc(bytes, { polynomial: CASTAGNOLI, initial: 0 }),
  },
  {
    name: 'CRC-32C without reflection',
    of: (bytes) => crc(bytes, { polynomial: CASTAGNOLI, reflected: false }),
  },
  {
    name: 'CRC-32C with its bytes in big-endian order',
    of: (bytes) => swapped(crc(bytes, { polynomial: CASTAGNOLI })),
  },
];

/** A good frame with another checksum in place of its own; delimiters included. */
export function withCrc(frame: Uint8Array, other: OtherCrc): Uint8Array {
  const raw = rawOf(frame.subarray(1, -1))!;
  const covered = raw.subarray(0, -CRC_LENGTH);
  new DataView(raw.buffer).setUint32(covered.length, other.of(covered), true);
  const wire = new Uint8Array(MAX_FRAME_LENGTH);
  const end = cobsEncode(raw, raw.length, wire, 1);
  return wire.slice(0, end + 1);
}

/** The name of the checksum that most of these stretches carry, where it is one of these: one alone may fit two by chance. */
export function otherCrcOf(stretches: readonly Uint8Array[]): string | null {
  const raws = stretches.map(rawOf).filter((raw) => raw !== null && raw.length > CRC_LENGTH) as Raw[];
  let best: { readonly name: string; readonly count: number } | null = null;
  for (const { name, of } of OTHER_CRCS) {
    const count = raws.filter((raw) => {
      const covered = raw.subarray(0, -CRC_LENGTH);
      return of(covered) === new DataView(raw.buffer).getUint32(covered.length, true);
    }).length;
    if (count > (best?.count ?? 0)) best = { name, count };
  }
  return best?.name ?? null;
}

type Raw = Uint8Array<ArrayBuffer>;

function rawOf(stretch: Uint8Array): Raw | null {
  const raw = new Uint8Array(MAX_FRAME_LENGTH);
  const length = cobsDecode(stretch, stretch.length, raw);
  return length < 0 ? null : raw.slice(0, length);
}

interface Parameters {
  readonly polynomial: number;
  readonly initial?: number;
  readonly final?: number;
  readonly reflected?: boolean;
}

/** Bit by bit: frames are short, and few are looked at. */
function crc(
  bytes: Uint8Array,
  { polynomial, initial = 0xffff_ffff, final = 0xffff_ffff, reflected = true }: Parameters,
): number {
  let remainder = initial;
  for (const byte of bytes) {
    remainder ^= (reflected ? reversed(byte, 8) : byte) << 24;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder < 0 ? (remainder << 1) ^ polynomial : remainder << 1;
    }
  }
  return ((reflected ? reversed(remainder >>> 0, 32) : remainder) ^ final) >>> 0;
}

function reversed(value: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit++) result |= ((value >>> bit) & 1) << (bits - 1 - bit);
  return result >>> 0;
}

function swapped(value: number): number {
  const bytes = new DataView(new ArrayBuffer(CRC_LENGTH));
  bytes.setUint32(0, value, true);
  return bytes.getUint32(0, false);
}
