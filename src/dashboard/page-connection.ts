/** One page that is open: what it asks for, checked, and what it is told, as far as it reads. */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { CLOSE_POLICY, closeSocket } from '../bridge/close-socket.js';
import type { Clock } from '../core/clock.js';
import type { DashboardLimits } from './limits.js';
import type { PageMessage } from './page-messages.js';

const tag = z.string().min(1).max(64);
const run = z.string().min(1).max(64);
const FARTHEST_M = 1e9;
const angle = z
  .number()
  .min(-Math.PI / 2)
  .max(Math.PI / 2);

const pageMessage = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('follow'), run }),
  z.strictObject({ ask: z.literal('order'), tag, run, order: z.enum(['stop', 'mute', 'unmute']) }),
  z.strictObject({ ask: z.literal('start'), tag }),
  z.strictObject({ ask: z.literal('steering'), tag, on: z.boolean() }),
  z.strictObject({
    ask: z.literal('steer'),
    tag,
    distanceM: z.number().positive().max(FARTHEST_M).nullable(),
    angleRad: angle,
    elevationRad: angle.nullable(),
  }),
]) satisfies z.ZodType<PageMessage>;

export interface PageOwner {
  asked(page: PageConnection, message: PageMessage): void;
  ended(page: PageConnection): void;
}

export class PageConnection {
  /** The run that it follows. */
  run: string | null = null;
  readonly #socket: WebSocket;
  readonly #limits: DashboardLimits;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #isClosing = false;
  #heard = true;
  #numMessages = 0;
  #sinceS: number;

  constructor(socket: WebSocket, owner: PageOwner, limits: DashboardLimits, clock: Clock) {
    this.#socket = socket;
    this.#limits = limits;
    this.#clock = clock;
    this.#sinceS = clock.nowS();
    socket.on('error', () => socket.terminate());
    socket.once('close', () => {
      this.#closed.abort();
      owner.ended(this);
    });
    socket.on('pong', () => {
      this.#heard = true;
    });
    socket.on('message', (data, isBinary) => {
      this.#heard = true;
      if (this.#isClosing) return;
      if (!this.#isInTime()) return this.close('More messages than a page sends');
      const message = isBinary ? null : messageOf(String(data));
      if (message === null) return this.close('A message that no page sends');
      owner.asked(this, message);
    });
    void this.#beat();
  }

  /** A page that does not read is told no more of what can be missed, and let go when it misses the rest, too. */
  tell(text: string, canBeMissed: boolean): void {
    const { fullBufferBytes, maxBufferedBytes } = this.#limits;
    const { bufferedAmount, readyState, OPEN } = this.#socket;
    if (readyState !== OPEN) return;
    if (canBeMissed && bufferedAmount > fullBufferBytes) return;
    if (bufferedAmount + text.length > maxBufferedBytes) this.#socket.terminate();
    else this.#socket.send(text);
  }

  close(reason: string): void {
    this.#isClosing = true;
    void closeSocket(this.#socket, this.#clock, CLOSE_POLICY, reason);
  }

  #isInTime(): boolean {
    const nowS = this.#clock.nowS();
    if (nowS - this.#sinceS >= 1) {
      this.#sinceS = nowS;
      this.#numMessages = 0;
    }
    return ++this.#numMessages <= this.#limits.messagesPerS;
  }

  async #beat(): Promise<void> {
    const { signal } = this.#closed;
    for (;;) {
      await this.#clock.sleep(this.#limits.heartbeatS, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (!this.#heard) return this.#socket.terminate();
      this.#heard = false;
      this.#socket.ping();
    }
  }
}

function messageOf(text: string): PageMessage | null {
  try {
    return pageMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
