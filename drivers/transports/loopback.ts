/** Two transports in one process whose bytes go to each other: a board without a cable. */
import { BeamloopError } from '../../src/core/errors.js';
import type { Transport, TransportListener } from './transport.js';

/** Bytes that may be on the way in one direction before writers have to wait. */
const CAPACITY_BYTES = 65536;

class LoopbackEnd implements Transport {
  readonly name: string;
  #peer!: LoopbackEnd;
  #listener: TransportListener | null = null;
  #plugged = true;
  #bytesUnderway = 0;
  #waitingWriters: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  connectTo(peer: LoopbackEnd): void {
    this.#peer = peer;
  }

  async open(listener: TransportListener): Promise<void> {
    if (!this.#plugged) {
      throw new BeamloopError('PORT_NOT_FOUND', { what: 'The loopback is unplugged', where: this.name });
    }
    if (this.#listener !== null) {
      throw new BeamloopError('PORT_BUSY', { what: 'The loopback end is already open', where: this.name });
    }
    this.#listener = listener;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const writer = this.#listener;
    if (writer === null) throw this.#closedError();
    // As on a cable: what nobody listens for is lost.
    const reader = this.#peer.#listener;
    const copy = bytes.slice();
    this.#bytesUnderway += copy.length;
    setImmediate(() => {
      this.#bytesUnderway -= copy.length;
      if (reader !== null && reader === this.#peer.#listener) reader.onBytes(copy);
      if (this.#bytesUnderway < CAPACITY_BYTES) for (const resume of this.#waitingWriters.splice(0)) resume();
    });
    if (this.#bytesUnderway >= CAPACITY_BYTES) {
      await new Promise<void>((resolve) => this.#waitingWriters.push(resolve));
      if (this.#listener !== writer) throw this.#closedError();
    }
  }

  async close(): Promise<void> {
    this.#listener = null;
  }

  unplug(): void {
    this.#plugged = false;
    const listener = this.#listener;
    this.#listener = null;
    listener?.onClosed('unplugged');
  }

  plug(): void {
    this.#plugged = true;
  }

  #closedError(): BeamloopError {
    return new BeamloopError('PORT_FAILED', { what: 'The loopback is closed', where: this.name });
  }
}

export interface Loopback {
  readonly host: Transport;
  readonly device: Transport;
  /** Both ends lose the connection and cannot be opened until `plug`. */
  unplug(): void;
  plug(): void;
}

/** Bytes written at one end arrive at the other in the next turn of the event loop. */
export function createLoopback(name = 'loopback'): Loopback {
  const host = new LoopbackEnd(name);
  const device = new LoopbackEnd(`other end of ${name}`);
  host.connectTo(device);
  device.connectTo(host);
  const ends = [host, device];
  return {
    host,
    device,
    unplug: () => {
      for (const end of ends) end.unplug();
    },
    plug: () => {
      for (const end of ends) end.plug();
    },
  };
}
