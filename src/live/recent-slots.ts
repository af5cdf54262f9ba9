/** What became of the slots of a run: counts of all, and the latest as marks of a timeline. */
import type { Row } from '../record/schema.js';
import { MOST_SLOT_MARKS, type SlotCountsSoFar, type SlotMark, type SlotState } from './messages.js';

/** Slots that receipts and powers may still come for; who is told of an older one is told too late to be shown. */
const MOST_RECENT = 8192;

/** The worst first. */
const WORST_FIRST: readonly SlotState[] = ['missed', 'late', 'planned', 'latched', 'measured'];

interface RecentSlot {
  readonly slot: number;
  state: SlotState;
  readonly plannedBoardTimeS: number;
  readonly codewordKey: string;
  numListening: number;
  numHeard: number;
}

export class RecentSlots {
  readonly #slots = new Map<number, RecentSlot>();
  readonly #changed = new Set<RecentSlot>();
  readonly #counts = { planned: 0, latched: 0, late: 0, missed: 0, measured: 0 };

  /** What a run that goes on has behind it. */
  addBefore(counts: SlotCountsSoFar): void {
    for (const [name, count] of Object.entries(counts)) this.#counts[name as SlotState] += count;
  }

  onPlanned({ slot, codewordKey, plannedBoardTimeS }: Row<'slots'>): void {
    const known = this.#slots.get(slot);
    // A row for every UE that listens.
    if (known !== undefined) {
      known.numListening += 1;
      return;
    }
    this.#counts.planned += 1;
    if (this.#slots.size >= MOST_RECENT) this.#forget();
    const entry: RecentSlot = {
      ...{ slot, codewordKey, plannedBoardTimeS, state: 'planned' },
      ...{ numListening: 1, numHeard: 0 },
    };
    this.#slots.set(slot, entry);
    this.#changed.add(entry);
  }

  onReceipt({ slot, board, status }: Row<'receipts'>): void {
    // Several boards latch a slot together; the first speaks for it.
    if (board !== 0) return;
    const state = status === 'late' || status === 'missed' ? status : 'latched';
    this.#counts[state] += 1;
    this.#become(this.#slots.get(slot), state);
  }

  onPower({ slot }: Pick<Row<'powers'>, 'slot'>): void {
    const entry = this.#slots.get(slot);
    if (entry === undefined) return;
    entry.numHeard += 1;
    this.#become(entry, entry.state);
  }

  get counts(): SlotCountsSoFar {
    return { ...this.#counts };
  }

  /** The codeword that was meant for a slot; null where that is not known any more. */
  codewordOf(slot: number): string | null {
    return this.#slots.get(slot)?.codewordKey ?? null;
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
    const isMeasured = state === 'latched' && entry.numHeard >= entry.numListening;
    entry.state = isMeasured ? 'measured' : state;
    if (isMeasured) this.#counts.measured += 1;
    this.#changed.add(entry);
  }

  #forget(): void {
    const [oldest] = this.#slots.values();
    this.#slots.delete(oldest!.slot);
    this.#changed.delete(oldest!);
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
