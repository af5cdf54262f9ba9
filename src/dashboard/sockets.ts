/**
 * All connections of the server, bounded in number. Where there are too many the oldest that has not shown the token gives way, so
 * that whoever only holds sockets open keeps no page out; where all have shown it, the newcomer does.
 */
import type { Socket } from 'node:net';

export class Sockets {
  readonly #most: number;
  /** Oldest first. */
  readonly #strangers = new Set<Socket>();
  readonly #known = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#strangers.size + this.#known.size;
  }

  add(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#strangers.delete(socket);
      this.#known.delete(socket);
    });
    this.#strangers.add(socket);
    if (this.size <= this.#most) return;
    const [oldest] = this.#strangers;
    this.#strangers.delete(oldest!);
    oldest!.destroy();
  }

  /** It showed the token. */
  know(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#known.add(socket);
  }

  closeAll(): void {
    for (const socket of [...this.#strangers, ...this.#known]) socket.destroy();
  }
}
