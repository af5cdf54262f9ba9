/** Masks of motion, kept as bits: a data set has thousands of them, and neighbouring windows share all but one. */

export class MaskStore {
  /** Pixels of a side. */
  readonly size: number;
  readonly #masks: Uint8Array[] = [];

  constructor(size: number) {
    this.size = size;
  }

  get numMasks(): number {
    return this.#masks.length;
  }

  /**
   * @param mask ones and zeros, shape [size, size].
   * @returns its place.
   */
  add(mask: Uint8Array): number {
    const bits = new Uint8Array(this.#bytesPerMask);
    for (let k = 0; k < mask.length; k++) bits[k >> 3]! |= mask[k]! << (k & 7);
    return this.#masks.push(bits) - 1;
  }

  /** All of them as bits, mask after mask. */
  bits(): Uint8Array {
    const bytes = this.#bytesPerMask;
    const all = new Uint8Array(this.#masks.length * bytes);
    for (const [place, bits] of this.#masks.entries()) all.set(bits, place * bytes);
    return all;
  }

  /** @param bits of another store of the same size: its masks follow ours in their order. */
  addBits(bits: Uint8Array): void {
    const bytes = this.#bytesPerMask;
    for (let at = 0; at < bits.length; at += bytes) this.#masks.push(bits.subarray(at, at + bytes));
  }

  /** Writes the mask, [size, size], from `at` on. */
  read(place: number, into: Uint8Array | Float32Array, at = 0): void {
    const bits = this.#masks[place]!;
    const pixels = this.size ** 2;
    for (let k = 0; k < pixels; k++) into[at + k] = (bits[k >> 3]! >> (k & 7)) & 1;
  }

  get #bytesPerMask(): number {
    return Math.ceil(this.size ** 2 / 8);
  }
}
