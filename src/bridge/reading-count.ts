import type { ReadingStatistics } from './bridge.js';

/** Which sensor readings of one UE have come. They are not sent again: what is skipped is lost. */
export class ReadingCount {
  #highest: number;
  #received = 0;
  #repeated = 0;
  #gaps = 0;
  malformed = 0;

  /** @param durable the highest number that an earlier bridge of the run has taken. */
  constructor(durable = 0) {
    this.#highest = durable;
  }

  get highest(): number {
    return this.#highest;
  }

  /** Counts a reading; true when it is to be delivered. */
  take(sequence: number): boolean {
    if (sequence <= this.#highest) {
      this.#repeated++;
      return false;
    }
    this.#gaps += sequence - this.#highest - 1;
    this.#highest = sequence;
    this.#received++;
    return true;
  }

  statistics(): ReadingStatistics {
    return {
      received: this.#received,
      repeated: this.#repeated,
      gaps: this.#gaps,
      malformed: this.malformed,
    };
  }
}
