/**
 * The slot timetable on this machine's clock: has each queued slot's codeword taken by the board as the slot begins, and says of each
 * what is known of it. Slots whose time has passed are left alone, so that what UEs measure in the next one is not spoilt.
 *
 * A board that loses its power in the middle of a slot radiates something else from then on, and only its silence tells. So what is
 * known of a slot is held back until the board was heard after its end, by what it answers for the next slot or by being asked.
 */
import type { Clock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { BEAM_STANDS_BY } from '../../../src/core/slot-window.js';
import type { Evidence, Receipt, ReceiptStatus, SlotEntry } from '../../array-board.js';
import type { Word } from './element-driver.js';

/** Codewords are prepared so much earlier than they have to be, in times that it may take. */
const AHEAD = 2;

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
  /** What preparing may take, s. */
  readonly prepareS: number;
  /** At its time. */
  readonly apply: (hash: string, untilS: number) => Promise<Word>;
  /** Whether the board itself answers `apply`. */
  readonly isApplyAnswered: boolean;
  /** Asks whether the board is there; absent where it cannot be asked. */
  readonly isThere?: () => Promise<void>;
  /** How often the board did not answer in time and was asked again, so far. */
  readonly numSilences: () => number;
}

/** A slot of which all is known but whether the board kept its power until the slot's end. */
interface Held {
  readonly entry: SlotEntry;
  readonly status: ReceiptStatus;
  readonly atS: number;
  readonly endS: number;
  /** When its codeword was applied. */
  readonly numSilences: number;
}

/** What came of a slot. */
interface Ended {
  readonly status: ReceiptStatus;
  readonly atS: number;
  readonly numSilences: number;
  /** The board answered, failed to, or was not asked. */
  readonly board: 'heard' | 'silent' | 'not asked';
}

export interface HostSlotEvents {
  receipt(receipt: Receipt): void;
  /** A step of this slot failed; where this returns false, slots are not gone on with. */
  failed(slot: number, error: unknown): boolean;
  /** The board was silent before it was heard again: whether it radiated this slot's codeword to the end is not known. */
  doubted(slot: number): void;
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
  #held: Held | null = null;

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
    return this.#pending.length + (this.#held === null ? 0 : 1);
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

  /** Empties the queue; returns what was in it, and what was not told of yet. The step that is underway ends by itself. */
  stop(): SlotEntry[] {
    this.#life.abort('stopped');
    this.#life = new AbortController();
    this.#slotClock = null;
    const held = this.#held === null ? [] : [this.#held.entry];
    this.#held = null;
    return [...held, ...this.#pending.splice(0)];
  }

  #start(): void {
    if (this.#isRunning || this.#slotClock === null || this.numOpen === 0) return;
    this.#isRunning = true;
    void this.#run().finally(() => {
      this.#isRunning = false;
      // Something may have been queued when the last one was just over.
      this.#start();
    });
  }

  async #run(): Promise<void> {
    while (this.#slotClock !== null && this.numOpen > 0) {
      const life = this.#life.signal;
      if (this.#held !== null && !this.#isNext(this.#held)) await this.#askAfter(this.#held, life);
      else await this.#next(life);
    }
  }

  /** Whether the slot after it is queued, and so the board will be heard. */
  #isNext({ entry }: Held): boolean {
    return this.#pending[0]?.slot === entry.slot + 1;
  }

  async #askAfter(held: Held, life: AbortSignal): Promise<void> {
    await this.#until(held.endS, life);
    // Meanwhile there may be a next one.
    if (life.aborted || this.#isNext(held)) return;
    await this.#tellHeld(held, 'not asked', life);
  }

  async #next(life: AbortSignal): Promise<void> {
    const [entry] = this.#pending as [SlotEntry];
    const { firstSlot, startS, slotDurationS } = this.#slotClock!;
    const slotStartS = startS + (entry.slot - firstSlot) * slotDurationS;
    const ended = await this.#carryOut(entry, slotStartS, slotDurationS, life);
    if (life.aborted) return;
    this.#pending.shift();
    if (this.#held !== null) await this.#tellHeld(this.#held, ended?.board ?? 'silent', life);
    if (life.aborted || ended === null) return;
    const { status, atS, numSilences } = ended;
    const isHeld = this.#steps.isThere !== undefined && (status === 'latched' || status === 'acknowledged');
    if (isHeld) this.#held = { entry, status, atS, endS: slotStartS + slotDurationS, numSilences };
    else this.#tell(entry, status, atS);
  }

  async #tellHeld(held: Held, board: Ended['board'], life: AbortSignal): Promise<void> {
    const { isThere, numSilences } = this.#steps;
    let isHeard = board === 'heard';
    if (board === 'not asked') {
      try {
        await isThere!();
        isHeard = true;
      } catch (error) {
        if (!life.aborted) this.#events.failed(held.entry.slot, error);
      }
    }
    // Whoever stopped the slots has it.
    if (life.aborted) return;
    this.#held = null;
    const isSure = isHeard && numSilences() === held.numSilences;
    if (!isSure) this.#events.doubted(held.entry.slot);
    this.#tell(held.entry, isSure ? held.status : 'missed', held.atS);
  }

  /** Null when what came of it is not known and others know why. */
  async #carryOut(
    { slot, hash }: SlotEntry,
    startS: number,
    durationS: number,
    life: AbortSignal,
  ): Promise<Ended | null> {
    const byS = startS + durationS * BEAM_STANDS_BY - this.#settleS;
    const missed = (atS: number, board: Ended['board']): Ended => ({
      ...{ status: 'missed', atS, board },
      numSilences: this.#steps.numSilences(),
    });
    let prepared: Word | null = null;
    try {
      if (this.#clock.nowS() > byS) return missed(this.#clock.nowS(), 'not asked');
      if (this.#steps.prepare !== undefined) {
        // No earlier than has to be: a board that lost its power in between would apply something else, and nobody would know.
        await this.#until(startS - AHEAD * this.#steps.prepareS, life);
        if (!life.aborted) prepared = await this.#steps.prepare(hash, byS);
      }
      await this.#until(startS, life);
      if (life.aborted) return null;
      const begunS = this.#clock.nowS();
      if (begunS > byS) return missed(begunS, 'not asked');
      const applied = await this.#steps.apply(hash, byS);
      const atS = this.#clock.nowS();
      this.#events.took(slot, atS - begunS);
      const isHeard = this.#steps.isApplyAnswered && applied !== 'sent';
      return {
        status: atS > byS ? 'late' : evidenceOf(prepared, applied),
        atS,
        numSilences: this.#steps.numSilences(),
        board: isHeard ? 'heard' : 'not asked',
      };
    } catch (error) {
      if (life.aborted) return null;
      const goesOn = this.#events.failed(slot, error);
      return goesOn ? missed(Math.max(startS, this.#clock.nowS()), 'silent') : null;
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

/** @throws PLAN_REFUSED when so many slots are open that these do not fit. */
export function requireRoom(
  entries: readonly SlotEntry[],
  numOpen: number,
  queueDepth: number,
  where: string,
): void {
  if (numOpen + entries.length <= queueDepth) return;
  throw new BeamloopError('PLAN_REFUSED', {
    what: `${queueDepth} slots can be queued; ${numOpen} are open and ${entries.length} more are asked for`,
    where,
    todo: 'Queue in smaller batches',
  });
}
