/** Some of many, spread evenly over them: neighbours in a list are neighbours in a street. */

export function someOf<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, k) => all[Math.floor((k * all.length) / most)]!);
}

/** The same of what comes one by one: no more than twice as many are kept at any time. */
export class Thinned<T> {
  readonly #most: number;
  #kept: T[] = [];
  #step = 1;
  #numSeen = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get numSeen(): number {
    return this.#numSeen;
  }

  add(one: T): void {
    if (this.#numSeen++ % this.#step !== 0) return;
    this.#kept.push(one);
    if (this.#kept.length < 2 * this.#most) return;
    this.#kept = this.#kept.filter((_, k) => k % 2 === 0);
    this.#step *= 2;
  }

  some(): readonly T[] {
    return someOf(this.#kept, this.#most);
  }
}
