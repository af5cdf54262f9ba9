/**
 * What the board's codeword memory holds, as far as the board confirmed it. Content-addressed: a codeword is known by its
 * hash. Chooses where new codewords go, evicting the least recently used that no queued slot needs. Pure bookkeeping.
 */
import type { PackedCodeword } from '../array-board.js';

export interface Assignment {
  readonly index: number;
  readonly codeword: PackedCodeword;
}

interface Held {
  readonly index: number;
  /** Null when an earlier program loaded it and only its hash is known. */
  readonly codeword: PackedCodeword | null;
}

export class CodewordTable {
  readonly depth: number;
  /** By hash, least recently used first. */
  readonly #held = new Map<string, Held>();
  /** Being loaded: in the board's hands, not confirmed. */
  readonly #loading = new Map<string, Assignment>();
  /** Queued slots that need a codeword, by hash. */
  readonly #pins = new Map<string, number>();
  readonly #free: Set<number>;

  constructor(depth: number) {
    this.depth = depth;
    this.#free = new Set(Array.from({ length: depth }, (_, index) => index));
  }

  /** Where the board confirmed to hold this codeword. */
  indexOf(hash: string): number | undefined {
    return this.#held.get(hash)?.index;
  }

  /** Where it will be when a load that is underway has succeeded. */
  loadingAt(hash: string): number | undefined {
    return this.#loading.get(hash)?.index;
  }

  get isLoading(): boolean {
    return this.#loading.size > 0;
  }

  /** Whether all that is being loaded is among these. */
  isLoadingOnly(hashes: ReadonlySet<string>): boolean {
    return [...this.#loading.keys()].every((hash) => hashes.has(hash));
  }

  get numHeld(): number {
    return this.#held.size;
  }

  /** Marks as used now. */
  touch(hash: string): void {
    const held = this.#held.get(hash);
    if (held === undefined) return;
    this.#held.delete(hash);
    this.#held.set(hash, held);
  }

  pin(hash: string): void {
    this.#pins.set(hash, (this.#pins.get(hash) ?? 0) + 1);
  }

  unpin(hash: string): void {
    const count = (this.#pins.get(hash) ?? 0) - 1;
    if (count > 0) this.#pins.set(hash, count);
    else this.#pins.delete(hash);
  }

  unpinAll(): void {
    this.#pins.clear();
  }

  /** Codewords that queued slots need. */
  get numPinned(): number {
    return this.#pins.size;
  }

  /**
   * Finds room for codewords that are not held, without evicting a pinned one or one in `keep`: all of them or, when there
   * is no room for all, none (null). What is evicted counts as gone at once, what is assigned not before `confirm`.
   */
  assign(codewords: readonly PackedCodeword[], keep: ReadonlySet<string>): Assignment[] | null {
    const evictable: string[] = [];
    const toEvict = codewords.length - this.#free.size;
    for (const hash of this.#held.keys()) {
      if (evictable.length >= toEvict) break;
      if (!this.#pins.has(hash) && !keep.has(hash)) evictable.push(hash);
    }
    if (evictable.length < toEvict) return null;
    for (const hash of evictable) this.#release(hash);
    const indices = this.#free.values();
    return codewords.map((codeword) => {
      const assignment = { index: indices.next().value!, codeword };
      this.#free.delete(assignment.index);
      this.#loading.set(codeword.hash, assignment);
      return assignment;
    });
  }

  /** The board confirmed an assignment. */
  confirm(assignment: Assignment): void {
    if (!this.#drop(assignment)) return;
    this.#held.set(assignment.codeword.hash, assignment);
  }

  /** An assignment failed: the index holds nothing. */
  abandon(assignment: Assignment): void {
    if (this.#drop(assignment)) this.#free.add(assignment.index);
  }

  /** What is held now, by index. */
  snapshot(): ReadonlyMap<number, string> {
    return new Map([...this.#held].map(([hash, { index }]) => [index, hash]));
  }

  /**
   * Compares with what the board says it holds (hash per index, null = nothing). `before` is the `snapshot` of when it
   * was asked: what changed since is newer than the answer and stays. Returns the codewords that were held and are gone;
   * codewords that the table did not know are taken over.
   */
  reconcile(
    contents: ReadonlyMap<number, string | null>,
    before: ReadonlyMap<number, string>,
  ): PackedCodeword[] {
    const gone: PackedCodeword[] = [];
    for (const [index, hash] of before) {
      const held = this.#held.get(hash);
      if (held?.index !== index || contents.get(index) === hash) continue;
      this.#release(hash);
      if (held.codeword !== null) gone.push(held.codeword);
    }
    for (const [index, hash] of contents) {
      if (hash === null || !this.#free.has(index) || this.#held.has(hash) || this.#loading.has(hash))
        continue;
      this.#free.delete(index);
      this.#held.set(hash, { index, codeword: null });
    }
    return gone;
  }

  #release(hash: string): void {
    const held = this.#held.get(hash);
    if (held === undefined) return;
    this.#held.delete(hash);
    this.#free.add(held.index);
  }

  #drop(assignment: Assignment): boolean {
    const { hash } = assignment.codeword;
    if (this.#loading.get(hash) !== assignment) return false;
    return this.#loading.delete(hash);
  }
}
