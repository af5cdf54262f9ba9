/** Cuts a byte stream at its delimiters: what lies between two of them is a frame, or was one. SPEC 3.4, 3.5. */
import { MAX_FRAME_LENGTH } from '../../firmware-protocol/frame.js';

/** One byte more than a frame can have, so that what was too long still shows. */
const MOST_KEPT = MAX_FRAME_LENGTH - 1;

export class StretchCutter {
  readonly #onStretch: (bytes: Uint8Array) => void;
  readonly #kept = new Uint8Array(MOST_KEPT);
  #length = 0;

  /** `onStretch` gets the bytes between two delimiters, at most 1039 of them, to keep. */
  constructor(onStretch: (bytes: Uint8Array) => void) {
    this.#onStretch = onStretch;
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === 0) this.end();
      else if (this.#length < MOST_KEPT) this.#kept[this.#length++] = byte;
    }
  }

  /** What came last is given out, though no delimiter has ended it. */
  end(): void {
    if (this.#length > 0) this.#onStretch(this.#kept.slice(0, this.#length));
    this.#length = 0;
  }
}

/** The stretches of a whole piece of the line. */
export function stretchesOf(bytes: Uint8Array): Uint8Array[] {
  const stretches: Uint8Array[] = [];
  const cutter = new StretchCutter((stretch) => stretches.push(stretch));
  cutter.push(bytes);
  cutter.end();
  return stretches;
}
