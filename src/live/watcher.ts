/** One watcher of a run: messages go out while it reads, orders come in. */
import type { Socket } from 'node:net';
import type { FeedListener } from './feed-listener.js';
import type { LiveMessage, Order } from './messages.js';

/** Bytes that may wait for a watcher; from then on frames are left out. */
const MOST_WAITING_BYTES = 1 << 20;
/** What has to be told wholly (events, estimates) may wait as well; beyond this the watcher is let go. */
const MOST_OWED_BYTES = 16 << 20;
/** An order is a few words. */
const MOST_ORDER_CHARACTERS = 1024;

export interface WatcherEvents {
  readonly order: (order: Order, answer: (message: LiveMessage) => void) => void;
  readonly gone: () => void;
}

export class Watcher implements FeedListener {
  readonly #socket: Socket;
  readonly #told = new Set<string>();
  #received = '';

  constructor(socket: Socket, { order, gone }: WatcherEvents) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text, order));
    socket.on('error', () => {});
    socket.once('close', gone);
  }

  /** Whether a frame would wait behind others: it is left out then. */
  get isBehind(): boolean {
    return this.#socket.writableLength > MOST_WAITING_BYTES;
  }

  /** Sends it, in its turn. A watcher that has long not read is let go. */
  tell(message: LiveMessage): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > MOST_OWED_BYTES) {
      this.#socket.destroy();
      return;
    }
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Whether it was never asked about this before; it counts as told from now on. */
  isNew(hash: string, most: number): boolean {
    if (this.#told.has(hash)) return false;
    if (this.#told.size >= most) this.#told.clear();
    this.#told.add(hash);
    return true;
  }

  /** Lets it read what was sent, for `graceMs` at most. */
  end(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve();
      const timer = setTimeout(() => this.#socket.destroy(), graceMs);
      this.#socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.end();
    });
  }

  #take(text: string, onOrder: WatcherEvents['order']): void {
    const lines = (this.#received + text).split('\n');
    this.#received = lines.pop()!;
    // Nobody of ours sends so much; it is no watcher.
    if (this.#received.length > MOST_ORDER_CHARACTERS) {
      this.#socket.destroy();
      return;
    }
    for (const line of lines) {
      const order = orderOf(line);
      if (order === null) {
        this.#socket.destroy();
        return;
      }
      onOrder(order, (message) => this.tell(message));
    }
  }
}

function orderOf(line: string): Order | null {
  try {
    const { order, tag } = JSON.parse(line) as Partial<Order>;
    const isKnown = order === 'stop' || order === 'mute' || order === 'unmute';
    return isKnown && typeof tag === 'string' ? { order, tag } : null;
  } catch {
    return null;
  }
}
