/** The latest slots that anybody planned, and what became of each; slots in between that are nobody's are left out. */

/** More than are shown: later ones are planned before earlier ones are measured. */
const NUM_KEPT = 8192;

export class LatestSlots {
  /** Ascending, oldest first, a ring. */
  readonly #slots = new Float64Array(NUM_KEPT);
  readonly #lanes = new Uint8Array(NUM_KEPT);
  /** Of all that ever came. */
  #count = 0;

  get length(): number {
    return Math.min(this.#count, NUM_KEPT);
  }

  clear(): void {
    this.#count = 0;
  }

  /** @param back 0 for the latest slot. */
  slotAt(back: number): number {
    return this.#slots[(this.#count - 1 - back) % NUM_KEPT]!;
  }

  laneAt(back: number): number {
    return this.#lanes[(this.#count - 1 - back) % NUM_KEPT]!;
  }

  mark(slot: number, lane: number): void {
    const back = this.length === 0 ? -1 : this.#backOf(slot);
    if (back >= 0) {
      if (back < this.length && this.slotAt(back) === slot)
        this.#lanes[(this.#count - 1 - back) % NUM_KEPT] = lane;
      return;
    }
    const at = this.#count++ % NUM_KEPT;
    this.#slots[at] = slot;
    this.#lanes[at] = lane;
  }

  /** How far back the first slot from `slot` on is; -1 where all are before it. */
  #backOf(slot: number): number {
    let later = -1;
    let before = this.length;
    while (before - later > 1) {
      const middle = (later + before) >> 1;
      if (this.slotAt(middle) >= slot) later = middle;
      else before = middle;
    }
    return later;
  }
}
