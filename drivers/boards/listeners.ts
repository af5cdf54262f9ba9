/** Listeners by event. One that throws does not disturb the link: its error surfaces as an uncaught exception. */
import type { ArrayBoardEvents } from '../array-board.js';

type Event = keyof ArrayBoardEvents;

export class Listeners {
  readonly #listeners = new Map<Event, Set<(...args: never[]) => void>>();

  on<E extends Event>(event: E, listener: ArrayBoardEvents[E]): void {
    let listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(event, listeners);
    }
    listeners.add(listener);
  }

  off<E extends Event>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.get(event)?.delete(listener);
  }

  emit<E extends Event>(event: E, ...args: Parameters<ArrayBoardEvents[E]>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...(args as never[]));
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
