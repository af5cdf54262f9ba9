/** The socket of a run, and who watches it. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { LiveMessage, Order } from './messages.js';
import { runFolder } from './run-folder.js';
import { Watcher } from './watcher.js';

/** Who watch one run; more are turned away. */
const MOST_WATCHERS = 16;
/** What a watcher may take to read the last messages, ms. */
const GRACE_MS = 500;

export interface RunServerEvents {
  /** Somebody new: it is told what it has to know first. */
  readonly joined: (watcher: Watcher) => void;
  readonly order: (order: Order, answer: (message: LiveMessage) => void) => void;
}

export class RunServer {
  readonly id: string;
  readonly watchers = new Set<Watcher>();
  readonly #server: Server;
  readonly #path: string;
  readonly #remove = () => rmSync(this.#path, { force: true });

  private constructor(id: string, socketPath: string, { joined, order }: RunServerEvents) {
    this.id = id;
    this.#path = socketPath;
    this.#server = createServer((socket) => {
      if (this.watchers.size >= MOST_WATCHERS) {
        socket.destroy();
        return;
      }
      const watcher: Watcher = new Watcher(socket, {
        order,
        gone: () => this.watchers.delete(watcher),
      });
      this.watchers.add(watcher);
      joined(watcher);
    });
    // A run ends when it is over, whoever watches.
    this.#server.unref();
    process.once('exit', this.#remove);
  }

  /** @throws WATCH_REFUSED as `runFolder`, or what listening throws. */
  static async open(events: RunServerEvents): Promise<RunServer> {
    // Names sort by when runs began.
    const id =
      Math.floor(Date.now() / 1000)
        .toString(16)
        .padStart(8, '0') + randomBytes(2).toString('hex');
    const server = new RunServer(id, path.join(runFolder(), `${id}.sock`), events);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(`${server.#path}.new`, resolve);
    });
    // Between its making and its listening a socket looks like what a dead run left behind.
    renameSync(`${server.#path}.new`, server.#path);
    return server;
  }

  async close(): Promise<void> {
    process.off('exit', this.#remove);
    this.#server.close();
    this.#remove();
    await Promise.all([...this.watchers].map((watcher) => watcher.end(GRACE_MS)));
  }
}
