/** The plug of an emulated board behind a TCP port, as a serial server has it: the counterpart of pty-host.ts. */
import { createServer, type Server, type Socket } from 'node:net';
import { BeamloopError } from '../../src/core/errors.js';

const MAX_WAITING_BYTES = 256 * 1024;
/** A host that connects anew may be faster than the end of its last connection. */
const NEXT_WAITS_MS = 500;

export interface TcpHostOptions {
  readonly host: string;
  /** 0: any that is free; it stays the same when the board is unplugged and put back. */
  readonly port: number;
  readonly onBytes: (chunk: Uint8Array) => void;
}

export class TcpHost {
  readonly #options: TcpHostOptions;
  #server: Server | null = null;
  #socket: Socket | null = null;
  #next: Socket | null = null;
  /** Hosts that had their turn. */
  numConnections = 0;
  #port: number;
  #paused = false;

  constructor(options: TcpHostOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** Its name as a port; known from the first `plug` on. */
  get path(): string {
    const { host } = this.#options;
    return `tcp:${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** @throws BeamloopError PORT_FAILED where it cannot listen there. */
  async plug(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const what = `The emulated board cannot listen there: ${cause.message}`;
        reject(new BeamloopError('PORT_FAILED', { what, where: this.path, cause }));
      });
      server.listen(this.#port, this.#options.host, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  unplug(): void {
    this.#server?.close();
    this.#server = null;
    this.#drop();
  }

  /** Cuts the connection as a server that restarts does; the next one is taken. */
  cut(): void {
    this.#socket?.resetAndDestroy();
    this.#socket = null;
  }

  /** Bytes for the host; while nobody is connected they are lost, and those beyond 256 KiB that it does not read. */
  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket === null || socket.writableLength + bytes.length > MAX_WAITING_BYTES) return;
    socket.write(bytes);
  }

  /** Whether bytes from the host are taken or left in the kernel. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#socket?.pause();
    else this.#socket?.resume();
  }

  close(): void {
    this.unplug();
  }

  /** One host at a time, as at a serial line. Who comes second has its turn if the first one ends soon, else is turned away. */
  #take(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#socket === null) {
      this.#adopt(socket);
      return;
    }
    this.#next?.resetAndDestroy();
    this.#next = socket;
    const patience = setTimeout(() => socket.resetAndDestroy(), NEXT_WAITS_MS);
    socket.on('close', () => {
      clearTimeout(patience);
      if (this.#next === socket) this.#next = null;
    });
    this.#socket.once('close', () => {
      if (this.#next !== socket) return;
      clearTimeout(patience);
      this.#next = null;
      this.#adopt(socket);
    });
  }

  #adopt(socket: Socket): void {
    this.#socket = socket;
    this.numConnections++;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket === socket) this.#options.onBytes(chunk);
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    if (this.#paused) socket.pause();
  }

  #drop(): void {
    this.#next?.destroy();
    this.#next = null;
    this.#socket?.destroy();
    this.#socket = null;
  }
}
