/**
 * What the board's codeword memory holds, as far as the plan knows: the last used codewords, up to its depth.
 * The driver keeps the truth and reconciles with the board; this copy only says how much will have to be loaded, and
 * depends on nothing but the plan so far.
 */
export class PlannedMemory {
  readonly #depth: number;
  /** Hashes, least recently used first. */
  readonly #held = new Set<string>();

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** The distinct hashes among these that would have to be loaded. */
  missing(hashes: Iterable<string>): string[] {
    return [...new Set(hashes)].filter((hash) => !this.#held.has(hash));
  }

  /** Takes note that these were used, in this order. */
  use(hashes: Iterable<string>): void {
    for (const hash of hashes) {
      this.#held.delete(hash);
      this.#held.add(hash);
    }
    for (const hash of this.#held) {
      if (this.#held.size <= this.#depth) break;
      this.#held.delete(hash);
    }
  }

  /** Hashes, least recently used first. */
  get held(): string[] {
    return [...this.#held];
  }

  /** The board restarted: nothing is held. */
  clear(): void {
    this.#held.clear();
  }
}
