/**
 * Keeps a memory bounded: of more than twice as many entries the oldest go, until `numKept` are left. Many together, for a map finds
 * its oldest entry by walking past all that have gone before.
 */
export function forgetOldest<K>(memory: Map<K, unknown>, numKept: number): void {
  if (memory.size <= 2 * numKept) return;
  for (const key of memory.keys()) {
    if (memory.size <= numKept) return;
    memory.delete(key);
  }
}
