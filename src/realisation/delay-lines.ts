/** Fixed switched lines: which of them are needed, and what it takes to select one. */

/** Bits of the selector of so many lines: the least that tell them apart. */
export function selectorBits(numLines: number): number {
  return numLines <= 1 ? 0 : Math.ceil(Math.log2(numLines));
}

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
