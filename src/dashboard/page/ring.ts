/** The latest so many numbers, in memory that does not grow. */
export class Ring {
  readonly #values: Float64Array;
  /** Of all that ever came. */
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  get length(): number {
    return Math.min(this.#count, this.#values.length);
  }

  push(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** `k` counts from the oldest that is left. */
  at(k: number): number {
    return this.#values[(this.#count - this.length + k) % this.#values.length]!;
  }

  clear(): void {
    this.#count = 0;
  }
}
