/** An array of ADAR1000s behind an iiod of its own, which any client of libiio may ask: docs/boards.md. */
import { createServer, type Server, type Socket } from 'node:net';
import { BeamloopError } from '../../../../src/core/errors.js';
import { Random } from '../../../../src/core/random.js';
import type { AirSlot } from '../../emulated-board.js';
import { IDEAL_RF, RfFrontEnd, type RfImpairments } from '../../rf.js';
import { type Timers, wallTimers } from '../../timers.js';
import { ElementAir, type RadiatedState } from '../element-air.js';
import { type ReplyFaults, withReplyFaults } from '../reply-faults.js';
import { Adar1000, CHANNELS } from './adar1000.js';
import { IiodSession } from './iiod-commands.js';

export interface IioBoardOptions {
  readonly numElements: number;
  readonly serialNumber: string;
  /** Channel of each element, counted chip after chip from 0, shape [numElements]. */
  readonly wiring: readonly number[];
  readonly rf?: Partial<RfImpairments>;
  readonly replies?: ReplyFaults | undefined;
  readonly seed?: number;
  readonly timers?: Timers;
  readonly onAir?: (piece: AirSlot) => void;
  readonly onBytes?: (count: number) => void;
  /** Where it listens; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0: any that is free, which it keeps. */
  readonly port?: number;
}

const PHASE_BITS = 7;
const AMPLITUDE_BITS = 7;

export class IioBoard {
  readonly #options: IioBoardOptions;
  readonly #chips: readonly Adar1000[];
  readonly #air: ElementAir;
  readonly #sockets = new Set<Socket>();
  readonly #random: Random;
  #server: Server | null = null;
  readonly #host: string;
  #port: number;
  #stalledUntilS = 0;

  constructor(options: IioBoardOptions) {
    const {
      numElements,
      rf,
      timers = wallTimers,
      seed = 1,
      onAir = () => {},
      host = '127.0.0.1',
      port = 0,
    } = options;
    this.#host = host;
    this.#options = options;
    this.#port = port;
    this.#random = new Random(seed, 'replies');
    this.#chips = Array.from({ length: Math.ceil(numElements / CHANNELS) }, () => new Adar1000());
    const format = {
      numElements,
      phaseBits: PHASE_BITS,
      amplitudeBits: AMPLITUDE_BITS,
      delayLsbS: 0,
      delayLinesS: null,
    };
    this.#air = new ElementAir(
      new RfFrontEnd(format, { ...IDEAL_RF, ...rf }),
      timers,
      this.#radiated(),
      onAir,
    );
  }

  /** Its name as a port; known from the first `plug` on. */
  get path(): string {
    return `iio:${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  get state(): RadiatedState {
    return this.#air.state;
  }

  /** @throws BeamloopError PORT_FAILED where it cannot listen there. */
  async plug(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new BeamloopError('PORT_FAILED', {
            what: `The emulated iiod cannot listen: ${cause.message}`,
            where: this.path,
            cause,
          }),
        ),
      );
      server.listen(this.#port, this.#host, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** The network is gone; the chips keep on. */
  unplug(): void {
    this.#server?.close();
    this.#server = null;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  /** Nothing is answered for a while. */
  stall(durationS: number): void {
    this.#stalledUntilS = (this.#options.timers ?? wallTimers).nowS() + durationS;
  }

  /** Power cycle: its chips are as new, and iiod is gone for as long as it takes to plug it in again. */
  reset(): void {
    for (const chip of this.#chips) chip.reset();
    this.#air.set(this.#radiated());
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.unplug();
    this.#air.close();
  }

  #take(socket: Socket): void {
    const { replies, timers = wallTimers, serialNumber } = this.#options;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    const send = withReplyFaults(replies, this.#random, timers, (bytes) => {
      const leftS = this.#stalledUntilS - timers.nowS();
      const write = () => socket.destroyed || socket.write(bytes);
      if (leftS > 0) timers.after(leftS, write);
      else write();
    });
    const session = new IiodSession(
      { chips: this.#chips, serialNumber, onWritten: () => this.#air.set(this.#radiated()) },
      (text) => send(Buffer.from(text, 'latin1')),
      () => socket.end(),
    );
    socket.on('data', (chunk: Buffer) => {
      session.push(chunk);
      this.#options.onBytes?.(chunk.length);
    });
  }

  #radiated(): RadiatedState {
    const { numElements, wiring } = this.#options;
    const phaseCode = new Uint16Array(numElements);
    const amplitudeCode = new Uint16Array(numElements);
    for (const [n, channel] of wiring.entries()) {
      const setting = this.#chips[Math.floor(channel / CHANNELS)]!.radiated(channel % CHANNELS);
      phaseCode[n] = setting?.phaseCode ?? 0;
      amplitudeCode[n] = setting?.gainCode ?? 0;
    }
    return { phaseCode, amplitudeCode, isMuted: false };
  }
}
