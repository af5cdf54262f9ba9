import { SerialPort } from 'serialport';
import { type DecodedMessage, decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame, FrameDecoder } from '../../../firmware-protocol/frame.js';
import { HELLO_MAGIC } from '../../../firmware-protocol/messages/hello.js';
import {
  type MessageName,
  messageByName,
  type NameFrom,
  type PayloadOf,
} from '../../../firmware-protocol/registry.js';

type FromBoard = DecodedMessage<NameFrom<'board'>>;

/** A small host on a real serial port: one request at a time, repeated until it is answered. */
export class SerialHost {
  readonly heard: FromBoard[] = [];
  readonly #session: number;
  readonly #arrived = new Set<number>();
  #port: SerialPort | undefined;
  #sequence = 0;
  #next = 1;
  #wake: () => void = () => {};
  readonly #decoder = new FrameDecoder(({ type, session, sequence, payload }) => {
    const message = decodePayload(type, payload, 'board');
    if (!message.ok || session !== (this.#session & 0xffff) || this.#arrived.has(sequence)) return;
    if (sequence > 0) this.#arrived.add(sequence);
    while (this.#arrived.has(this.#next)) this.#next++;
    this.heard.push(message);
    this.#wake();
  });

  constructor(session: number) {
    this.#session = session;
  }

  open(path: string): Promise<void> {
    this.#decoder.reset();
    return new Promise((resolve, reject) => {
      const port = new SerialPort({ path, baudRate: 3_000_000 }, (error) =>
        error ? reject(error) : resolve(),
      );
      port.on('data', (chunk: Buffer) => this.#decoder.push(chunk));
      port.on('error', () => {});
      this.#port = port;
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#port!.close(() => resolve()));
  }

  write<N extends MessageName>(name: N, value: PayloadOf<N>, sequence = 0): void {
    const definition = messageByName(name);
    const payload = encodePayload(definition, value);
    this.#port!.write(
      encodeFrame({ type: definition.type, session: this.#session & 0xffff, sequence, payload }),
    );
  }

  async hello(): Promise<PayloadOf<'Welcome'>> {
    const hello = {
      magic: HELLO_MAGIC,
      versionMajor: 1,
      versionMinor: 0,
      session: this.#session,
      window: 32,
      watchdogMs: 0,
    };
    const from = this.heard.length;
    return this.#until(
      () => this.write('Hello', hello),
      () =>
        this.heard.slice(from).flatMap((message) => (message.name === 'Welcome' ? [message.value] : []))[0],
    );
  }

  /** Sends a request and resolves with the status of its response. */
  async request<N extends NameFrom<'host'>>(name: N, value: PayloadOf<N>): Promise<number> {
    const sequence = ++this.#sequence;
    const status = await this.#until(
      () => this.write(name, value, sequence),
      () =>
        this.heard.flatMap(({ value: answer }) =>
          'request' in answer && answer.request === sequence ? [answer.status] : [],
        )[0],
    );
    this.write('Ack', { next: this.#next, bitmap: 0 });
    return status;
  }

  receipts() {
    return this.heard.flatMap((message) => (message.name === 'Receipts' ? message.value.entries : []));
  }

  /** Waits for something that the board sends by itself, acknowledging all the while. */
  async until<T>(look: () => T | undefined): Promise<T> {
    return this.#until(() => this.write('Ack', { next: this.#next, bitmap: 0 }), look);
  }

  async #until<T>(attempt: () => void, look: () => T | undefined): Promise<T> {
    for (;;) {
      attempt();
      for (const endMs = performance.now() + 100; performance.now() < endMs; ) {
        const found = look();
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          setTimeout(resolve, 20);
        });
      }
    }
  }
}
