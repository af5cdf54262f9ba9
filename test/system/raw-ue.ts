import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { MessageFromBridge, Welcome } from '../../src/bridge/messages.js';

export interface Ending {
  readonly code: number;
  readonly error: Extract<MessageFromBridge, { type: 'error' }> | null;
}

/** A UE that does exactly what a test tells it, well-behaved or not. Keeps what the bridge says. */
export class RawUe {
  readonly socket: WebSocket;
  readonly received: MessageFromBridge[] = [];
  readonly ended: Promise<Ending>;
  #changed: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.received.push(JSON.parse(data.toString()) as MessageFromBridge);
      this.#changed();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      socket.on('close', (code) => {
        const error = this.received.find((message) => message.type === 'error') ?? null;
        resolve({ code, error });
        this.#changed();
      }),
    );
  }

  static async dial(url: string, autoPong = true): Promise<RawUe> {
    const ue = new RawUe(new WebSocket(url, 'beamloop.ue.v1', { perMessageDeflate: false, autoPong }));
    await once(ue.socket, 'open');
    return ue;
  }

  /** Dials and says hello; resolves with the welcome. */
  static async welcomed(url: string, hello: object = {}): Promise<{ ue: RawUe; welcome: Welcome }> {
    const ue = await RawUe.dial(url);
    ue.hello(hello);
    return { ue, welcome: await ue.next('welcome') };
  }

  hello(overrides: object = {}): void {
    this.say({
      type: 'hello',
      protocol: 'beamloop.ue.v1',
      ueId: 'ue-1',
      description: { model: 'raw', software: 'test', numSubcarriers: 2 },
      ...overrides,
    });
  }

  say(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message of this type that is not taken yet. */
  async next<T extends MessageFromBridge['type']>(type: T): Promise<Extract<MessageFromBridge, { type: T }>> {
    for (;;) {
      const index = this.received.findIndex((message) => message.type === type);
      if (index >= 0) return this.received.splice(index, 1)[0] as Extract<MessageFromBridge, { type: T }>;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${type}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
