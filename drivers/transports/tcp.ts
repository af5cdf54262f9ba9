/** A TCP connection: a serial server with a board behind it, or a board on a network. Bytes as they are, no telnet. */
import { connect, type Socket } from 'node:net';
import { BeamloopError } from '../../src/core/errors.js';
import type { Transport, TransportListener } from './transport.js';

export interface TcpAddress {
  /** Name, IPv4 or IPv6 address, the latter without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface TcpOptions extends TcpAddress {
  /** What messages call it; `tcp:host:port` unless given. */
  readonly name?: string;
  /** Time for the connection to be made, s. */
  readonly connectTimeoutS?: number;
}

/** Silence after which the system asks whether the other end is still there, ms. The link's heartbeat is faster while it is up. */
const KEEP_ALIVE_MS = 5000;

/** Reads `host:port`, `[::1]:port`. Throws BAD_ARGUMENT; `name` is the whole of the port's. Who listens may ask for any port, 0. */
export function parseTcpAddress(text: string, name: string, leastPort = 1): TcpAddress {
  const match = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port >= leastPort && port <= 65_535) return { host: match[1] ?? match[2]!, port };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${name}' does not name a TCP port`,
    todo: `Write tcp:HOST:PORT with a port from ${leastPort} to 65535, e.g. tcp:192.168.0.7:4001 or tcp:[fe80::7%eth0]:4001`,
  });
}

export class TcpTransport implements Transport {
  readonly name: string;
  readonly #options: TcpOptions;
  #socket: Socket | null = null;
  /** Rejects writes that are underway. */
  readonly #underway = new Set<(error: BeamloopError) => void>();

  constructor(options: TcpOptions) {
    const { host, port, name } = options;
    this.name = name ?? `tcp:${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#options = options;
  }

  async open(listener: TransportListener): Promise<void> {
    if (this.#socket !== null) {
      throw new BeamloopError('PORT_BUSY', { what: 'The connection is already open', where: this.name });
    }
    const { host, port, connectTimeoutS = 3 } = this.#options;
    // A slot does not wait for Nagle's algorithm.
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#socket = socket;
    try {
      await connected(socket, this.name, connectTimeoutS);
    } catch (error) {
      if (this.#socket === socket) this.#socket = null;
      socket.destroy();
      throw error;
    }
    // The first reason counts: an error is followed by a close.
    const lose = (reason: string) => {
      if (this.#socket !== socket) return;
      this.#release(socket);
      listener.onClosed(reason);
    };
    socket.on('data', (bytes) => {
      if (this.#socket === socket) listener.onBytes(bytes);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => lose(lossInWords(error)));
    socket.on('end', () => lose('the other end closed the connection'));
    socket.on('close', () => lose('the connection is closed'));
  }

  write(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.connecting) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      this.#underway.add(reject);
      // Called when the system has taken the bytes.
      socket.write(bytes, (error) => {
        this.#underway.delete(reject);
        if (error) reject(this.#closedError(error));
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    if (this.#socket !== null) this.#release(this.#socket);
  }

  #release(socket: Socket): void {
    this.#socket = null;
    socket.destroy();
    for (const reject of this.#underway) reject(this.#closedError());
    this.#underway.clear();
  }

  #closedError(cause?: unknown): BeamloopError {
    return new BeamloopError('PORT_FAILED', { what: 'The connection is closed', where: this.name, cause });
  }
}

function connected(socket: Socket, name: string, timeoutS: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(openError(name, 'ETIMEDOUT', timeoutS)), timeoutS * 1e3);
    socket.once('connect', () => {
      clearTimeout(timeout);
      resolve();
    });
    // Without an error when it is closed while it is being opened.
    socket.once('close', () => {
      clearTimeout(timeout);
      reject(openError(name, 'ECANCELED', timeoutS));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timeout);
      reject(openError(name, error.code ?? '', timeoutS, error));
    });
  });
}

function openError(where: string, code: string, timeoutS: number, cause?: Error): BeamloopError {
  switch (code) {
    case 'ECONNREFUSED':
      return new BeamloopError('PORT_NOT_FOUND', {
        what: 'Nothing listens at this address',
        where,
        todo: 'Check the number of the port, and that the serial server gives its line as raw TCP there',
        cause,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new BeamloopError('PORT_NOT_FOUND', {
        what: 'No host of this name is known',
        where,
        todo: 'Check the name, or write the address in its place',
        cause,
      });
    case 'ETIMEDOUT':
      return new BeamloopError('PORT_FAILED', {
        what: `The host does not answer: no connection within ${timeoutS} s`,
        where,
        todo: 'Check the address and that the host is on; a firewall may drop what it does not like',
        cause,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new BeamloopError('PORT_FAILED', {
        what: 'There is no way to this host',
        where,
        todo: 'Check the address, and that this machine is on the same network',
        cause,
      });
    default:
      return new BeamloopError('PORT_FAILED', {
        what: `No connection could be made: ${cause?.message ?? 'it was closed meanwhile'}`,
        where,
        todo: 'Check the address and the network',
        cause,
      });
  }
}

function lossInWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'the other end reset the connection';
  if (error.code === 'ETIMEDOUT') return 'the other end is gone: it answers no keep-alive';
  return error.message;
}
