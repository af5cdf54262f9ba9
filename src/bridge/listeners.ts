/** Who is told of what comes from UEs; the first listener also of what came before it. */
export class Listeners<T> {
  readonly #listeners: ((item: T) => void)[] = [];
  readonly #most: number;
  #unheard: T[] = [];

  /** @param most items that are kept while nobody listens; of more, the older ones are lost. */
  constructor(most = Infinity) {
    this.#most = most;
  }

  add(listener: (item: T) => void): void {
    this.#listeners.push(listener);
    const unheard = this.#unheard;
    this.#unheard = [];
    for (const item of unheard) this.tell(item);
  }

  tell(item: T): void {
    if (this.#listeners.length === 0) {
      this.#unheard.push(item);
      if (this.#unheard.length > 2 * this.#most) this.#unheard = this.#unheard.slice(-this.#most);
    }
    for (const listener of this.#listeners) listener(item);
  }
}
