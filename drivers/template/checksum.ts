/** Checksums of boards' own protocols, by the names that CRC catalogues give them. */

/** Width in bits, polynomial, start, whether bits are reflected, and what the end is combined with. */
interface CrcParameters {
  readonly bits: 8 | 16;
  readonly polynomial: number;
  readonly start: number;
  readonly reflected: boolean;
}

const CRCS = {
  crc8: { bits: 8, polynomial: 0x07, start: 0, reflected: false },
  'crc8-maxim': { bits: 8, polynomial: 0x31, start: 0, reflected: true },
  'crc16-arc': { bits: 16, polynomial: 0x8005, start: 0, reflected: true },
  'crc16-modbus': { bits: 16, polynomial: 0x8005, start: 0xffff, reflected: true },
  'crc16-xmodem': { bits: 16, polynomial: 0x1021, start: 0, reflected: false },
  'crc16-ccitt-false': { bits: 16, polynomial: 0x1021, start: 0xffff, reflected: false },
  'crc16-kermit': { bits: 16, polynomial: 0x1021, start: 0, reflected: true },
} as const satisfies Record<string, CrcParameters>;

export const CHECKSUMS = [
  'xor',
  'sum8',
  'sum8-negated',
  ...(Object.keys(CRCS) as (keyof typeof CRCS)[]),
] as const;
export type ChecksumKind = (typeof CHECKSUMS)[number];

export function checksumBits(kind: ChecksumKind): 8 | 16 {
  return kind in CRCS ? CRCS[kind as keyof typeof CRCS].bits : 8;
}

/** `sum8-negated`: what makes the sum of all bytes, itself included, 0. */
export function checksum(kind: ChecksumKind, bytes: Uint8Array): number {
  switch (kind) {
    case 'xor':
      return bytes.reduce((sum, byte) => sum ^ byte, 0);
    case 'sum8':
      return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
    case 'sum8-negated':
      return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
    default:
      return crc(CRCS[kind], bytes);
  }
}

/** Bit by bit: commands are short. Reflected ones are computed the plain way round, on reflected bytes. */
function crc({ bits, polynomial, start, reflected }: CrcParameters, bytes: Uint8Array): number {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  let register = start;
  for (const byte of bytes) {
    register ^= (reflected ? mirrored(byte, 8) : byte) << (bits - 8);
    for (let bit = 0; bit < 8; bit++) {
      register = ((register & top) === 0 ? register << 1 : (register << 1) ^ polynomial) & mask;
    }
  }
  return reflected ? mirrored(register, bits) : register;
}

function mirrored(value: number, bits: number): number {
  let out = 0;
  for (let bit = 0; bit < bits; bit++) if ((value >> bit) & 1) out |= 1 << (bits - 1 - bit);
  return out;
}
