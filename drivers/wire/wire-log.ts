/**
 * A log of everything that goes over a line, as it goes. The line never waits for it: packets are gathered and written behind its back,
 * whole ones only, so that the file is a valid one whenever the process ends.
 */
import { closeSync, openSync, write, writeSync } from 'node:fs';
import { BeamloopError } from '../../src/core/errors.js';
import type { Transport, TransportListener } from '../transports/transport.js';
import { pcapngHead, pcapngPacket } from './pcapng.js';
import type { Side } from './reading.js';
import { StretchCutter } from './stretches.js';

/** A process that is killed loses no more than this. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 1 << 16;
/** Where the disk stands still: beyond that, packets are counted and dropped. */
const MOST_WAITING_BYTES = 1 << 24;
const NS_PER_MS = 1e6;

/** How a log ended. */
export interface WireLogEnd {
  readonly packets: number;
  readonly dropped: number;
  /** Why nothing more could be written, from some packet on. */
  readonly failure: Error | null;
}

export class WireLog {
  readonly #fd: number;
  readonly #originNs = BigInt(Math.round(performance.timeOrigin * NS_PER_MS));
  readonly #onExit = () => this.#writeNow();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  #underway: Uint8Array | null = null;
  #timer: NodeJS.Timeout | null = null;
  #packets = 0;
  #dropped = 0;
  #droppedSince = 0;
  #failure: Error | null = null;

  /** @throws BeamloopError FILE_UNWRITABLE. */
  constructor(file: string) {
    try {
      this.#fd = openSync(file, 'w');
      writeSync(this.#fd, pcapngHead());
    } catch (error) {
      throw new BeamloopError('FILE_UNWRITABLE', {
        what: `The wire log cannot be written: ${(error as Error).message}`,
        where: file,
        todo: 'Check that its folder is there and writable',
        cause: error,
      });
    }
    process.on('exit', this.#onExit);
  }

  /** The same transport, seen from both sides. */
  around(transport: Transport): Transport {
    const sent = new StretchCutter((stretch) => this.#note('host', stretch));
    let received = new StretchCutter(() => {});
    return {
      name: transport.name,
      open: (listener: TransportListener) => {
        received = new StretchCutter((stretch) => this.#note('board', stretch));
        return transport.open({
          onBytes: (bytes) => {
            received.push(bytes);
            listener.onBytes(bytes);
          },
          onClosed: (reason) => listener.onClosed(reason),
        });
      },
      write: (bytes) => {
        sent.push(bytes);
        return transport.write(bytes);
      },
      close: () => transport.close(),
    };
  }

  /** Writes the rest. */
  async close(): Promise<WireLogEnd> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    this.#writeNow();
    process.off('exit', this.#onExit);
    closeSync(this.#fd);
    return { packets: this.#packets, dropped: this.#dropped, failure: this.#failure };
  }

  #note(from: Side, stretch: Uint8Array): void {
    if (this.#failure !== null || this.#waitingBytes > MOST_WAITING_BYTES) {
      this.#dropped++;
      this.#droppedSince++;
      return;
    }
    const timeNs = this.#originNs + BigInt(Math.round(performance.now() * NS_PER_MS));
    const packet = pcapngPacket({ timeNs, from, stretch, dropped: this.#droppedSince });
    this.#droppedSince = 0;
    this.#packets++;
    this.#waiting.push(packet);
    this.#waitingBytes += packet.length;
    if (this.#waitingBytes >= FLUSH_BYTES) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), FLUSH_MS).unref();
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#writing !== null || this.#waiting.length === 0) return;
    const bytes = this.#take();
    this.#underway = bytes;
    this.#writing = writeAll(this.#fd, bytes)
      .catch((error: Error) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#writing = null;
        this.#underway = null;
        if (this.#waitingBytes >= FLUSH_BYTES) this.#write();
        else if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#write(), FLUSH_MS).unref();
      });
  }

  /** What is underway in another thread is on disk by the time the process is gone, or comes to nothing: it cannot be waited for. */
  #writeNow(): void {
    if (this.#failure !== null || this.#underway !== null || this.#waiting.length === 0) return;
    try {
      writeSync(this.#fd, this.#take());
    } catch (error) {
      this.#failure = error as Error;
    }
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return bytes;
  }
}

function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => {
      if (error) reject(error);
      else if (written < bytes.length) writeAll(fd, bytes.subarray(written)).then(resolve, reject);
      else resolve();
    });
  });
}
