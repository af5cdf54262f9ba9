/**
 * Which slots the board owes a receipt for, and which receipts are new. Every slot gives one receipt per boot; copies are
 * dropped, strangers and contradictions are reported. Pure bookkeeping.
 */
import { forgetOldest } from '../../src/core/forget-oldest.js';
import type { Receipt, SlotEntry } from '../array-board.js';

export type Verdict =
  /** Tell the caller. */
  | 'new'
  /** Known already; tell nobody. */
  | 'duplicate'
  /** Known already, but it was asked for again: tell the caller. */
  | 'repeated'
  /** The board latched something else than was queued: tell the caller, and that it is wrong. */
  | 'mismatch'
  /** It contradicts an earlier receipt of the same slot: the earlier one stands. */
  | 'contradiction'
  /** Nobody queued this slot. */
  | 'unknown';

/** A slot as it is queued: where in the memory its codeword is, as far as that is known. */
type QueuedSlot = SlotEntry & { readonly index?: number };

interface Expected {
  readonly hash: string;
  readonly index: number | undefined;
  /** The board accepted the entry. Before that its receipt is welcome but not owed. */
  owed: boolean;
}

export interface RunningReplay {
  /** The board said how many receipts follow its answer. */
  found(count: number): void;
  /** The question failed. */
  cancel(): void;
  /** All that were found have come. */
  readonly done: Promise<void>;
}

interface Replay {
  readonly first: number;
  readonly last: number;
  /** How many the board found; null until it said so. */
  found: number | null;
  /** How many have come; they may be here before whoever asked has read the answer. */
  come: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export class ReceiptBook {
  readonly #capacity: number;
  readonly #expected = new Map<number, Expected>();
  readonly #seen = new Map<number, Receipt>();
  #replays: Replay[] = [];
  #numOwed = 0;

  /** `capacity`: the last receipts, so many at least, are remembered for comparison. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Slots confirmed but without a receipt yet. */
  get numOwed(): number {
    return this.#numOwed;
  }

  /** Slots that are queued, or about to be, and have no receipt yet. */
  get numOpen(): number {
    return this.#expected.size;
  }

  /** What a slot without a receipt was queued with. */
  expected(slot: number): { readonly hash: string; readonly index: number | undefined } | undefined {
    return this.#expected.get(slot);
  }

  /** First and last slot that is owed; null when none is. */
  owedRange(): { first: number; last: number } | null {
    const owed = [...this.#expected].filter(([, expected]) => expected.owed).map(([slot]) => slot);
    if (owed.length === 0) return null;
    return { first: owed.reduce((a, b) => Math.min(a, b)), last: owed.reduce((a, b) => Math.max(a, b)) };
  }

  /** These entries are about to be queued. */
  announce(entries: readonly QueuedSlot[]): void {
    for (const { slot, hash, index } of entries) {
      // A slot may be queued again after a stop: its old receipt is history.
      this.#seen.delete(slot);
      this.#forget(slot);
      this.#expected.set(slot, { hash, index, owed: false });
    }
  }

  /** The board accepted these entries. Those whose receipt came first are settled already. */
  confirm(entries: readonly SlotEntry[]): void {
    for (const { slot } of entries) {
      const expected = this.#expected.get(slot);
      if (expected === undefined || expected.owed) continue;
      expected.owed = true;
      this.#numOwed++;
    }
  }

  /** The board refused these entries. */
  withdraw(entries: readonly SlotEntry[]): void {
    for (const { slot } of entries) this.#forget(slot);
  }

  /** The board emptied its queue, and had sent the receipts of what it latched before (SPEC 6.6). */
  stopped(): SlotEntry[] {
    const dropped = [...this.#expected].filter(([, expected]) => expected.owed);
    for (const [slot] of dropped) this.#forget(slot);
    return dropped.map(([slot, { hash }]) => ({ slot, hash }));
  }

  /** The board restarted: queue and log are gone. */
  restarted(): void {
    this.#expected.clear();
    this.#seen.clear();
    this.#numOwed = 0;
  }

  /** The receipts of a range are asked for again: the next ones in it count as repeated, not as copies. */
  replay(first: number, last: number): RunningReplay {
    let settle = { resolve: () => {}, reject: (_reason: Error) => {} };
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Whoever asked may have failed before waiting for this.
    done.catch(() => {});
    const replay: Replay = { first, last, found: null, come: 0, ...settle };
    this.#replays.push(replay);
    return {
      done,
      found: (count) => {
        replay.found = count;
        this.#settleReplays();
      },
      cancel: () => {
        this.#replays = this.#replays.filter((each) => each !== replay);
      },
    };
  }

  /** Nothing that was asked for again will come any more. */
  endReplays(reason: Error): void {
    for (const replay of this.#replays.splice(0)) replay.reject(reason);
  }

  judge(receipt: Receipt): Verdict {
    const { slot } = receipt;
    const expected = this.#expected.get(slot);
    if (expected !== undefined) {
      this.#forget(slot);
      this.#remember(receipt);
      return receipt.hash === expected.hash || receipt.status === 'missed' ? 'new' : 'mismatch';
    }
    const known = this.#seen.get(slot);
    if (known !== undefined && !sameReceipt(known, receipt)) return 'contradiction';
    const replay = this.#replays.find((each) => slot >= each.first && slot <= each.last);
    if (replay === undefined) return known === undefined ? 'unknown' : 'duplicate';
    replay.come++;
    this.#remember(receipt);
    this.#settleReplays();
    return 'repeated';
  }

  #settleReplays(): void {
    const settled = this.#replays.filter((each) => each.found !== null && each.come >= each.found);
    this.#replays = this.#replays.filter((each) => !settled.includes(each));
    for (const replay of settled) replay.resolve();
  }

  #forget(slot: number): void {
    if (this.#expected.get(slot)?.owed) this.#numOwed--;
    this.#expected.delete(slot);
  }

  #remember(receipt: Receipt): void {
    this.#seen.set(receipt.slot, receipt);
    forgetOldest(this.#seen, this.#capacity);
  }
}

function sameReceipt(a: Receipt, b: Receipt): boolean {
  return a.index === b.index && a.hash === b.hash && a.boardTimeS === b.boardTimeS && a.status === b.status;
}
