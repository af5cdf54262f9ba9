/** Rows of a recording as JSON documents, as many in one as a server takes. */

/** Rows of one message at most: a document is not to take long to write or to read. */
const MOST_ROWS = 1024;

export interface RowMessage {
  /** A list in JSON; null where a single row is larger than a message. */
  readonly text: string | null;
  readonly numRows: number;
}

/** @param maxBytes of a list. */
export function inMessages(rows: readonly object[], maxBytes: number): RowMessage[] {
  const messages: RowMessage[] = [];
  for (let from = 0; from < rows.length; from += MOST_ROWS) add(rows.slice(from, from + MOST_ROWS));
  return messages;

  function add(some: readonly object[]): void {
    const text = JSON.stringify(some);
    const isWhole = Buffer.byteLength(text) <= maxBytes;
    if (isWhole || some.length === 1) {
      messages.push({ text: isWhole ? text : null, numRows: some.length });
      return;
    }
    const half = Math.ceil(some.length / 2);
    add(some.slice(0, half));
    add(some.slice(half));
  }
}
