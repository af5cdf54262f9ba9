/** One run as the dashboard sees it: what it told, kept for pages that come later, and patterns of what it radiates. */
import type { Clock } from '../core/clock.js';
import type { Done, Frame, LiveMessage, Order, RunHello } from '../live/messages.js';
import { RunHistory } from './history.js';
import { shownArray } from './live-array.js';
import type { FollowingMessage, LostMessage, PatternMessage, RunMessage } from './page-messages.js';
import { Patterns } from './patterns.js';
import type { Watched } from './run-source.js';

/** What became of a message of a run that pages are told; pages that read slowly miss what can be missed. */
export type Tell = (run: string, text: string, canBeMissed: boolean) => void;

export class WatchedRun {
  readonly hello: RunHello;
  /** Null of this machine. */
  readonly host: string | null;
  /** Why it can be watched and not told anything; null of runs that can. */
  readonly whyNoOrders: string | null;
  readonly #watched: Watched;
  readonly #history = new RunHistory();
  readonly #patterns: Patterns;
  readonly #following: string;
  readonly #closed = new AbortController();
  readonly #tell: Tell;
  #pattern: string | null = null;
  #lost: string | null = null;
  #isOver = false;

  constructor(watched: Watched, tell: Tell, clock: Clock) {
    const { hello } = watched;
    this.hello = hello;
    this.host = watched.host ?? null;
    this.whyNoOrders = watched.whyNoOrders ?? null;
    this.#watched = watched;
    this.#tell = tell;
    const array = shownArray(hello.array, hello.users);
    const { axes } = array;
    this.#following = JSON.stringify({
      type: 'following',
      run: hello.id,
      hello,
      axes,
    } satisfies FollowingMessage);
    this.#patterns = new Patterns(
      array,
      hello.array.numElements,
      (radiating, pattern) => {
        const message: PatternMessage = { type: 'pattern', run: hello.id, radiating, ...pattern };
        this.#pattern = JSON.stringify(message);
        this.#tell(hello.id, this.#pattern, true);
      },
      clock,
      this.#closed.signal,
    );
  }

  /** It said that it ends, or is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** All that a page has to be told that begins to follow it. */
  soFar(): readonly string[] {
    return [
      this.#following,
      ...this.#history.all(),
      ...(this.#pattern === null ? [] : [this.#pattern]),
      ...(this.#lost === null ? [] : [this.#lost]),
    ];
  }

  /** Goes on until the run is over or the dashboard ends. */
  async follow(): Promise<void> {
    let ended = false;
    let why = 'The process of the run is gone, and said nothing; nobody knows whether the array was muted';
    try {
      for await (const message of this.#watched) {
        this.#take(message);
        ended ||= message.type === 'end';
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    this.#isOver = true;
    this.#watched.close();
    this.#patterns.forget();
    if (ended || this.#closed.signal.aborted) return;
    this.#lost = JSON.stringify({ type: 'lost', run: this.hello.id, why } satisfies LostMessage);
    this.#tell(this.hello.id, this.#lost, false);
  }

  order(order: Order['order']): Promise<Done> {
    return this.#watched.order(order);
  }

  close(): void {
    this.#closed.abort();
    this.#watched.close();
  }

  #take(message: LiveMessage): void {
    switch (message.type) {
      case 'hello':
      // Answered to whoever ordered it.
      case 'done':
        return;
      case 'settings':
        this.#patterns.keep(message);
        return;
      default: {
        const text = JSON.stringify({ type: 'run', run: this.hello.id, message } satisfies RunMessage);
        this.#history.add(message.type, text);
        this.#tell(this.hello.id, text, message.type === 'frame');
        if (message.type === 'frame') this.#show(message);
      }
    }
  }

  #show({ radiating }: Frame): void {
    if (radiating !== null) this.#patterns.show(radiating);
  }
}
