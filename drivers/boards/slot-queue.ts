/** Queues slots and settles their receipts; keeps the codewords of queued slots in the board's memory. */
import { hashToHex } from '../../firmware-protocol/content-hash.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { RECEIPT_STATUS } from '../../firmware-protocol/status.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardDescription, BoardFault, Receipt, ReceiptStatus, SlotEntry } from '../array-board.js';
import type { CodewordTable } from './codeword-table.js';
import { ReceiptBook } from './receipt-book.js';
import type { Requests } from './requests.js';

export interface SlotQueueEvents {
  receipt(receipt: Receipt): void;
  fault(fault: BoardFault): void;
}

/** Times the queue depth: a board's log holds 4 (SPEC 7.5). */
const REMEMBERED_RECEIPTS = 8;
const MAX_ENTRIES = 150;
const ENTRY_BYTES = 6;
const LIST_OVERHEAD_BYTES = 2;
const MAX_SLOT = 0xffff_ffff;
const MAX_QUERY_COUNT = 0xffff;

const STATUS_NAMES = new Map<number, ReceiptStatus>([
  [RECEIPT_STATUS.latched, 'latched'],
  [RECEIPT_STATUS.late, 'late'],
  [RECEIPT_STATUS.missed, 'missed'],
]);

type ReceiptEntry = PayloadOf<'Receipts'>['entries'][number];

export class SlotQueue {
  readonly #requests: Requests;
  readonly #table: CodewordTable;
  readonly #book: ReceiptBook;
  readonly #description: BoardDescription;
  readonly #boardName: string;
  readonly #perMessage: number;
  readonly #events: SlotQueueEvents;

  constructor(
    requests: Requests,
    table: CodewordTable,
    description: BoardDescription,
    maxPayload: number,
    boardName: string,
    events: SlotQueueEvents,
  ) {
    this.#requests = requests;
    this.#table = table;
    this.#description = description;
    this.#boardName = boardName;
    this.#events = events;
    this.#book = new ReceiptBook(REMEMBERED_RECEIPTS * description.queueDepth);
    this.#perMessage = Math.min(MAX_ENTRIES, Math.floor((maxPayload - LIST_OVERHEAD_BYTES) / ENTRY_BYTES));
  }

  get numOwed(): number {
    return this.#book.numOwed;
  }

  /** Throws BAD_ARGUMENT unless the slots rise. */
  static check(entries: readonly SlotEntry[]): void {
    let previous = -1;
    for (const { slot } of entries) {
      if (!Number.isInteger(slot) || slot <= previous || slot > MAX_SLOT) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: `Slots must be rising integers up to ${MAX_SLOT}; ${slot} follows ${previous}`,
        });
      }
      previous = slot;
    }
  }

  async queue(entries: readonly SlotEntry[]): Promise<void> {
    this.#refuseOverflow(entries);
    const indexed = entries.map((entry) => ({ ...entry, index: this.#indexOf(entry) }));
    this.#book.announce(entries);
    for (const { hash } of entries) {
      this.#table.pin(hash);
      this.#table.touch(hash);
    }
    const messages = [];
    for (let first = 0; first < indexed.length; first += this.#perMessage) {
      messages.push(this.#send(indexed.slice(first, first + this.#perMessage)));
    }
    const failed = (await Promise.allSettled(messages)).find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Empties the queue. */
  async stop(): Promise<void> {
    await this.#requests.send('Stop', {});
    for (const { hash } of this.#book.stopped()) this.#table.unpin(hash);
  }

  async requestReceipts(firstSlot: number, count: number): Promise<void> {
    const endSlot = Math.min(firstSlot + count, MAX_SLOT + 1);
    for (let first = firstSlot; first < endSlot; first += MAX_QUERY_COUNT) {
      const numSlots = Math.min(MAX_QUERY_COUNT, endSlot - first);
      const replay = this.#book.replay(first, first + numSlots - 1);
      try {
        const { found } = await this.#requests.send('QueryReceipts', { firstSlot: first, count: numSlots });
        replay.found(found);
      } catch (error) {
        replay.cancel();
        throw error;
      }
      await replay.done;
    }
  }

  /** The board forgot which receipts it owes (another program had a session): asks for those of all open slots. */
  async askForOwed(): Promise<void> {
    const range = this.#book.owedRange();
    if (range !== null) await this.requestReceipts(range.first, range.last - range.first + 1);
  }

  /** Nothing that was asked for will come. */
  interrupted(reason: Error): void {
    this.#book.endReplays(reason);
  }

  /** The board's queue and log are gone. */
  restarted(): void {
    this.#book.restarted();
    this.#table.unpinAll();
  }

  receive(entry: ReceiptEntry): void {
    const receipt = this.#read(entry);
    const needed = this.#book.expectedHash(receipt.slot);
    const verdict = this.#book.judge(receipt);
    if (needed !== undefined) this.#table.unpin(needed);
    if (verdict === 'new' || verdict === 'repeated' || verdict === 'mismatch') this.#events.receipt(receipt);
    if (verdict === 'mismatch') this.#report('wrongCodeword', receipt);
    if (verdict === 'contradiction') this.#report('contradictoryReceipt', receipt);
    if (verdict === 'unknown') this.#report('unknownReceipt', receipt);
  }

  #read(entry: ReceiptEntry): Receipt {
    const status = STATUS_NAMES.get(entry.status);
    const receipt: Receipt = {
      slot: entry.slot,
      index: entry.index,
      hash: hashToHex(entry.hash),
      boardTimeS: Number(entry.ticks) / this.#description.clockRateHz,
      // SPEC 9.3: what a newer board means by an unknown status is no success that we can rely on.
      status: status ?? 'missed',
    };
    if (status === undefined) this.#report(`receiptStatus${entry.status}`, receipt);
    return receipt;
  }

  #report(code: string, receipt: Receipt): void {
    this.#events.fault({ code, detail: receipt.slot, boardTimeS: receipt.boardTimeS });
  }

  async #send(entries: readonly (SlotEntry & { readonly index: number })[]): Promise<void> {
    try {
      await this.#requests.send('QueueSlots', {
        entries: entries.map(({ slot, index }) => ({ slot, index })),
      });
    } catch (error) {
      // Any other failure leaves open whether the board has them: their receipts stay welcome.
      if (error instanceof BeamloopError && error.code === 'BOARD_REFUSED') {
        this.#book.withdraw(entries);
        for (const { hash } of entries) this.#table.unpin(hash);
      }
      throw error;
    }
    this.#book.confirm(entries);
  }

  #refuseOverflow(entries: readonly SlotEntry[]): void {
    const { queueDepth } = this.#description;
    // One message is all or nothing at the board; several are only if they all fit.
    const fits =
      entries.length <= this.#perMessage
        ? entries.length <= queueDepth
        : this.#book.numOwed + entries.length <= queueDepth;
    if (fits) return;
    throw new BeamloopError('PLAN_REFUSED', {
      what: `The board queues ${queueDepth} slots; ${this.#book.numOwed} are open and ${entries.length} more are asked for`,
      where: this.#boardName,
      todo: 'Queue in smaller batches',
    });
  }

  #indexOf({ slot, hash }: SlotEntry): number {
    const index = this.#table.indexOf(hash);
    if (index !== undefined) return index;
    throw new BeamloopError('PLAN_REFUSED', {
      what: `The codeword ${hash} of slot ${slot} is not in the board's memory`,
      where: this.#boardName,
      todo: 'Load it before queueing the slot',
    });
  }
}
