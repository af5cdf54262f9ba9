/** Slots that a radio was asked for, and which of them a sample may be of by what is known of time alone. */
import type { SlotTiming } from '../ue/host-clock.js';

/** When something was, on the UE's clock. */
export interface TimeSpan {
  readonly leastS: number;
  readonly mostS: number;
}

interface Request {
  readonly timing: SlotTiming;
  readonly last: number;
  /** Not measured yet. */
  readonly open: Set<number>;
}

export class WantedSlots {
  /** Oldest first. */
  #requests: Request[] = [];

  #numMissed = 0;
  /** Their count begins again after so many, where all are wanted. */
  #allOf: number | null = null;

  /** All slots that come, whose numbers nobody knows: they are counted. */
  addAll(countModulus: number): void {
    this.#allOf = countModulus;
  }

  /** Slots that were wanted, and passed without being taken. */
  get numMissed(): number {
    return this.#numMissed;
  }

  get isIdle(): boolean {
    return this.#requests.length === 0 && this.#allOf === null;
  }

  /** @param slots ascending. */
  add(slots: readonly number[], timing: SlotTiming): void {
    this.#requests.push({ timing, last: slots.at(-1)!, open: new Set(slots) });
  }

  has(slot: number): boolean {
    return this.#allOf !== null || this.#requests.some(({ open }) => open.has(slot));
  }

  /** Whether the slot was wanted, and is not any more. */
  take(slot: number): boolean {
    return this.#allOf !== null || this.#requests.some(({ open }) => open.delete(slot));
  }

  /**
   * The slots that may begin within a span of time; the clock of the latest request that may have begun counts.
   *
   * @returns [least, most]; null when nothing is wanted.
   */
  beginning(span: TimeSpan): readonly [number, number] | null {
    if (this.#allOf !== null) return [0, this.#allOf - 1];
    for (let k = this.#requests.length - 1; k >= 0; k--) {
      const { timing } = this.#requests[k]!;
      const slots = slotsOf(timing, span);
      if (slots[1] >= timing.slot || k === 0) return slots;
    }
    return null;
  }

  mayBegin(slot: number, span: TimeSpan): boolean {
    const possible = this.beginning(span);
    return this.#allOf !== null || (possible !== null && slot >= possible[0] && slot <= possible[1]);
  }

  /** When the first wanted slot may begin at the earliest, on the UE's clock; Infinity when nothing is wanted. */
  get fromS(): number {
    if (this.#allOf !== null) return Number.NEGATIVE_INFINITY;
    return this.#requests.reduce(
      (leastS, { timing }) => Math.min(leastS, timing.startS - timing.uncertaintyS),
      Infinity,
    );
  }

  /** Forgets what cannot come any more; what begins now begins within `span`. */
  passTo(span: TimeSpan): void {
    // Clocks and slots are never gone back to: what was asked for before does not come any more.
    const current = this.#requests.findLastIndex(({ timing }) => slotsOf(timing, span)[0] >= timing.slot);
    this.#requests = this.#requests.filter(({ timing, last, open }, k) => {
      const isOver = k < current || open.size === 0 || slotsOf(timing, span)[0] > last;
      if (isOver) this.#numMissed += open.size;
      return !isOver;
    });
  }
}

/** Starts of slots are off by the uncertainty, and by the drift of what is since the clock's slot. */
function slotsOf(
  { slot, startS, slotDurationS, uncertaintyS, maxDrift }: SlotTiming,
  { leastS, mostS }: TimeSpan,
) {
  const doubtS = uncertaintyS + maxDrift * Math.max(Math.abs(leastS - startS), Math.abs(mostS - startS));
  return [
    slot + Math.ceil((leastS - doubtS - startS) / slotDurationS),
    slot + Math.floor((mostS + doubtS - startS) / slotDurationS),
  ] as const;
}
