/** The latest samples of a stream, counted from its beginning. */

/** Samples that arrays of a new buffer hold. */
const FIRST_SIZE = 1 << 16;

export class SampleBuffer {
  re = new Float32Array(FIRST_SIZE);
  im = new Float32Array(FIRST_SIZE);
  /** Number in the stream of what is at index 0. */
  #base = 0;
  #length = 0;

  /** Number of the first sample that is held. */
  get begin(): number {
    return this.#base;
  }

  /** Number of the sample that comes next. */
  get end(): number {
    return this.#base + this.#length;
  }

  /** Where sample `number` is in the arrays. */
  index(number: number): number {
    return number - this.#base;
  }

  /** Makes room for `count` more; returns where they go, to be said with `added`. */
  room(count: number): number {
    if (this.#length + count > this.re.length) {
      const size = Math.max(2 * this.re.length, this.#length + count);
      this.re = grown(this.re, size);
      this.im = grown(this.im, size);
    }
    return this.#length;
  }

  added(count: number): void {
    this.#length += count;
  }

  /** Forgets what is before sample `number`; moves what is left only when that is the smaller part. */
  forgetBefore(number: number): void {
    const gone = Math.min(Math.max(0, number - this.#base), this.#length);
    if (2 * gone < this.#length || gone === 0) return;
    this.re.copyWithin(0, gone, this.#length);
    this.im.copyWithin(0, gone, this.#length);
    this.#base += gone;
    this.#length -= gone;
  }

  /** Forgets all; the next sample has number `number`. */
  restart(number: number): void {
    this.#base = number;
    this.#length = 0;
  }
}

function grown(array: Float32Array<ArrayBuffer>, size: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(size);
  out.set(array);
  return out;
}
