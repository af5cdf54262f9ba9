/** Pages of a dashboard without a browser: what they say, and what they are told. */
import { WebSocket } from 'ws';
import {
  PAGE_PROTOCOL,
  type PageMessage,
  type ServerMessage,
  TOKEN_PROTOCOL,
} from '../../src/dashboard/page-messages.js';

/** A page that is open, and what it was told. */
export class OpenPage {
  readonly socket: WebSocket;
  readonly told: ServerMessage[] = [];
  #onMessage: () => void = () => {};

  constructor(port: number, token: string, headers: Record<string, string> = {}) {
    const protocols = [PAGE_PROTOCOL, `${TOKEN_PROTOCOL}${token}`];
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/live`, protocols, { headers });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.told.push(JSON.parse(String(data)));
      this.#onMessage();
    });
  }

  say(message: PageMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  async until<T extends ServerMessage['type']>(
    type: T,
    isIt: (message: ServerMessage & { type: T }) => boolean = () => true,
  ): Promise<ServerMessage & { type: T }> {
    for (;;) {
      const found = this.told.find((each) => each.type === type && isIt(each as ServerMessage & { type: T }));
      if (found !== undefined) return found as ServerMessage & { type: T };
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }

  /** Follows the run that is there. */
  async follow(name = 'synthetic'): Promise<string> {
    const { runs } = await this.until('state', ({ runs }) => runs.some((each) => each.name === name));
    const { id } = runs.find((each) => each.name === name)!;
    this.say({ ask: 'follow', run: id });
    await this.until('following', ({ run }) => run === id);
    return id;
  }
}

/** Not by `once` of Node.js, which rejects when an upgrade is refused. */
export function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
  });
}
