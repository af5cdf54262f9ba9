/** What became of one sequence number. */
export type Arrival = 'new' | 'duplicate' | 'beyond-window';

/**
 * Which of a UE's records have arrived. A sequence number that was skipped is a gap until it arrives or until records
 * beyond it are acknowledged: then the UE no longer keeps it and the gap stays.
 *
 * Memory is bounded by the window: no number more than `window` beyond the last acknowledged one is taken.
 */
export class SequenceTracker {
  readonly #window: number;
  /** Ascending: numbers are only added beyond the highest, and sets keep the order of insertion. */
  readonly #missing = new Set<number>();
  #highest: number;
  #acknowledged: number;
  #lost = 0;

  /** @param acknowledged Everything up to this number is durable already (a run that goes on). */
  constructor(window: number, acknowledged = 0) {
    this.#window = window;
    this.#highest = acknowledged;
    this.#acknowledged = acknowledged;
  }

  take(sequence: number): Arrival {
    if (sequence > this.#acknowledged + this.#window) return 'beyond-window';
    if (sequence <= this.#highest) return this.#missing.delete(sequence) ? 'new' : 'duplicate';
    for (let skipped = this.#highest + 1; skipped < sequence; skipped++) this.#missing.add(skipped);
    this.#highest = sequence;
    return 'new';
  }

  /** Everything that arrived up to `sequence` is durable. Never goes back, never beyond what arrived. */
  acknowledge(sequence: number): void {
    const through = Math.min(sequence, this.#highest);
    if (through <= this.#acknowledged) return;
    this.#acknowledged = through;
    for (const missing of this.#missing) {
      if (missing > through) break;
      this.#missing.delete(missing);
      this.#lost++;
    }
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get highest(): number {
    return this.#highest;
  }

  /** The lowest number that has not arrived and could still. */
  get firstMissing(): number {
    const [first] = this.#missing;
    return first ?? this.#highest + 1;
  }

  /** Numbers that were skipped and have not arrived since. */
  get gaps(): number {
    return this.#missing.size + this.#lost;
  }
}
