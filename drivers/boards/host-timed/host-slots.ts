/**
 * The slot timetable on this machine's clock: has each queued slot's codeword taken by the board as the slot begins, and says of each
 * what is known of it. Slots whose time has passed are left alone, so that what UEs measure in the next one is not spoilt.
 */
import type { Clock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { BEAM_STANDS_BY } from '../../../src/core/slot-window.js';
import type { Evidence, Receipt, ReceiptStatus, SlotEntry } from '../../array-board.js';
import type { Word } from './element-driver.js';

/** When slots are, on this machine's clock. */
export interface HostSlotClock {
  readonly firstSlot: number;
  readonly startS: number;
  readonly slotDurationS: number;
}

/** What is done for a slot. */
export interface SlotSteps {
  /** Before its time, without effect on what is radiated; absent on boards that cannot. */
  readonly prepare?: (hash: string, untilS: number) => Promise<Word>;
  /** At its time. */
  readonly apply: (hash: string, untilS: number) => Promise<Word>;
}

export interface HostSlotEvents {
  receipt(receipt: Receipt): void;
  /** A step of this slot failed; where this returns false, slots are not gone on with. */
  failed(slot: number, error: unknown): boolean;
  /** How long it took from when the slot's codeword was asked for until it was taken, s. */
  took(slot: number, durationS: number): void;
}

/** From the words of all steps of a slot. A board that answers for one step and not for another has not answered for the slot. */
export function evidenceOf(prepared: Word | null, applied: Word): Evidence {
  if (prepared === 'sent' || applied === 'sent') return 'sent';
  return applied === 'applied' ? 'latched' : 'acknowledged';
}

export class HostSlots {
  readonly #clock: Clock;
  readonly #steps: SlotSteps;
  readonly #settleS: number;
  /** Of this machine's clock when the board's time was 0, s. */
  readonly #originS: number;
  readonly #indexOf: (hash: string) => number;
  readonly #events: HostSlotEvents;
  #slotClock: HostSlotClock | null = null;
  /** Ascending. */
  #pending: SlotEntry[] = [];
  /** Raised, and replaced, when what is queued is not to be carried out any more. */
  #life = new AbortController();
  #isRunning = false;

  constructor(
    clock: Clock,
    originS: number,
    settleS: number,
    steps: SlotSteps,
    indexOf: (hash: string) => number,
    events: HostSlotEvents,
  ) {
    this.#clock = clock;
    this.#originS = originS;
    this.#settleS = settleS;
    this.#steps = steps;
    this.#indexOf = indexOf;
    this.#events = events;
  }

  get numOpen(): number {
    return this.#pending.length;
  }

  get isArmed(): boolean {
    return this.#slotClock !== null;
  }

  arm(slotClock: HostSlotClock): void {
    this.#slotClock = slotClock;
    this.#start();
  }

  /** Entries after all that are queued. */
  queue(entries: readonly SlotEntry[]): void {
    this.#pending.push(...entries);
    this.#start();
  }

  /** Empties the queue; returns what was in it. The step that is underway ends by itself. */
  stop(): SlotEntry[] {
    this.#life.abort('stopped');
    this.#life = new AbortController();
    this.#slotClock = null;
    return this.#pending.splice(0);
  }

  #start(): void {
    if (this.#isRunning || this.#slotClock === null || this.#pending.length === 0) return;
    this.#isRunning = true;
    void this.#run().finally(() => {
      this.#isRunning = false;
      // Something may have been queued when the last one was just over.
      this.#start();
    });
  }

  async #run(): Promise<void> {
    while (this.#slotClock !== null && this.#pending.length > 0) {
      const life = this.#life.signal;
      const [entry] = this.#pending as [SlotEntry];
      const { firstSlot, startS, slotDurationS } = this.#slotClock;
      const slotStartS = startS + (entry.slot - firstSlot) * slotDurationS;
      const ended = await this.#carryOut(entry, slotStartS, slotDurationS, life);
      if (life.aborted) continue;
      this.#pending.shift();
      if (ended !== null) this.#tell(entry, ended.status, ended.atS);
    }
  }

  /** Null when what came of it is not known and others know why. */
  async #carryOut(
    { slot, hash }: SlotEntry,
    startS: number,
    durationS: number,
    life: AbortSignal,
  ): Promise<{ readonly status: ReceiptStatus; readonly atS: number } | null> {
    const byS = startS + durationS * BEAM_STANDS_BY - this.#settleS;
    let prepared: Word | null = null;
    try {
      if (this.#clock.nowS() > byS) return { status: 'missed', atS: this.#clock.nowS() };
      if (this.#steps.prepare !== undefined) prepared = await this.#steps.prepare(hash, byS);
      await this.#until(startS, life);
      if (life.aborted) return null;
      const begunS = this.#clock.nowS();
      if (begunS > byS) return { status: 'missed', atS: begunS };
      const applied = await this.#steps.apply(hash, byS);
      const atS = this.#clock.nowS();
      this.#events.took(slot, atS - begunS);
      return { status: atS > byS ? 'late' : evidenceOf(prepared, applied), atS };
    } catch (error) {
      if (life.aborted) return null;
      const goesOn = this.#events.failed(slot, error);
      return goesOn ? { status: 'missed', atS: Math.max(startS, this.#clock.nowS()) } : null;
    }
  }

  async #until(timeS: number, life: AbortSignal): Promise<void> {
    for (;;) {
      const leftS = timeS - this.#clock.nowS();
      if (leftS <= 0 || life.aborted) return;
      await this.#clock.sleep(leftS, life).catch(() => {});
    }
  }

  #tell({ slot, hash }: SlotEntry, status: ReceiptStatus, atS: number): void {
    const { firstSlot, startS, slotDurationS } = this.#slotClock!;
    // A slot that was given up before its time is told of as one of its time.
    const boardTimeS = Math.max(atS, startS + (slot - firstSlot) * slotDurationS) - this.#originS;
    this.#events.receipt({ slot, index: this.#indexOf(hash), hash, boardTimeS, status });
  }
}

/** A step that fails for another reason than what the board does is a fault of ours. */
export function asBoardError(error: unknown, where: string): BeamloopError {
  if (error instanceof BeamloopError) return error;
  return new BeamloopError('INTERNAL', {
    what: `The driver of the board failed: ${error instanceof Error ? error.message : String(error)}`,
    where,
    cause: error,
  });
}
