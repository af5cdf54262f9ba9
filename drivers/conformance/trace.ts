/** The last that went over the line in both directions, for whoever is to understand why a check failed. */
import type { Side } from '../wire/reading.js';
import { StretchCutter, stretchesOf } from '../wire/stretches.js';

export interface TraceEntry {
  /** Of the probe's clock. */
  readonly atS: number;
  readonly from: Side;
  /** Between two delimiters, without them. */
  readonly stretch: Uint8Array;
}

const MOST_ENTRIES = 64;

export class Trace {
  readonly #nowS: () => number;
  readonly #entries: TraceEntry[] = [];
  readonly #received = new StretchCutter((stretch) => this.#note('board', stretch));

  constructor(nowS: () => number) {
    this.#nowS = nowS;
  }

  /** Oldest first. */
  get entries(): readonly TraceEntry[] {
    return [...this.#entries];
  }

  sent(bytes: Uint8Array): void {
    for (const stretch of stretchesOf(bytes)) this.#note('host', stretch);
  }

  received(chunk: Uint8Array): void {
    this.#received.push(chunk);
  }

  #note(from: Side, stretch: Uint8Array): void {
    this.#entries.push({ atS: this.#nowS(), from, stretch });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }
}
