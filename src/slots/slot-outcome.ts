/** What has become of a slot, by its receipt and its power. */
import type { ReceiptStatus } from '../../drivers/array-board.js';

/**
 * - `joined`: in force in time with the codeword that was asked for, as far as the board can tell, and measured. Only these powers are of
 *   the pilot. How far it can tell its receipt says: latched, acknowledged, sent.
 * - `missed`, `late`: the board says that it did not latch, or latched after the slot had begun.
 * - `wrong-codeword`: the board latched something else.
 * - `no-receipt`, `no-power`: did not come in time; `no-receipt` when both are absent.
 */
export type SlotOutcome = 'joined' | 'missed' | 'late' | 'wrong-codeword' | 'no-receipt' | 'no-power';

/**
 * How a slot ended. `lost`: the board restarted, or nobody remembers the slot of a run that was killed. `unconfirmed`,
 * `unloaded`: it was not queued, because a UE confirmed too late that it listens, or the board that it holds the codewords.
 * `untold`: nor was this one, because a UE cannot tell it from its neighbours.
 */
export type SlotEnd = SlotOutcome | 'lost' | 'unconfirmed' | 'unloaded' | 'untold';

/** Counts of slots, and of what came of them unasked, twice or too late. */
export interface SlotStatistics {
  /** Settled slots by outcome. */
  readonly outcomes: Readonly<Record<SlotOutcome, number>>;
  readonly duplicateReceipts: number;
  readonly duplicatePowers: number;
  /** Came after their slot had been given up. */
  readonly lateReceipts: number;
  readonly latePowers: number;
  /** Came after their slot had ended because the board missed it. */
  readonly unusedPowers: number;
  /** Of slots that nobody planned, or from a UE that was not asked. */
  readonly strayReceipts: number;
  readonly strayPowers: number;
}

/** Words of a receipt that say that the slot was kept, the strongest first. */
const KEPT = ['latched', 'acknowledged', 'sent'] as const satisfies readonly ReceiptStatus[];

/** Whether a receipt's status says that its slot was kept; what a newer version means by another word is no success to rely on. */
export function isKept(status: string): boolean {
  return (KEPT as readonly string[]).includes(status);
}

/**
 * How a slot stands with what has come of it. Run, resume, replay and report all ask here, so that a slot's power means
 * the same to each: only that of a slot that is `joined` is its pilot's.
 *
 * @param hash of the codeword that was asked for.
 */
export function outcomeOfSlot(
  hash: string,
  receipt: { readonly hash: string; readonly status: string } | null,
  hasPower: boolean,
): SlotOutcome {
  if (receipt === null) return 'no-receipt';
  if (!isKept(receipt.status)) return receipt.status === 'late' ? 'late' : 'missed';
  if (receipt.hash !== hash) return 'wrong-codeword';
  return hasPower ? 'joined' : 'no-power';
}
