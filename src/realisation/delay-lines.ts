/** Fixed switched lines: which of them are needed. */

/** Lines without those that are there already, in the order in which they come first; delays in s, shape [numLines][numElements]. */
export function distinctLines(linesS: readonly Float64Array[]): Float64Array[] {
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  const first = new Map<string, Float64Array>();
  for (const line of linesS) {
    const key = bytes(line);
    if (!first.has(key)) first.set(key, line);
  }
  return [...first.values()];
}
