/** Content hash of a codeword: FNV-1a, 64 bits, over its packed bytes. SPEC 4.3. */

/** 16 lower-case hex digits, most significant first. Offset basis cbf29ce484222325, prime 2^40 + 0x1b3. */
export function contentHash(bytes: Uint8Array): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < bytes.length; i++) {
    low = (low ^ bytes[i]!) >>> 0;
    // Products stay below 2^53, so doubles hold them exactly; >>> 0 takes them modulo 2^32.
    const lowProduct = low * 0x1b3;
    const carry = Math.floor(lowProduct / 0x1_0000_0000);
    high = (high * 0x1b3 + carry + ((low << 8) >>> 0)) >>> 0;
    low = lowProduct >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
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
