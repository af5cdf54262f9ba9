/**
 * What an emulated array radiates, on its way to emulated UEs in other processes: a byte stream over a Unix socket.
 *
 * Each message: u32 length of what follows, u8 kind, body; little-endian.
 *   kind 0, array:    u32 numElements; first message, so that a listener knows that it will hear every later slot
 *   kind 1, codeword: u32 id, u32 numElements, u8 has delays, float64 re[], im[], delayS[] (only with delays)
 *   kind 2, signal:   float64 fromS, float64 untilS, u32 id of the codeword, 0 = nothing is radiated, u32 slot
 * A codeword is sent before the first signal that radiates it, and again only when its id was given to another one since.
 * The number of a slot is for transmitters that count the board's slots; a receiver knows of the array what it hears and when. Times are of the machine's monotonic clock,
 * or of the board's on virtual time.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AirSlot } from './emulated-board.js';
import { MACHINE_CLOCK_AHEAD_S } from './machine-clock.js';
import type { RadiatedWeights } from './rf.js';

const KIND_ARRAY = 0;
const KIND_CODEWORD = 1;
const KIND_SIGNAL = 2;
const LENGTH_BYTES = 4;
const ARRAY_BYTES = 1 + 4;
const SIGNAL_BYTES = 1 + 8 + 8 + 4 + 4;
const CODEWORD_HEADER_BYTES = 1 + 4 + 4 + 1;
const NOTHING_ID = 0;
/** Codewords that a listener remembers at once. */
const MAX_CODEWORDS = 4096;

/** What a listener hears: that something was radiated for a while, or nothing. */
export interface Signal {
  readonly fromS: number;
  readonly untilS: number;
  readonly weights: RadiatedWeights | null;
  /** What a transmitter counts that hears the board's slot output; receivers do not know it. */
  readonly slot: number;
}

function encodeArray(numElements: number): Buffer {
  const out = Buffer.alloc(LENGTH_BYTES + ARRAY_BYTES);
  out.writeUInt32LE(ARRAY_BYTES, 0);
  out.writeUInt8(KIND_ARRAY, 4);
  out.writeUInt32LE(numElements, 5);
  return out;
}

function encodeSignal(fromS: number, untilS: number, id: number, slot: number): Buffer {
  const out = Buffer.alloc(LENGTH_BYTES + SIGNAL_BYTES);
  out.writeUInt32LE(SIGNAL_BYTES, 0);
  out.writeUInt8(KIND_SIGNAL, 4);
  out.writeDoubleLE(fromS, 5);
  out.writeDoubleLE(untilS, 13);
  out.writeUInt32LE(id, 21);
  out.writeUInt32LE(slot, 25);
  return out;
}

function encodeCodeword(id: number, { re, im, delayS }: RadiatedWeights): Buffer {
  const columns = delayS === null ? [re, im] : [re, im, delayS];
  const length = CODEWORD_HEADER_BYTES + columns.length * re.length * 8;
  const out = Buffer.alloc(LENGTH_BYTES + length);
  out.writeUInt32LE(length, 0);
  out.writeUInt8(KIND_CODEWORD, 4);
  out.writeUInt32LE(id, 5);
  out.writeUInt32LE(re.length, 9);
  out.writeUInt8(delayS === null ? 0 : 1, 13);
  let at = LENGTH_BYTES + CODEWORD_HEADER_BYTES;
  for (const column of columns) {
    out.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return out;
}

/** Tells every connected listener what is radiated from now on. */
export class AirServer {
  readonly #path: string;
  /** Of the air's clock over that of the slots that are sent. */
  readonly #aheadS: number;
  readonly #server: Server;
  /** Which codewords each listener knows, by hash; the least recently sent first. */
  readonly #listeners = new Map<Socket, Map<string, number>>();

  private constructor(path: string, numElements: number, realtime: boolean, server: Server) {
    this.#path = path;
    this.#aheadS = realtime ? MACHINE_CLOCK_AHEAD_S : 0;
    this.#server = server;
    server.on('connection', (socket) => {
      this.#listeners.set(socket, new Map());
      socket.write(encodeArray(numElements));
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#listeners.delete(socket));
      // Listeners say nothing; reading notices when they go.
      socket.resume();
    });
  }

  /**
   * Listens on a socket file at `path`, whose directory is private.
   *
   * @param realtime the times of slots are of this process's monotonic clock, which is told in the machine's.
   */
  static async listen(path: string, numElements: number, realtime: boolean): Promise<AirServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return new AirServer(path, numElements, realtime, server);
  }

  send(slot: AirSlot): void {
    for (const [socket, known] of this.#listeners) {
      this.#together(socket);
      const { codeword } = slot;
      let id = codeword === null ? NOTHING_ID : known.get(codeword.hash);
      if (codeword !== null && id === undefined) {
        id = this.#newId(known);
        known.set(codeword.hash, id);
        socket.write(encodeCodeword(id, codeword.weights));
      }
      const [fromS, untilS] = [slot.fromS + this.#aheadS, slot.untilS + this.#aheadS];
      socket.write(encodeSignal(fromS, untilS, id ?? NOTHING_ID, slot.slot));
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#listeners.keys()) socket.destroy();
    rmSync(this.#path, { force: true });
  }

  /** What is sent in one turn goes to the socket at its end. */
  #together(socket: Socket): void {
    if (socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  /** The next unused id; when all are taken, that of the oldest codeword, which is forgotten. */
  #newId(known: Map<string, number>): number {
    if (known.size < MAX_CODEWORDS) return known.size + 1;
    const [hash, id] = known.entries().next().value!;
    known.delete(hash);
    return id;
  }
}

export interface AirListener {
  readonly onArray: (numElements: number) => void;
  readonly onSignal: (signal: Signal) => void;
}

/** Reads the byte stream of an `AirServer`. */
export class AirReader {
  readonly #listener: AirListener;
  readonly #codewords = new Map<number, RadiatedWeights>();
  #buffer: Buffer = Buffer.alloc(0);

  constructor(listener: AirListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    let at = 0;
    while (this.#buffer.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + this.#buffer.readUInt32LE(at);
      if (end > this.#buffer.length) break;
      this.#message(this.#buffer.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    this.#buffer = this.#buffer.subarray(at);
  }

  #message(message: Buffer): void {
    const kind = message.readUInt8(0);
    if (kind === KIND_ARRAY) {
      this.#listener.onArray(message.readUInt32LE(1));
      return;
    }
    if (kind === KIND_CODEWORD) {
      const numElements = message.readUInt32LE(5);
      const column = (k: number) => {
        const values = new Float64Array(numElements);
        const at = CODEWORD_HEADER_BYTES + k * values.byteLength;
        new Uint8Array(values.buffer).set(message.subarray(at, at + values.byteLength));
        return values;
      };
      const delayS = message.readUInt8(9) === 1 ? column(2) : null;
      this.#codewords.set(message.readUInt32LE(1), { re: column(0), im: column(1), delayS });
      return;
    }
    const id = message.readUInt32LE(17);
    this.#listener.onSignal({
      fromS: message.readDoubleLE(1),
      untilS: message.readDoubleLE(9),
      weights: id === NOTHING_ID ? null : this.#codewords.get(id)!,
      slot: message.readUInt32LE(21),
    });
  }
}
