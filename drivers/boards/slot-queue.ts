/** Queues slots and settles their receipts; keeps the codewords of queued slots in the board's memory. */
import { hashToHex } from '../../firmware-protocol/content-hash.js';
import { itemsPerMessage } from '../../firmware-protocol/layout.js';
import { QueueSlots } from '../../firmware-protocol/messages/queue-slots.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { RECEIPT_STATUS } from '../../firmware-protocol/status.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardDescription, BoardFault, Receipt, ReceiptStatus, SlotEntry } from '../array-board.js';
import type { CodewordTable } from './codeword-table.js';
import type { OpenRequests } from './open-requests.js';
import { ReceiptBook } from './receipt-book.js';
import { FIRMWARE_AT_FAULT } from './refusals.js';

export interface SlotQueueEvents {
  receipt(receipt: Receipt): void;
  fault(fault: BoardFault): void;
}

/** Times the queue depth: a board's log holds 4 (SPEC 7.5). */
const REMEMBERED_RECEIPTS = 8;
const MAX_SLOT = 0xffff_ffff;
const MAX_QUERY_COUNT = 0xffff;
/** Of a memory entry that is invalid. */
const NO_HASH = '0'.repeat(16);

const STATUS_NAMES = new Map<number, ReceiptStatus>([
  [RECEIPT_STATUS.latched, 'latched'],
  [RECEIPT_STATUS.late, 'late'],
  [RECEIPT_STATUS.missed, 'missed'],
]);

/** A latch so many ticks after the start of its slot is on time. SPEC 7.3. */
const TOLERANCE_TICKS = 1n;

type ReceiptEntry = PayloadOf<'Receipts'>['entries'][number];
type SlotClock = Pick<PayloadOf<'Arm'>, 'firstSlot' | 'startTicks' | 'slotTicks'>;

export class SlotQueue {
  readonly #requests: OpenRequests;
  readonly #table: CodewordTable;
  readonly #book: ReceiptBook;
  readonly #description: BoardDescription;
  readonly #boardName: string;
  readonly #perMessage: number;
  readonly #events: SlotQueueEvents;
  /** Kinds of breaches that were told. */
  readonly #told = new Set<string>();
  /** What the board has queued is from here: it was stopped, or is new. */
  #isOurs = false;
  /** The slot clock of all that is queued; null: none yet; unknown where an earlier one may have latched some. */
  #clock: SlotClock | 'unknown' | null = 'unknown';
  /** The last slot whose receipt came, while they come in order. */
  #lastSlot = -1;

  constructor(
    requests: OpenRequests,
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
    this.#perMessage = itemsPerMessage(QueueSlots, maxPayload);
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

  /**
   * Queues them right behind the codewords that are being loaded, which saves a round trip. Returns false when nothing was queued: none
   * are being loaded, or one has failed. The board takes none of a message that names it then (SPEC 6.4), and one message they must be.
   *
   * @param loaded resolves when the board holds them.
   */
  async followLoad(entries: readonly SlotEntry[], loaded: Promise<void>): Promise<boolean> {
    const isOneMessage = entries.length <= this.#perMessage;
    const hashes = new Set(entries.map(({ hash }) => hash));
    if (!isOneMessage || !this.#table.isLoading || !this.#table.isLoadingOnly(hashes)) return false;
    try {
      await this.queue(entries);
      await loaded;
      // As if they had been held before.
      for (const { hash } of entries) this.#table.touch(hash);
      return true;
    } catch (error) {
      if (error instanceof BeamloopError && error.cause === 'notLoaded') return false;
      throw error;
    }
  }

  async queue(entries: readonly SlotEntry[]): Promise<void> {
    this.#refuseOverflow(entries);
    const indexed = entries.map((entry) => ({ ...entry, index: this.#indexOf(entry) }));
    this.#book.announce(indexed);
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
    this.#beginAnew();
  }

  /** The board took this slot clock. */
  armed({ firstSlot, startTicks, slotTicks }: SlotClock): void {
    const isOnlyOne = this.#clock === null || (this.#isOurs && this.#book.numOpen === 0);
    this.#clock = isOnlyOne ? { firstSlot, startTicks, slotTicks } : 'unknown';
  }

  /** The board took a slot clock that begins at its trigger. */
  armedOnTrigger(): void {
    this.#clock = 'unknown';
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

  /** Another program may have spoken to the board. */
  replaced(): void {
    this.#isOurs = false;
    this.#clock = 'unknown';
  }

  /** The board's queue and log are gone. */
  restarted(): void {
    this.#book.restarted();
    this.#table.unpinAll();
    this.#beginAnew();
  }

  receive(entry: ReceiptEntry): void {
    const receipt = this.#read(entry);
    const expected = this.#book.expected(receipt.slot);
    const verdict = this.#book.judge(receipt);
    if (expected !== undefined) this.#table.unpin(expected.hash);
    if (verdict === 'new' || verdict === 'repeated' || verdict === 'mismatch') this.#events.receipt(receipt);
    const slot = `slot ${receipt.slot}`;
    if (verdict === 'mismatch') {
      const hashes = `the hash ${receipt.hash}, not ${expected!.hash} of the codeword that it confirmed`;
      this.#report('wrongCodeword', receipt, `the receipt of ${slot} has ${hashes} (SPEC 6.11, 7.3)`);
    }
    if (verdict === 'contradiction') {
      this.#report('contradictoryReceipt', receipt, `it sent two different receipts for ${slot} (SPEC 7.5)`);
    }
    if (verdict === 'unknown') {
      const breach = `it sent a receipt for ${slot}, which was not queued, or not any more (SPEC 6.6, 7.5)`;
      this.#report('unknownReceipt', receipt, this.#isOurs ? breach : undefined);
    }
    if (expected !== undefined) this.#compare(entry, receipt, expected);
  }

  /** Holds a slot's first receipt against what it was queued with and when it was to be latched. */
  #compare(
    { ticks }: ReceiptEntry,
    receipt: Receipt,
    { hash, index }: { readonly hash: string; readonly index: number | undefined },
  ): void {
    const { slot, status } = receipt;
    if (index !== undefined && receipt.index !== index) {
      const breach = `the receipt of slot ${slot} has the index ${receipt.index}, not ${index} as queued (SPEC 6.11)`;
      this.#report('wrongIndex', receipt, breach);
    }
    if (status === 'missed' && receipt.hash !== hash && receipt.hash !== NO_HASH) {
      const breach = `the receipt of slot ${slot}, which it missed, has the hash ${receipt.hash}, not ${hash} (SPEC 6.11)`;
      this.#report('wrongHash', receipt, breach);
    }
    if (slot < this.#lastSlot) {
      const breach = `the receipt of slot ${slot} came after that of slot ${this.#lastSlot} (SPEC 7.3)`;
      this.#report('receiptOutOfOrder', receipt, this.#isOurs ? breach : undefined);
    }
    this.#lastSlot = Math.max(this.#lastSlot, slot);
    if (this.#clock === null || this.#clock === 'unknown' || status !== 'latched') return;
    const { firstSlot, startTicks, slotTicks } = this.#clock;
    const late = ticks - (startTicks + BigInt(slot - firstSlot) * BigInt(slotTicks));
    if (late >= 0n && late <= TOLERANCE_TICKS) return;
    const breach = `slot ${slot} was latched ${late} ticks after its start, and not said to be late (SPEC 7.2, 7.3)`;
    this.#report('latchedOffTime', receipt, breach);
  }

  #beginAnew(): void {
    this.#isOurs = true;
    this.#clock = null;
    this.#lastSlot = -1;
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

  #report(code: string, receipt: Receipt, breach?: string): void {
    const isNew = breach !== undefined && !this.#told.has(code);
    if (isNew) this.#told.add(code);
    const { slot: detail, boardTimeS } = receipt;
    this.#events.fault({ code, detail, boardTimeS, ...(isNew && { breach }) });
  }

  async #send(entries: readonly (SlotEntry & { readonly index: number })[]): Promise<void> {
    try {
      await this.#requests.send('QueueSlots', {
        entries: entries.map(({ slot, index }) => ({ slot, index })),
      });
    } catch (error) {
      // Any other failure leaves open whether the board has them: their receipts stay welcome.
      if (error instanceof BeamloopError && error.code === 'BOARD_REFUSED') {
        const { numOpen } = this.#book;
        const { queueDepth } = this.#description;
        this.#book.withdraw(entries);
        for (const { hash } of entries) this.#table.unpin(hash);
        if (error.cause === 'queueFull' && this.#isOurs && numOpen <= queueDepth) {
          throw new BeamloopError('BOARD_REFUSED', {
            what: `${error.what}, though it said that it queues ${queueDepth} slots and has ${numOpen - entries.length} (SPEC 6.1, 6.4)`,
            where: this.#boardName,
            todo: FIRMWARE_AT_FAULT,
            cause: error.cause,
          });
        }
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
    const index = this.#table.indexOf(hash) ?? this.#table.loadingAt(hash);
    if (index !== undefined) return index;
    throw new BeamloopError('PLAN_REFUSED', {
      what: `The codeword ${hash} of slot ${slot} is not in the board's memory`,
      where: this.#boardName,
      todo: 'Load it before queueing the slot',
    });
  }
}
