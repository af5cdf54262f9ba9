import type { PayloadOf } from '../../../firmware-protocol/registry.js';

export type Receipt = PayloadOf<'Receipts'>['entries'][number];

/** The last receipts, kept across sessions so that a host can ask again. SPEC 7.5. */
export class ReceiptLog {
  readonly #capacity: number;
  readonly #receipts: Receipt[] = [];
  #oldest = 0;

  get capacity(): number {
    return this.#capacity;
  }

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  append(receipt: Receipt): void {
    if (this.#receipts.length < this.#capacity) {
      this.#receipts.push(receipt);
    } else {
      this.#receipts[this.#oldest] = receipt;
      this.#oldest = (this.#oldest + 1) % this.#capacity;
    }
  }

  /** The newest receipt of each of `count` slots from `firstSlot` on that is still there, in order of slots. */
  range(firstSlot: number, count: number): Receipt[] {
    const newest = new Map<number, Receipt>();
    for (let k = 0; k < this.#receipts.length; k++) {
      const receipt = this.#receipts[(this.#oldest + k) % this.#receipts.length]!;
      if (receipt.slot >= firstSlot && receipt.slot < firstSlot + count) newest.set(receipt.slot, receipt);
    }
    return [...newest.values()].sort((a, b) => a.slot - b.slot);
  }
}
