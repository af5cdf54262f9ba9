/** Codewords that are at hand: in the board's own table where it has one, else here. */
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardDescription, ElementSettings, PackedCodeword, SlotEntry } from '../../array-board.js';
import { CodewordTable } from '../codeword-table.js';
import type { Word } from './element-driver.js';

export class BoardTable {
  readonly #name: string;
  readonly #depth: number;
  readonly #isOnBoard: boolean;
  readonly #store: (index: number, settings: ElementSettings) => Promise<Word>;
  #table: CodewordTable;
  /** With what is known of their way into the table. */
  readonly #held = new Map<string, { readonly bytes: Uint8Array; readonly word: Word }>();
  numLoaded = 0;
  numReused = 0;

  constructor(
    { memoryDepth, hostTimed }: BoardDescription,
    name: string,
    store: (index: number, settings: ElementSettings) => Promise<Word>,
  ) {
    this.#name = name;
    this.#depth = memoryDepth;
    this.#isOnBoard = hostTimed!.storeBytes > 0;
    this.#store = store;
    this.#table = new CodewordTable(memoryDepth);
  }

  /** Whether the board itself holds codewords, and would lose them with its power. */
  get isHeldByBoard(): boolean {
    return this.#isOnBoard && this.#held.size > 0;
  }

  indexOf(hash: string): number | undefined {
    return this.#table.indexOf(hash);
  }

  held(
    hash: string,
  ): { readonly index: number; readonly bytes: Uint8Array; readonly word: Word } | undefined {
    const index = this.#table.indexOf(hash);
    const held = this.#held.get(hash);
    return index === undefined || held === undefined ? undefined : { index, ...held };
  }

  /** @throws PLAN_REFUSED for a slot whose codeword was not loaded. */
  requireLoaded(entries: readonly SlotEntry[]): void {
    const lacking = entries.find(({ hash }) => this.indexOf(hash) === undefined);
    if (lacking === undefined) return;
    throw new BeamloopError('PLAN_REFUSED', {
      what: `The codeword ${lacking.hash} of slot ${lacking.slot} was not loaded`,
      where: this.#name,
      todo: 'Load it before queueing the slot',
    });
  }

  /** A slot that needs it is queued. */
  use(hash: string): void {
    this.#table.pin(hash);
    this.#table.touch(hash);
  }

  /** That slot is over. */
  done(hash: string): void {
    this.#table.unpin(hash);
  }

  /** What the board held is not relied on any more. */
  forget(): void {
    this.#table = new CodewordTable(this.#depth);
    this.#held.clear();
  }

  /** @throws PLAN_REFUSED when there is no room for all; what the driver throws. */
  async load(
    codewords: readonly PackedCodeword[],
    settingsOf: (bytes: Uint8Array) => ElementSettings,
  ): Promise<void> {
    const table = this.#table;
    const wanted = new Map(codewords.map((codeword) => [codeword.hash, codeword]));
    const missing = [...wanted.values()].filter(({ hash }) => table.indexOf(hash) === undefined);
    const assigned = table.assign(missing, new Set(wanted.keys()));
    if (assigned === null) {
      throw new BeamloopError('PLAN_REFUSED', {
        what: `The table holds ${this.#depth} codewords; ${table.numPinned} are needed by queued slots and ${wanted.size} are asked for`,
        where: this.#name,
        todo: 'Ask for fewer at once',
      });
    }
    this.numReused += wanted.size - missing.length;
    for (const [k, assignment] of assigned.entries()) {
      const { index, codeword } = assignment;
      // Of a table that is kept here nothing can be lost.
      let word: Word = 'applied';
      try {
        if (this.#isOnBoard) word = await this.#store(index, settingsOf(codeword.bytes));
      } catch (error) {
        for (const each of assigned.slice(k)) table.abandon(each);
        throw error;
      }
      table.confirm(assignment);
      this.#held.set(codeword.hash, { bytes: codeword.bytes, word });
      this.numLoaded++;
    }
    // Those that made room are gone.
    for (const hash of this.#held.keys()) if (table.indexOf(hash) === undefined) this.#held.delete(hash);
  }
}
