/** Codewords of one user that are probed in turn: those that were not heard for longest come first. */
import type { RankedCodeword } from './tracker.js';

export class ProbeRounds {
  /** Number of the observation in which a column was last heard. */
  readonly #heardIn = new Map<number, number>();
  #numObserved = 0;

  heard(columns: Iterable<number>): void {
    this.#numObserved++;
    for (const column of columns) this.#heardIn.set(column, this.#numObserved);
  }

  forget(): void {
    this.#heardIn.clear();
  }

  /**
   * Shares a probability among columns, more to those that were not heard for longer; most likely first, the lower column of equals.
   *
   * @param probability of all of them together.
   */
  rank(columns: readonly number[], probability: number): RankedCodeword[] {
    const ages = columns.map((column) => this.#numObserved + 1 - (this.#heardIn.get(column) ?? 0));
    const sum = ages.reduce((total, age) => total + age, 0);
    return columns
      .map((column, k) => ({ column, probability: (probability * ages[k]!) / sum }))
      .sort((a, b) => b.probability - a.probability || a.column - b.column);
  }
}
