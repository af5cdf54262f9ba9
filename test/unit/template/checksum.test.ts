/** Checksums against the check values that catalogues of CRCs give for the bytes of '123456789'. */
import { expect, it } from 'vitest';
import { CHECKSUMS, checksum } from '../../../drivers/template/checksum.js';

const NINE = Buffer.from('123456789', 'latin1');
const CHECK = {
  xor: 0x31,
  sum8: 0xdd,
  'sum8-negated': 0x23,
  crc8: 0xf4,
  'crc8-maxim': 0xa1,
  'crc16-arc': 0xbb3d,
  'crc16-modbus': 0x4b37,
  'crc16-xmodem': 0x31c3,
  'crc16-ccitt-false': 0x29b1,
  'crc16-kermit': 0x2189,
} as const;

it.each(CHECKSUMS)('%s gives its check value', (kind) => {
  expect(checksum(kind, NINE)).toBe(CHECK[kind]);
});

it('makes the sum of all bytes 0 when it is negated', () => {
  const all = [...NINE, checksum('sum8-negated', NINE)];
  expect(all.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
});
