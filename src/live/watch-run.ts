/** A watcher's end: messages of a run as they come, and orders to it. */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { BeamloopError } from '../core/errors.js';
import { type Done, LIVE_VERSION, type LiveMessage, type Order, type RunHello } from './messages.js';

/** What a run that is busy may take to greet, or to carry out an order, ms. */
const PATIENCE_MS = 5000;

interface OpenOrder {
  readonly resolve: (done: Done) => void;
  readonly reject: (error: BeamloopError) => void;
  readonly timer: NodeJS.Timeout;
}

export class RunWatch implements AsyncIterable<LiveMessage> {
  readonly hello: RunHello;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #orders = new Map<string, OpenOrder>();

  private constructor(hello: RunHello, socket: Socket, lines: AsyncIterator<string>) {
    this.hello = hello;
    this.#socket = socket;
    this.#lines = lines;
    socket.once('close', () => this.#giveUp('The run is over, or its process is gone'));
  }

  /**
   * @param socketPath one of `runSockets`.
   * @throws WATCH_REFUSED when the run is gone, does not greet, or is of another version; the signal's reason.
   */
  static async open(socketPath: string, signal?: AbortSignal): Promise<RunWatch> {
    const socket = connect(socketPath);
    socket.on('error', () => {});
    const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
    signal?.addEventListener('abort', () => socket.destroy(), { once: true });
    const reader = createInterface({ input: socket });
    // A socket that is destroyed does not end, and whoever waits for a line would wait for ever.
    socket.once('close', () => reader.close());
    const lines = reader[Symbol.asyncIterator]();
    const first = await lines.next();
    clearTimeout(timer);
    signal?.throwIfAborted();
    const hello = first.done === true ? null : messageOf(first.value);
    if (hello === null) {
      socket.destroy();
      throw new BeamloopError('WATCH_REFUSED', {
        what: 'The run is over, or too busy to greet, or watched by too many already',
        where: socketPath,
        todo: 'Look again; beamloop watch lists the runs that go on',
      });
    }
    if (hello.type !== 'hello' || hello.version !== LIVE_VERSION) {
      socket.destroy();
      throw new BeamloopError('WATCH_REFUSED', {
        what: 'The run is one of another version of beamloop',
        where: socketPath,
        todo: 'Watch it with the beamloop that it was started with',
      });
    }
    return new RunWatch(hello, socket, lines);
  }

  /** Everything after `hello`, until the run is over or `close`. To be gone through once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LiveMessage, void, void> {
    try {
      for (;;) {
        const { done, value } = await this.#lines.next();
        if (done === true) return;
        const message = messageOf(value);
        if (message === null) continue;
        if (message.type === 'done') this.#carriedOut(message);
        yield message;
      }
    } finally {
      this.close();
    }
  }

  /**
   * Resolves when the run has carried it out, or says why it could not. Somebody must be going through the messages meanwhile.
   *
   * @throws WATCH_REFUSED when the run is gone or does not answer.
   */
  order(order: Order['order']): Promise<Done> {
    const tag = randomUUID();
    return new Promise<Done>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#orders.delete(tag);
        reject(unanswered(order, `The run did not answer within ${PATIENCE_MS / 1e3} s`));
      }, PATIENCE_MS);
      this.#orders.set(tag, { resolve, reject, timer });
      if (this.#socket.destroyed) return this.#giveUp('The run is over');
      this.#socket.write(`${JSON.stringify({ order, tag } satisfies Order)}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #carriedOut(done: Done): void {
    const open = this.#orders.get(done.tag);
    if (open === undefined) return;
    this.#orders.delete(done.tag);
    clearTimeout(open.timer);
    open.resolve(done);
  }

  #giveUp(what: string): void {
    for (const { reject, timer } of this.#orders.values()) {
      clearTimeout(timer);
      reject(unanswered('It', what));
    }
    this.#orders.clear();
  }
}

function unanswered(order: string, what: string): BeamloopError {
  return new BeamloopError('WATCH_REFUSED', {
    what: `${order}: ${what}`,
    todo: 'If the array may still radiate, switch it off; a board mutes itself a second after it last heard from this machine',
  });
}

function messageOf(line: string): LiveMessage | null {
  try {
    const message = JSON.parse(line);
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
