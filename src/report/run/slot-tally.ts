/** What became of the slots, counted. Queued, latched and measured are three facts and are counted apart. */
import type { SlotRecord } from './run-data.js';

/** `acknowledged` and `sent`: kept in time as far as is known of a board that does not tell of a latch. */
export type SlotOutcome = 'latched' | 'acknowledged' | 'sent' | 'late' | 'missed' | 'no receipt';

export interface SlotTally {
  readonly planned: number;
  readonly latched: number;
  readonly acknowledged: number;
  readonly sent: number;
  readonly late: number;
  readonly missed: number;
  readonly noReceipt: number;
  readonly measured: number;
  /** Slots that sent a pilot again. */
  readonly repeated: number;
  /** Kept or late without a power. */
  readonly latchedNotMeasured: number;
  readonly mostAttempts: number;
  /** Largest distance of a latch from its slot's start, s; null without any receipt. */
  readonly largestLatchErrorS: number | null;
  /** From the first slot's start to the last one's, s of board time. */
  readonly spanS: number;
}

const OUTCOMES: readonly SlotOutcome[] = ['latched', 'acknowledged', 'sent', 'late', 'missed'];

export function slotOutcome(slot: SlotRecord): SlotOutcome {
  const status = slot.receipt?.status;
  return OUTCOMES.find((each) => each === status) ?? 'no receipt';
}

export function tallySlots(slots: readonly SlotRecord[]): SlotTally {
  const counts: Record<SlotOutcome, number> = {
    latched: 0,
    acknowledged: 0,
    sent: 0,
    late: 0,
    missed: 0,
    'no receipt': 0,
  };
  let measured = 0;
  let repeated = 0;
  let latchedNotMeasured = 0;
  let mostAttempts = 0;
  let largestLatchErrorS: number | null = null;
  let firstS = Number.POSITIVE_INFINITY;
  let lastS = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    const outcome = slotOutcome(slot);
    counts[outcome]++;
    if (slot.power !== null) measured++;
    if (slot.attempt > 1) repeated++;
    mostAttempts = Math.max(mostAttempts, slot.attempt);
    firstS = Math.min(firstS, slot.plannedBoardTimeS);
    lastS = Math.max(lastS, slot.plannedBoardTimeS);
    if (slot.receipt === null || outcome === 'missed') continue;
    if (slot.power === null) latchedNotMeasured++;
    // Both times went through floating point; a board's tick is never shorter than a picosecond.
    const errorS = Math.round(Math.abs(slot.receipt.boardTimeS - slot.plannedBoardTimeS) * 1e12) / 1e12;
    largestLatchErrorS = Math.max(largestLatchErrorS ?? 0, errorS);
  }
  return {
    planned: slots.length,
    latched: counts.latched,
    acknowledged: counts.acknowledged,
    sent: counts.sent,
    late: counts.late,
    missed: counts.missed,
    noReceipt: counts['no receipt'],
    measured,
    repeated,
    latchedNotMeasured,
    mostAttempts,
    largestLatchErrorS,
    spanS: slots.length === 0 ? 0 : lastS - firstS,
  };
}
