/**
 * Receipts of several boards joined to those of the array: a slot counts when every board has told of it, and as latched when every
 * board latched it in time.
 */
import type { Receipt, ReceiptStatus } from '../../array-board.js';

/** What a slot is queued with, on the whole array and on each board. */
export interface TiledSlot {
  readonly slot: number;
  /** Of the codeword, and where the array keeps it. */
  readonly hash: string;
  readonly index: number;
  /** Hash of each board's part. */
  readonly parts: readonly string[];
}

interface Underway {
  readonly queued: TiledSlot;
  readonly receipts: (Receipt | null)[];
  /** Every board accepted it. */
  isOwed: boolean;
}

/** The worst of a slot's receipts is the array's. */
const SEVERITY: Readonly<Record<ReceiptStatus, number>> = {
  latched: 0,
  acknowledged: 1,
  sent: 2,
  late: 3,
  missed: 4,
};

export class TileReceipts {
  readonly #numTiles: number;
  readonly #emit: (receipt: Receipt) => void;
  readonly #underway = new Map<number, Underway>();
  #numOwed = 0;

  constructor(numTiles: number, emit: (receipt: Receipt) => void) {
    this.#numTiles = numTiles;
    this.#emit = emit;
  }

  /** Slots that all boards confirmed and not all have told of. */
  get numOwed(): number {
    return this.#numOwed;
  }

  /** Codewords of slots that are underway, by hash. */
  hashes(): Set<string> {
    return new Set([...this.#underway.values()].map(({ queued }) => queued.hash));
  }

  /** Whether a slot is underway. */
  has(slot: number): boolean {
    return this.#underway.has(slot);
  }

  /** These are about to be queued, or asked for again. */
  announce(slots: readonly TiledSlot[]): void {
    for (const queued of slots) {
      this.#drop(queued.slot);
      const receipts = Array.from({ length: this.#numTiles }, () => null);
      this.#underway.set(queued.slot, { queued, receipts, isOwed: false });
    }
  }

  /** Every board accepted these. */
  confirm(slots: readonly TiledSlot[]): void {
    for (const { slot } of slots) {
      const underway = this.#underway.get(slot);
      if (underway === undefined || underway.isOwed) continue;
      underway.isOwed = true;
      this.#numOwed++;
    }
  }

  /** Of these no more will come; nor of any, unless they are named. */
  forget(slots: Iterable<number> = [...this.#underway.keys()]): void {
    for (const slot of slots) this.#drop(slot);
  }

  /** What board `tile` tells of a slot. Of slots that nobody waits for nothing is said. */
  receive(tile: number, receipt: Receipt): void {
    const underway = this.#underway.get(receipt.slot);
    if (underway === undefined) return;
    underway.receipts[tile] = receipt;
    if (underway.receipts.some((each) => each === null)) return;
    this.#drop(receipt.slot);
    this.#emit(joined(underway.queued, underway.receipts as Receipt[]));
  }

  #drop(slot: number): void {
    if (this.#underway.get(slot)?.isOwed) this.#numOwed--;
    this.#underway.delete(slot);
  }
}

/** Time is that of the first board's clock. */
function joined({ slot, hash, index, parts }: TiledSlot, receipts: readonly Receipt[]): Receipt {
  const wrong = receipts.find(({ hash, status }, k) => status !== 'missed' && hash !== parts[k]);
  const status = receipts.reduce<ReceiptStatus>(
    (worst, receipt) => (SEVERITY[receipt.status] > SEVERITY[worst] ? receipt.status : worst),
    'latched',
  );
  return { slot, index, hash: wrong?.hash ?? hash, boardTimeS: receipts[0]!.boardTimeS, status };
}
