import { type BoardModel, elementFormat } from '../../../drivers/emulator/board-model.js';
import {
  type AirSlot,
  EmulatedBoard,
  type EmulatedBoardConfig,
} from '../../../drivers/emulator/emulated-board.js';
import { ManualTimers } from '../../../drivers/emulator/timers.js';
import { type DecodedMessage, decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { contentHash, hashFromHex } from '../../../firmware-protocol/content-hash.js';
import { packElementSettings } from '../../../firmware-protocol/element-settings.js';
import { encodeFrame, FrameDecoder } from '../../../firmware-protocol/frame.js';
import { HELLO_MAGIC } from '../../../firmware-protocol/messages/hello.js';
import {
  type MessageName,
  messageByName,
  type NameFrom,
  type PayloadOf,
} from '../../../firmware-protocol/registry.js';

export interface Heard {
  readonly sequence: number;
  readonly session: number;
  readonly atS: number;
  readonly message: DecodedMessage<NameFrom<'board'>>;
}

/** A host that does nothing by itself: frames go out when a test says so, and all that comes back is kept. */
export class TestHost {
  readonly timers = new ManualTimers();
  readonly board: EmulatedBoard;
  readonly heard: Heard[] = [];
  readonly air: AirSlot[] = [];
  session = 0xc0debeef;
  nextSequence = 1;
  readonly #decoder = new FrameDecoder(({ type, session, sequence, payload }) => {
    const message = decodePayload(type, payload, 'board');
    if (!message.ok) throw new Error(`the board sent a bad frame: ${message.error.kind}`);
    this.heard.push({ sequence, session, atS: this.timers.nowS(), message });
  });

  constructor(config: EmulatedBoardConfig = {}, onPlug: (plugged: boolean) => void = () => {}) {
    this.board = new EmulatedBoard(config, {
      toHost: (chunk) => this.#decoder.push(chunk),
      onAir: (slot) => this.air.push(slot),
      onPlug,
      timers: this.timers,
    });
  }

  /** Sends a message, numbered if it is reliable; returns its sequence. */
  async send<N extends MessageName>(name: N, value: PayloadOf<N>, sequence?: number): Promise<number> {
    const definition = messageByName(name);
    const number = sequence ?? (definition.reliable ? this.#takeSequence() : 0);
    const payload = encodePayload(definition, value);
    await this.raw(definition.type, number, payload);
    return number;
  }

  async raw(type: number, sequence: number, payload: Uint8Array): Promise<void> {
    this.board.receive(encodeFrame({ type, session: this.session & 0xffff, sequence, payload }));
    await this.settle();
  }

  hello(more: Partial<PayloadOf<'Hello'>> = {}): Promise<number> {
    const { session } = this;
    return this.send('Hello', {
      magic: HELLO_MAGIC,
      versionMajor: 1,
      versionMinor: 0,
      session,
      window: 32,
      watchdogMs: 0,
      ...more,
    });
  }

  /** A new session, as of a host that starts afresh. */
  async afresh(session: number): Promise<void> {
    this.session = session;
    this.nextSequence = 1;
    await this.hello();
  }

  /** Acknowledges every reliable frame before `next`; everything heard so far without it. */
  ack(next?: number): Promise<number> {
    const newest = Math.max(0, ...this.heard.map(({ sequence }) => sequence));
    return this.send('Ack', { next: next ?? newest + 1, bitmap: 0 });
  }

  /** Loads a codeword whose phase codes all equal `code`; returns its hash. */
  async load(index: number, code: number): Promise<bigint> {
    const { hash, data } = uniformCodeword(this.board.model, code);
    await this.send('LoadCodeword', { index, offset: 0, last: 1, hash, data });
    return hash;
  }

  queue(...entries: readonly (readonly [slot: number, index: number])[]): Promise<number> {
    return this.send('QueueSlots', { entries: entries.map(([slot, index]) => ({ slot, index })) });
  }

  arm(firstSlot: number, startTicks: number, slotTicks: number): Promise<number> {
    return this.send('Arm', { mode: 0, firstSlot, startTicks: BigInt(startTicks), slotTicks });
  }

  /** Payloads of all messages of this name so far, repeats included. */
  of<N extends NameFrom<'board'>>(name: N): PayloadOf<N>[] {
    return this.heard
      .filter(({ message }) => message.name === name)
      .map(({ message }) => message.value as PayloadOf<N>);
  }

  last<N extends NameFrom<'board'>>(name: N): PayloadOf<N> {
    const value = this.of(name).at(-1);
    if (value === undefined) throw new Error(`the board has not sent ${name}`);
    return value;
  }

  /** All receipts so far, those of repeated frames once. */
  receipts() {
    const frames = new Map(
      this.heard.flatMap(({ sequence, message }) =>
        message.name === 'Receipts' ? [[sequence, message.value.entries] as const] : [],
      ),
    );
    return [...frames.values()].flat();
  }

  ticks(): number {
    return Math.round(this.board.boardTimeS * this.board.model.clockRateHz);
  }

  /** Lets the board run to its tick `ticks`, then lets it send. */
  async runTo(ticks: number): Promise<void> {
    this.board.advanceTo(ticks / this.board.model.clockRateHz);
    await this.pass(0.01);
  }

  /** Lets wall-clock time pass. */
  async pass(durationS: number): Promise<void> {
    this.timers.advance(durationS);
    await this.settle();
  }

  /** Lets bytes that are on their way arrive. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #takeSequence(): number {
    const sequence = this.nextSequence;
    this.nextSequence = (sequence + 1) & 0xffff;
    return sequence;
  }
}

/** A codeword whose phase codes all equal `code`, all elements on. */
export function uniformCodeword(model: BoardModel, code: number): { hash: bigint; data: Uint8Array } {
  const { numElements } = model;
  const format = elementFormat(model);
  const fill = (bits: number, value: number) =>
    bits === 0 ? null : new Uint16Array(numElements).fill(value);
  const data = packElementSettings(
    {
      phaseCode: new Uint16Array(numElements).fill(code),
      delayCode: fill(format.delayBits, 0),
      amplitudeCode: fill(format.amplitudeBits, 2 ** format.amplitudeBits - 1),
      lineCode: fill(format.lineBits, 0),
    },
    format,
  );
  return { hash: hashFromHex(contentHash(data)), data };
}

/** A small board on which numbers are easy to follow: 1 MHz clock, 8 elements. */
export const SMALL_BOARD = {
  numElements: 8,
  phaseBits: 4,
  amplitudeBits: 1,
  memoryDepth: 16,
  queueDepth: 8,
  switchTimeS: 2e-6,
  clockRateHz: 1e6,
};
