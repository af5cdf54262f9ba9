/**
 * Takes the pictures out of a stream of type multipart/x-mixed-replace, as cameras send Motion-JPEG. Its memory is bounded: a part
 * that is longer than it may be is given up, and the stream is picked up at the next boundary.
 */
export interface MultipartOptions {
  /** Without the two dashes before it. */
  readonly boundary: string;
  /** Of a part, bytes. */
  readonly longestPart: number;
  readonly onPart: (bytes: Uint8Array) => void;
  /** A part that was too long, or had no end. */
  readonly onBroken: () => void;
}

const HEADERS_END = Buffer.from('\r\n\r\n');
const LONGEST_HEADERS = 16_384;

export class MultipartReader {
  readonly #options: MultipartOptions;
  readonly #delimiter: Buffer;
  #held = Buffer.alloc(0);
  /** Where in `#held` nothing has to be looked for again. */
  #searched = 0;
  /** Content of a part, from the end of its headers on; null between parts. */
  #isInPart = false;
  #length: number | null = null;

  constructor(options: MultipartOptions) {
    this.#options = options;
    this.#delimiter = Buffer.from(`--${options.boundary}`);
  }

  push(chunk: Uint8Array): void {
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    while (this.#isInPart ? this.#endOfPart() : this.#endOfHeaders());
  }

  /** Bytes that wait for the rest of their part. */
  get numHeld(): number {
    return this.#held.length;
  }

  #endOfHeaders(): boolean {
    const start = this.#held.indexOf(this.#delimiter);
    if (start < 0) {
      // What comes before a boundary is nobody's.
      this.#drop(Math.max(0, this.#held.length - this.#delimiter.length));
      return false;
    }
    const end = this.#held.indexOf(HEADERS_END, start);
    if (end < 0) {
      if (this.#held.length - start <= LONGEST_HEADERS) return false;
      this.#options.onBroken();
      this.#drop(start + this.#delimiter.length);
      return true;
    }
    const headers = this.#held.subarray(start, end).toString('latin1');
    const length = /\r\ncontent-length:\s*(\d+)/i.exec(headers)?.[1];
    this.#drop(end + HEADERS_END.length);
    this.#isInPart = true;
    this.#length = length === undefined ? null : Number(length);
    if (this.#length !== null && this.#length > this.#options.longestPart) this.#giveUp();
    return true;
  }

  #endOfPart(): boolean {
    if (this.#length !== null) {
      if (this.#held.length < this.#length) return false;
      this.#emit(this.#length);
      return true;
    }
    const end = this.#held.indexOf(this.#delimiter, this.#searched);
    if (end < 0) {
      if (this.#held.length > this.#options.longestPart) {
        this.#giveUp();
        return true;
      }
      this.#searched = Math.max(0, this.#held.length - this.#delimiter.length);
      return false;
    }
    // The boundary stands on a line of its own.
    const hasBreak = end >= 2 && this.#held[end - 2] === 0x0d && this.#held[end - 1] === 0x0a;
    this.#emit(hasBreak ? end - 2 : end);
    return true;
  }

  #emit(length: number): void {
    // A copy: what is held moves on.
    const part = Uint8Array.prototype.slice.call(this.#held, 0, length) as Uint8Array;
    this.#drop(length);
    this.#isInPart = false;
    this.#options.onPart(part);
  }

  #giveUp(): void {
    this.#options.onBroken();
    this.#isInPart = false;
    this.#length = null;
  }

  #drop(numBytes: number): void {
    this.#held = this.#held.subarray(numBytes);
    this.#searched = 0;
  }
}
