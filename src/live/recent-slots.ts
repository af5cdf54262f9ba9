/** What became of the slots of a run: counts of all, and the latest as marks of a timeline. */
import type { ReceiptStatus } from '../../drivers/array-board.js';
import type { Row } from '../record/schema.js';
import { isKept } from '../slots/slot-outcome.js';
import { MOST_SLOT_MARKS, type SlotCountsSoFar, type SlotMark, type SlotState } from './messages.js';

/** Slots that receipts and powers may still come for; who is told of an older one is told too late to be shown. */
const MOST_RECENT = 8192;

/** The worst first. */
const WORST_FIRST = [
  'missed',
  'late',
  'planned',
  'sent',
  'acknowledged',
  'latched',
  'measured',
] as const satisfies readonly SlotState[];

interface RecentSlot {
  readonly slot: number;
  state: SlotState;
  readonly plannedBoardTimeS: number;
  readonly codewordKey: string;
  numListening: number;
  numHeard: number;
}

export class RecentSlots {
  /** A slot stands at its number modulo the length. */
  readonly #slots = new Array<RecentSlot | undefined>(MOST_RECENT);
  readonly #changed = new Set<RecentSlot>();
  readonly #counts = {
    ...{ planned: 0, latched: 0, acknowledged: 0, sent: 0 },
    ...{ late: 0, missed: 0, measured: 0 },
  };

  /** What a run that goes on has behind it. */
  addBefore(counts: SlotCountsSoFar): void {
    for (const [name, count] of Object.entries(counts)) this.#counts[name as SlotState] += count;
  }

  onPlanned({ slot, codewordKey, plannedBoardTimeS }: Row<'slots'>): void {
    const known = this.#recent(slot);
    // A row for every UE that listens.
    if (known !== undefined) {
      known.numListening += 1;
      return;
    }
    this.#counts.planned += 1;
    const entry: RecentSlot = {
      ...{ slot, codewordKey, plannedBoardTimeS, state: 'planned' },
      ...{ numListening: 1, numHeard: 0 },
    };
    const forgotten = this.#slots[slot % MOST_RECENT];
    if (forgotten !== undefined) this.#changed.delete(forgotten);
    this.#slots[slot % MOST_RECENT] = entry;
    this.#changed.add(entry);
  }

  onReceipt({ slot, board, status }: Row<'receipts'>): void {
    // Several boards latch a slot together; the first speaks for it.
    if (board !== 0) return;
    const state = status as ReceiptStatus;
    this.#counts[state] += 1;
    this.#become(this.#recent(slot), state);
  }

  onPower({ slot }: Pick<Row<'powers'>, 'slot'>): void {
    const entry = this.#recent(slot);
    if (entry === undefined) return;
    entry.numHeard += 1;
    this.#become(entry, entry.state);
  }

  get counts(): SlotCountsSoFar {
    return { ...this.#counts };
  }

  /** The codeword that was meant for a slot; null where that is not known any more. */
  codewordOf(slot: number): string | null {
    return this.#recent(slot)?.codewordKey ?? null;
  }

  /** Those that something became of since this was last asked. */
  takeMarks(): SlotMark[] {
    const changed = [...this.#changed].sort((a, b) => a.slot - b.slot);
    this.#changed.clear();
    const numMarks = Math.min(MOST_SLOT_MARKS, changed.length);
    return Array.from({ length: numMarks }, (_, k) => {
      const from = Math.floor((k * changed.length) / numMarks);
      const to = Math.floor(((k + 1) * changed.length) / numMarks);
      return markOf(changed.slice(from, to));
    });
  }

  #become(entry: RecentSlot | undefined, state: SlotState): void {
    if (entry === undefined) return;
    const isMeasured = isKept(state) && entry.numHeard >= entry.numListening;
    entry.state = isMeasured ? 'measured' : state;
    if (isMeasured) this.#counts.measured += 1;
    this.#changed.add(entry);
  }

  #recent(slot: number): RecentSlot | undefined {
    const entry = this.#slots[slot % MOST_RECENT];
    return entry?.slot === slot ? entry : undefined;
  }
}

/** @param slots at least one, in order. */
function markOf(slots: readonly RecentSlot[]): SlotMark {
  const [first] = slots;
  const state = WORST_FIRST.find((each) => slots.some((slot) => slot.state === each))!;
  return {
    slot: first!.slot,
    numSlots: slots.length,
    state,
    plannedBoardTimeS: first!.plannedBoardTimeS,
    codewordKey: first!.codewordKey,
  };
}
