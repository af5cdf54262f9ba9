/**
 * Gives pilots slots ahead of time.
 *
 * A chunk's first slot comes after the last slot planned, plus the turnaround (power back to the host, decision), plus
 * the time that the link needs to load the codewords that the board lacks and to queue the slots; its other slots
 * follow one another without a gap. Nothing else enters, so the same pilots get the same slots.
 */

import type { LinkUse, SlotCosts } from '../../drivers/link/link-cost.js';
import { PlannedMemory } from './planned-memory.js';

export interface PlannerOptions {
  readonly slotDurationS: number;
  /** Board time at which slot 0 begins, s. */
  readonly startBoardTimeS: number;
  /** From the end of a chunk's last slot until the host sends what comes next, s. */
  readonly turnaroundS: number;
  readonly link: SlotCosts;
  readonly memoryDepth: number;
  readonly queueDepth: number;
}

/** What the planner must know of a pilot. */
export interface PlannablePilot {
  readonly hash: string;
}

interface PlannedSlot<P extends PlannablePilot> {
  readonly slot: number;
  readonly plannedBoardTimeS: number;
  readonly pilot: P;
}

/** Slots that are loaded, queued and measured together. */
export interface Chunk<P extends PlannablePilot> {
  readonly slots: readonly PlannedSlot<P>[];
  /** Codewords that the board has to be sent. */
  readonly numLoads: number;
  /** By them and by the queue entries. */
  readonly link: LinkUse;
}

export class SlotPlanner {
  readonly #options: PlannerOptions;
  readonly #memory: PlannedMemory;
  #lastSlot = -1;
  /** Board time at which slot 0 begins or would have begun, s. */
  #startS: number;

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#startS = options.startBoardTimeS;
    this.#memory = new PlannedMemory(options.memoryDepth);
  }

  /** The last slot that was given away; -1 before the first. */
  get lastSlot(): number {
    return this.#lastSlot;
  }

  startOfSlotS(slot: number): number {
    return this.#startS + slot * this.#options.slotDurationS;
  }

  /** The slot clock was armed again: `slot` now begins at `startBoardTimeS`. */
  restart(slot: number, startBoardTimeS: number): void {
    this.#startS = startBoardTimeS - slot * this.#options.slotDurationS;
  }

  /**
   * Plans as many of the pilots, from the front, as the board's queue and memory take at once.
   *
   * @param pilots never empty.
   * @param earliestS board time before which nothing can be sent, s (real time: the board's time now).
   * @param loadS what the board was seen to take for a codeword, where that is more than the link takes, s.
   */
  next<P extends PlannablePilot>(
    pilots: readonly P[],
    earliestS = Number.NEGATIVE_INFINITY,
    loadS = 0,
  ): Chunk<P> {
    const taken = pilots.slice(0, this.#numThatFit(pilots));
    const hashes = taken.map((pilot) => pilot.hash);
    const loads = this.#memory.missing(hashes);
    const link = this.#options.link.of(loads.length, taken.length);
    const firstSlot = this.#firstSlotAfter(Math.max(link.timeS, loads.length * loadS), earliestS);
    const slots = taken.map((pilot, k) => ({
      slot: firstSlot + k,
      plannedBoardTimeS: this.startOfSlotS(firstSlot + k),
      pilot,
    }));
    this.adopt(slots);
    return { slots, numLoads: loads.length, link };
  }

  /** Takes over slots that were planned before, e.g. those of a recording that is being resumed. */
  adopt(slots: readonly { readonly slot: number; readonly pilot: { readonly hash: string } }[]): void {
    for (const { slot } of slots) this.#lastSlot = Math.max(this.#lastSlot, slot);
    this.#memory.use(slots.map(({ pilot }) => pilot.hash));
  }

  /** Slots before this one are given to nobody any more. */
  skipTo(slot: number): void {
    this.#lastSlot = Math.max(this.#lastSlot, slot - 1);
  }

  /** Hashes of the codewords that the plan takes the board to hold. */
  get assumedHeld(): string[] {
    return this.#memory.held;
  }

  /** The board restarted: all codewords must be loaded again. */
  forgetMemory(): void {
    this.#memory.clear();
  }

  #numThatFit(pilots: readonly PlannablePilot[]): number {
    const { memoryDepth, queueDepth } = this.#options;
    const distinct = new Set<string>();
    for (const [k, { hash }] of pilots.entries()) {
      distinct.add(hash);
      if (k === queueDepth || distinct.size > memoryDepth) return k;
    }
    return pilots.length;
  }

  #firstSlotAfter(sendS: number, earliestS: number): number {
    const { slotDurationS, turnaroundS } = this.#options;
    const afterLast = this.#lastSlot + 1 + slotsIn(turnaroundS + sendS, slotDurationS);
    const afterNow = slotsIn(earliestS + turnaroundS + sendS - this.#startS, slotDurationS);
    return Math.max(afterLast, afterNow);
  }
}

/** Whole slots that a time fills, rounded up; a rounding error of the division does not cost a slot. */
function slotsIn(timeS: number, slotDurationS: number): number {
  return Math.ceil(timeS / slotDurationS - 1e-9);
}
