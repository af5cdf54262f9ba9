/** Arrays of single-precision numbers as bytes, one after the other, little-endian on every machine. */

export function packFloats(arrays: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(4 * arrays.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const array of arrays) {
    for (const value of array) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** @param bytes of exactly as many numbers as the sizes ask for. */
export function unpackFloats(bytes: Uint8Array, sizes: readonly number[]): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return sizes.map((size) => {
    const array = Float32Array.from({ length: size }, (_, k) => view.getFloat32(at + 4 * k, true));
    at += 4 * size;
    return array;
  });
}
