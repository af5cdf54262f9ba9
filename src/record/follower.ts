/** Rows of a recording as they are written, for whoever watches in this process: progress on a terminal, a live page. */
import type { Row, TableName } from './schema.js';

/** A row, and the table that it is of. */
export type RowOfTable = {
  readonly [N in TableName]: { readonly table: N; readonly row: Row<N> };
}[TableName];

/** So many rows were lost, because whoever watches is slower than the recording. */
export interface RowsLost {
  readonly table: null;
  readonly row: null;
  readonly numLost: number;
}

/** To be gone through with `for await`; it ends when the recording is closed, or after `end`. */
export class Follower implements AsyncIterable<RowOfTable | RowsLost> {
  readonly #tables: ReadonlySet<TableName>;
  readonly #mostRows: number;
  readonly #onEnd: () => void;
  #waiting: RowOfTable[] = [];
  #numLost = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  /** @param mostRows that wait to be looked at, at least one. */
  constructor(tables: readonly TableName[], mostRows: number, onEnd: () => void) {
    this.#tables = new Set(tables);
    this.#mostRows = Math.max(1, mostRows);
    this.#onEnd = onEnd;
  }

  /** Rows that are on disk now. */
  take(rows: readonly RowOfTable[]): void {
    if (this.#ended) return;
    for (const row of rows) if (this.#tables.has(row.table)) this.#waiting.push(row);
    const numTooMany = this.#waiting.length - this.#mostRows;
    if (numTooMany > 0) {
      this.#waiting = this.#waiting.slice(numTooMany);
      this.#numLost += numTooMany;
    }
    this.#wake?.();
  }

  /** Nothing more is taken; what waits is still given. Safe to call twice. */
  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RowOfTable | RowsLost> {
    try {
      for (;;) {
        if (this.#numLost > 0) {
          const numLost = this.#numLost;
          this.#numLost = 0;
          yield { table: null, row: null, numLost };
        }
        const rows = this.#waiting;
        this.#waiting = [];
        yield* rows;
        if (this.#waiting.length > 0 || this.#numLost > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      this.end();
    }
  }
}
