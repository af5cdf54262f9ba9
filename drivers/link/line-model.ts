/**
 * How long written bytes still wait in buffers before they are on the line. Operating systems buffer far more than the
 * line carries in a round trip; by writing only a little ahead, retransmissions, acknowledgements and clock exchanges
 * never queue behind tens of kilobytes.
 */

/** Longer than a timer may be late on a busy machine, so that the line never runs dry. */
const MAX_BACKLOG_S = 0.02;

export class LineModel {
  readonly #secondsPerByte: number;
  #freeAtS = Number.NEGATIVE_INFINITY;

  /** `bytesPerS`: what the line carries; null where bytes take no time and the transport's backpressure is enough. */
  constructor(bytesPerS: number | null) {
    this.#secondsPerByte = bytesPerS === null ? 0 : 1 / bytesPerS;
  }

  /** Puts bytes on the line; returns when their last one will have left. */
  occupy(nowS: number, numBytes: number): number {
    this.#freeAtS = Math.max(this.#freeAtS, nowS) + numBytes * this.#secondsPerByte;
    return this.#freeAtS;
  }

  /** When there is room for another frame. */
  get roomAtS(): number {
    return this.#freeAtS - MAX_BACKLOG_S;
  }

  /** What was underway is gone. */
  reset(): void {
    this.#freeAtS = Number.NEGATIVE_INFINITY;
  }
}
