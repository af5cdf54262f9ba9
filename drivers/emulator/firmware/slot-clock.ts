/**
 * Queue and slot clock: latches one queued codeword per slot. SPEC 7.
 *
 * What happens in a slot depends only on when its entry was ready (queued, and the clock armed), never on when this code
 * gets to run: a real board's timer latches in hardware, whatever its processor is doing.
 */
import type { BoardTimebase } from './timebase.js';

export interface QueueEntry {
  readonly slot: number;
  readonly index: number;
}

export interface SlotTiming {
  readonly firstSlot: number;
  readonly startTicks: number;
  readonly slotTicks: number;
}

/** A slot came up for a queued entry. */
export interface SlotEvent extends QueueEntry {
  /** Board time of the latch, or of the moment when there was none. */
  readonly ticks: number;
  /** Board time of the slot itself. */
  readonly startsAtTicks: number;
  readonly endsAtTicks: number;
  /** `ended`: the slot was over before the entry was ready; `failed`: it ended, and its latch had not worked. */
  readonly timing: 'on time' | 'late' | 'ended' | 'failed';
}

interface Waiting extends QueueEntry {
  readonly queuedAtTicks: number;
}

/** SPEC 7.3: a latch so much after the start of its slot is not late. */
const TOLERANCE_TICKS = 1;

export class SlotClock {
  readonly #timebase: BoardTimebase;
  readonly #onSlot: (event: SlotEvent) => boolean;
  #queue: Waiting[] = [];
  /** The head of the queue did not latch; it waits for the end of its slot. */
  #headFailed = false;
  #lastAcceptedSlot = -1;
  #timing: SlotTiming | null = null;
  #armedAtTicks = 0;
  /** Armed on trigger and not triggered yet. */
  #awaiting: { readonly firstSlot: number; readonly slotTicks: number } | null = null;

  /** `onSlot` returns false when it tried to latch and could not. */
  constructor(timebase: BoardTimebase, onSlot: (event: SlotEvent) => boolean) {
    this.#timebase = timebase;
    this.#onSlot = onSlot;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get armed(): boolean {
    return this.#timing !== null || this.#awaiting !== null;
  }

  /** The last slot accepted since power-up or the last stop; -1 = none. */
  get lastAcceptedSlot(): number {
    return this.#lastAcceptedSlot;
  }

  /** Entries rise, from above `lastAcceptedSlot` (the caller checked). */
  enqueue(entries: readonly QueueEntry[]): void {
    const queuedAtTicks = this.#timebase.nowTicks();
    for (const { slot, index } of entries) {
      this.#queue.push({ slot, index, queuedAtTicks });
      this.#lastAcceptedSlot = slot;
    }
    this.run();
  }

  arm(timing: SlotTiming, armedAtTicks = this.#timebase.nowTicks()): void {
    this.#timing = timing;
    this.#awaiting = null;
    this.#armedAtTicks = armedAtTicks;
    this.run();
  }

  armOnTrigger(firstSlot: number, slotTicks: number): void {
    this.#timing = null;
    this.#awaiting = { firstSlot, slotTicks };
    this.run();
  }

  /** The trigger input rises: `firstSlot` begins now. */
  trigger(): void {
    if (this.#awaiting === null) return;
    // One reading of the clock: by a second one, firstSlot would be late.
    const nowTicks = this.#timebase.nowTicks();
    this.arm({ ...this.#awaiting, startTicks: nowTicks }, nowTicks);
  }

  /** Disarms and empties the queue; returns how many entries were dropped. */
  stop(): number {
    const dropped = this.#queue.length;
    this.#queue = [];
    this.#headFailed = false;
    this.#lastAcceptedSlot = -1;
    this.#timing = null;
    this.#awaiting = null;
    this.#timebase.setAlarm(null);
    return dropped;
  }

  /** Works off every slot that has come up by now and sets the alarm for the next. */
  run(): void {
    for (;;) {
      const entry = this.#queue[0];
      const event = entry === undefined ? null : this.#next(entry);
      if (event === null) {
        this.#timebase.setAlarm(null);
        return;
      }
      if (event.ticks > this.#timebase.nowTicks()) {
        this.#timebase.setAlarm(event.ticks, () => this.run());
        return;
      }
      if (this.#onSlot(event)) {
        // A power failure during the slot has emptied the queue already.
        if (this.#queue[0] === entry) this.#queue.shift();
        this.#headFailed = false;
      } else {
        this.#headFailed = true;
      }
    }
  }

  /** What becomes of an entry next, and when; null while the clock is not running. */
  #next({ slot, index, queuedAtTicks }: Waiting): SlotEvent | null {
    if (this.#timing === null) return null;
    const { firstSlot, startTicks, slotTicks } = this.#timing;
    const startsAtTicks = startTicks + (slot - firstSlot) * slotTicks;
    const endsAtTicks = startsAtTicks + slotTicks;
    const readyAtTicks = Math.max(queuedAtTicks, this.#armedAtTicks);
    const event = (ticks: number, timing: SlotEvent['timing']): SlotEvent => ({
      slot,
      index,
      startsAtTicks,
      endsAtTicks,
      ticks,
      timing,
    });
    if (this.#headFailed) return event(endsAtTicks, 'failed');
    if (slot < firstSlot || readyAtTicks >= endsAtTicks) return event(readyAtTicks, 'ended');
    if (readyAtTicks <= startsAtTicks) return event(startsAtTicks, 'on time');
    return event(readyAtTicks, readyAtTicks - startsAtTicks > TOLERANCE_TICKS ? 'late' : 'on time');
  }
}
