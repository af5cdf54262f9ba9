/**
 * Which slot it was that something was heard in, for a receiver that has nothing but its own clock and what `measure` says of when
 * slots are (docs/ue-protocol.md, "When a slot is"). Where that leaves no doubt, time alone tells. Where it leaves some, a whole run
 * of signals does, as far from its first to its last as the slots that were asked for: it fits them in one way only.
 */
import { type SlotTiming, slotEndingAt } from './host-clock.js';

/** What was on the air for a while, on the UE's clock; null = nothing. */
export interface Heard<T> {
  readonly fromS: number;
  readonly untilS: number;
  readonly signal: T | null;
}

export interface HeardSlot<T> {
  readonly slot: number;
  readonly fromS: number;
  readonly signal: T | null;
}

interface Asked<T> {
  readonly timing: SlotTiming;
  readonly askedAtS: number;
  /** Of a request whose slots time alone tells apart: those that were not heard yet. */
  readonly open: Set<number> | null;
  readonly slots: readonly number[];
  /** Of one whose slots it does not: signals since. */
  readonly run: Heard<T>[];
}

export class SlotReckoning<T> {
  /** Oldest first. */
  #asked: Asked<T>[] = [];

  /** Nothing that was asked for can come any more. */
  get isIdle(): boolean {
    return this.#asked.length === 0;
  }

  /** @param slots ascending. */
  listenFor(slots: readonly number[], timing: SlotTiming, nowS: number): void {
    const open = isTold(slots, timing) ? new Set(slots) : null;
    this.#asked.push({ timing, askedAtS: nowS, open, slots, run: [] });
  }

  /** What was heard, in order of time; returns of which slots that tells what. */
  hear(heard: Heard<T>): HeardSlot<T>[] {
    const of = this.#asked.findLastIndex((asked) => hasBegun(asked, heard));
    if (of < 0) return [];
    // Clocks and slots are never gone back to: what was asked for before does not come any more.
    this.#asked.splice(0, of);
    const [asked] = this.#asked as [Asked<T>];
    const told = asked.open === null ? wholeRun(asked, heard) : single(asked, asked.open, heard);
    const isDone = asked.open === null ? told.length > 0 : asked.open.size === 0;
    if (isDone || isOver(asked, heard)) this.#asked.shift();
    return told;
  }
}

/** Whether time alone tells these slots apart. */
export function isTold(slots: readonly number[], timing: SlotTiming): boolean {
  return timing.uncertaintyS + timing.maxDrift * spanS(slots, timing) < timing.slotDurationS / 2;
}

/** From the start of the first to that of the last. */
function spanS(slots: readonly number[], { slotDurationS }: SlotTiming): number {
  return (slots.at(-1)! - slots[0]!) * slotDurationS;
}

/** The clock of the latest request counts from its own start on. */
function hasBegun<T>({ timing, askedAtS, open }: Asked<T>, { fromS, untilS }: Heard<T>): boolean {
  if (open !== null) return (slotEndingAt(timing, untilS) ?? timing.slot) >= timing.slot;
  // The controller queues slots after it was told that the UE listens, so what began before is of others.
  return fromS >= askedAtS && untilS - timing.slotDurationS >= timing.startS - timing.uncertaintyS;
}

function isOver<T>({ timing, slots }: Asked<T>, { fromS }: Heard<T>): boolean {
  const aheadS = (slots.at(-1)! + 1 - timing.slot) * timing.slotDurationS;
  return fromS > timing.startS + aheadS * (1 + timing.maxDrift) + timing.uncertaintyS;
}

function single<T>(
  { timing }: Asked<T>,
  open: Set<number>,
  { fromS, untilS, signal }: Heard<T>,
): HeardSlot<T>[] {
  const slot = slotEndingAt(timing, untilS);
  return slot !== null && open.delete(slot) ? [{ slot, fromS, signal }] : [];
}

/** All slots of the request when this was the last of them; those in between that nothing was heard in, too. */
function wholeRun<T>({ timing, slots, run }: Asked<T>, heard: Heard<T>): HeardSlot<T>[] {
  if (heard.signal === null) return [];
  run.push(heard);
  const { slotDurationS } = timing;
  const [first] = run as [Heard<T>];
  const numAfterFirst = ({ untilS }: Heard<T>) => Math.round((untilS - first.untilS) / slotDurationS);
  if (numAfterFirst(heard) !== slots.at(-1)! - slots[0]!) return [];
  const signals = new Map(run.map((of) => [slots[0]! + numAfterFirst(of), of]));
  return slots.map((slot) => {
    const { fromS = first.fromS + (slot - slots[0]!) * slotDurationS, signal = null } =
      signals.get(slot) ?? {};
    return { slot, fromS, signal };
  });
}
