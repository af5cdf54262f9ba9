/** CRC-32C (Castagnoli), reflected, polynomial 0x1EDC6F41, initial and final inversion. SPEC 3.2. */

const REFLECTED_POLYNOMIAL = 0x82f63b78;

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ REFLECTED_POLYNOMIAL : remainder >>> 1;
  }
  table[byte] = remainder;
}

/** CRC-32C of bytes[start, end) as an unsigned 32-bit number. crc32c('123456789') = 0xE3069283. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let remainder = 0xffff_ffff;
  for (let i = start; i < end; i++) {
    remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[i]!) & 0xff]!;
  }
  return ~remainder >>> 0;
}
