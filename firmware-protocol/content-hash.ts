/** Content hash of a codeword: FNV-1a, 64 bits, over its packed bytes. SPEC 4.3. */

/** 16 lower-case hex digits, most significant first. Offset basis cbf29ce484222325, prime 2^40 + 0x1b3. */
export function contentHash(bytes: Uint8Array): string {
  let high = 0xcbf29ce4 | 0;
  let low = 0x84222325 | 0;
  for (let i = 0; i < bytes.length; i++) {
    low ^= bytes[i]!;
    // By halves, whose products fit into 32 bits.
    const right = (low & 0xffff) * 0x1b3;
    const left = (low >>> 16) * 0x1b3 + (right >>> 16);
    high = (Math.imul(high, 0x1b3) + (left >>> 16) + (low << 8)) | 0;
    low = (left << 16) | (right & 0xffff);
  }
  return hex32(high) + hex32(low);
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Hex form of a hash as it stands in messages. */
export function hashToHex(hash: bigint): string {
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0');
}

/** Message form of a hash; throws RangeError unless it is 16 hex digits. */
export function hashFromHex(hex: string): bigint {
  if (!/^[0-9a-f]{16}$/i.test(hex)) throw new RangeError(`a content hash is 16 hex digits, not '${hex}'`);
  return BigInt(`0x${hex}`);
}
