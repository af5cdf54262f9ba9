/** What a page that opens later is told of a run: the latest of each kind, bounded in number and bytes. */
import type { ShownMessage } from './page-messages.js';

/** Frames of ten seconds, and what they may take in all, characters. */
const MOST_FRAMES = 250;
const MOST_FRAME_CHARACTERS = 4 << 20;
/** Of each other kind. */
const MOST_OF_A_KIND = 500;

type Kind = ShownMessage['type'];

/** The latest so many texts. */
export class Latest {
  readonly #most: number;
  readonly #mostCharacters: number;
  readonly #texts: string[] = [];
  #first = 0;
  #characters = 0;

  constructor(most: number, mostCharacters = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#characters += text.length;
    while (this.size > this.#most || (this.size > 1 && this.#characters > this.#mostCharacters)) {
      this.#characters -= this.#texts[this.#first]!.length;
      this.#texts[this.#first++] = '';
    }
    // In pieces, so that forgetting one costs nothing.
    if (this.#first <= this.#most) return;
    this.#texts.splice(0, this.#first);
    this.#first = 0;
  }

  get size(): number {
    return this.#texts.length - this.#first;
  }

  all(): readonly string[] {
    return this.#texts.slice(this.#first);
  }
}

export class RunHistory {
  readonly #kinds: Readonly<Record<Kind, Latest>> = {
    event: new Latest(MOST_OF_A_KIND),
    estimate: new Latest(MOST_OF_A_KIND),
    epoch: new Latest(MOST_OF_A_KIND),
    position: new Latest(MOST_OF_A_KIND),
    frame: new Latest(MOST_FRAMES, MOST_FRAME_CHARACTERS),
    end: new Latest(1),
  };

  /** @param text the message as it goes to pages. */
  add(kind: Kind, text: string): void {
    this.#kinds[kind].add(text);
  }

  /** In the order in which a page takes them in: the end comes last. */
  all(): readonly string[] {
    return Object.values(this.#kinds).flatMap((latest) => latest.all());
  }
}
