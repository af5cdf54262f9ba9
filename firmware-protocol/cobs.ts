/** Consistent overhead byte stuffing: removes zeros from a frame, so that 0x00 can delimit it. SPEC 3.3. */

/** Longest COBS encoding of `length` bytes, without delimiters. */
export function maximumCobsLength(length: number): number {
  return length + 1 + Math.floor(length / 254);
}

/** Encodes bytes[0, end) into `out` from `at` on; returns the index after the last byte written. */
export function cobsEncode(bytes: Uint8Array, end: number, out: Uint8Array, at: number): number {
  let codeAt = at;
  let next = at + 1;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte !== 0) out[next++] = byte;
    // A block ends at a zero, and when it is full; a full block at the very end needs no successor.
    if (byte === 0 || (next - codeAt === 255 && i + 1 < end)) {
      out[codeAt] = next - codeAt;
      codeAt = next++;
    }
  }
  out[codeAt] = next - codeAt;
  return next;
}

/**
 * Decodes encoded[0, length), which must hold no zero, into `out`. Returns the decoded length, or -1 when a code byte
 * points past the end, or -2 when the result would not fit into `out`.
 */
export function cobsDecode(encoded: Uint8Array, length: number, out: Uint8Array): number {
  let at = 0;
  let written = 0;
  while (at < length) {
    const code = encoded[at++]!;
    const blockEnd = at + code - 1;
    if (blockEnd > length) return -1;
    const zeroFollows = code !== 0xff && blockEnd < length;
    if (written + code - 1 + (zeroFollows ? 1 : 0) > out.length) return -2;
    while (at < blockEnd) out[written++] = encoded[at++]!;
    if (zeroFollows) out[written++] = 0;
  }
  return written;
}
