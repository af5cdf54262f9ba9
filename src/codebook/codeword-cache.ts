import { MAX_SETTINGS } from './codebook-size.js';

/** Codewords that have been built, forgotten all at once when there are more than can be kept. */
export class CodewordCache<Key, Value> {
  readonly #most: number;
  readonly #known = new Map<Key, Value>();

  constructor(numElements: number) {
    this.#most = Math.max(1, Math.floor(MAX_SETTINGS / numElements));
  }

  get(key: Key, build: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = build();
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}
