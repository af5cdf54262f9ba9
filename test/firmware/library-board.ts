/**
 * The firmware as a shared library in this process, on virtual time: for what must be the same on any machine however busy it is.
 */
import path from 'node:path';
import koffi from 'koffi';
import type { Rig } from '../../drivers/conformance/rig.js';
import type { Timers } from '../../drivers/emulator/timers.js';
import type { TransportListener } from '../../drivers/transports/transport.js';
import { Random } from '../../src/core/random.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';

export interface Library {
  create(bootId: number): unknown;
  destroy(board: unknown): void;
  powerUp(board: unknown, bootId: number): void;
  trigger(board: unknown): void;
  stick(board: unknown, sticks: number): void;
  run(board: unknown, now: number, received: Uint8Array, count: number): number | bigint;
  sent(board: unknown, bytes: Uint8Array, most: number): number;
  /** `latch`: ticks, ticks of the slot's end, slot. */
  heard(board: unknown, latch: BigUint64Array, settings: Uint8Array): number;
  miss(board: unknown, perMillion: number, seed: number): void;
  codewordBytes(): number;
  clockHz(): number;
  unload(): void;
}

/** The library `beamboard.so` that lies in a folder. */
export function loadLibrary(folder: string): Library {
  const file = koffi.load(path.join(folder, 'beamboard.so'));
  return {
    create: file.func('void *library_create(uint32_t bootId)'),
    destroy: file.func('void library_destroy(void *board)'),
    powerUp: file.func('void library_power_up(void *board, uint32_t bootId)'),
    trigger: file.func('void library_trigger(void *board)'),
    stick: file.func('void library_stick(void *board, int sticks)'),
    run: file.func('uint64_t library_run(void *board, uint64_t now, const uint8_t *received, size_t count)'),
    sent: file.func('size_t library_sent(void *board, _Out_ uint8_t *bytes, size_t most)'),
    heard: file.func('int library_heard(void *board, _Out_ uint64_t *latch, _Out_ uint8_t *settings)'),
    miss: file.func('void library_miss(void *board, uint32_t perMillion, uint32_t seed)'),
    codewordBytes: file.func('uint32_t library_codeword_bytes()'),
    clockHz: file.func('uint32_t library_clock_hz()'),
    unload: () => file.unload(),
  };
}

/** What a codeword is latched for. */
export interface Latch {
  readonly slot: number;
  /** Of the timers' clock, s. */
  readonly fromS: number;
  readonly untilS: number;
  readonly settings: Uint8Array;
}

export interface LibraryPorts {
  readonly timers: Timers;
  readonly toHost: (bytes: Uint8Array) => void;
  readonly onLatch?: (latch: Latch) => void;
}

/** It has been on for a moment: there is a time that has passed. */
const ON_FOR_S = 0.1;

/** A board with a time of its own, which its owner's timers give it. */
export class LibraryBoard {
  readonly #library: Library;
  readonly #ports: LibraryPorts;
  readonly #board: unknown;
  readonly #clockHz: number;
  readonly #sent = new Uint8Array(65_536);
  readonly #latch = new BigUint64Array(3);
  readonly #settings: Uint8Array;
  #bootId: number;
  #powerUpS: number;
  #cancel = () => {};

  constructor(library: Library, ports: LibraryPorts, bootId = 1) {
    this.#library = library;
    this.#ports = ports;
    this.#bootId = bootId;
    this.#board = library.create(bootId);
    this.#clockHz = library.clockHz();
    this.#settings = new Uint8Array(library.codewordBytes());
    this.#powerUpS = ports.timers.nowS() - ON_FOR_S;
  }

  receive(bytes: Uint8Array): void {
    this.#run(bytes);
  }

  powerCycle(): void {
    this.#powerUpS = this.#ports.timers.nowS();
    this.#bootId++;
    this.#library.powerUp(this.#board, this.#bootId);
    this.#run();
  }

  trigger(): void {
    this.#run();
    this.#library.trigger(this.#board);
    this.#run();
  }

  /** Whether the front ends stick: they latch nothing. */
  stick(sticks: boolean): void {
    this.#library.stick(this.#board, sticks ? 1 : 0);
  }

  /** So many of the codewords that the front ends are given are not latched. */
  miss(rate: number, seed: number): void {
    this.#library.miss(this.#board, Math.round(rate * 1e6), seed);
  }

  close(): void {
    this.#cancel();
    this.#library.destroy(this.#board);
  }

  #run(received: Uint8Array = new Uint8Array(0)): void {
    this.#cancel();
    const { timers, toHost } = this.#ports;
    const ticks = Math.floor((timers.nowS() - this.#powerUpS) * this.#clockHz);
    const next = this.#library.run(this.#board, ticks, received, received.length);
    this.#tellLatches();
    const count = this.#library.sent(this.#board, this.#sent, this.#sent.length);
    // As a bigint it is never.
    const delayS = typeof next === 'bigint' ? null : this.#powerUpS + next / this.#clockHz - timers.nowS();
    this.#cancel = delayS === null ? () => {} : timers.after(delayS, () => this.#run());
    if (count > 0) toHost(this.#sent.slice(0, count));
  }

  #tellLatches(): void {
    const { onLatch } = this.#ports;
    if (onLatch === undefined) return;
    while (this.#library.heard(this.#board, this.#latch, this.#settings) !== 0) {
      const [from, until, slot] = this.#latch;
      onLatch({
        slot: Number(BigInt.asUintN(32, slot!)),
        fromS: this.#powerUpS + Number(from) / this.#clockHz,
        untilS: this.#powerUpS + Number(until) / this.#clockHz,
        settings: this.#settings.slice(),
      });
    }
  }
}

export interface LibraryRig extends Rig {
  readonly clock: VirtualClock;
  /** Whether the front ends stick: they latch nothing. */
  stick(sticks: boolean): void;
  close(): void;
}

/** A board of its own, on virtual time. */
export function libraryRig(library: Library, onLatch?: (latch: Latch) => void): LibraryRig {
  const clock = new VirtualClock();
  const random = new Random(7, 'sessions');
  let listener: TransportListener | null = null;
  const board = new LibraryBoard(library, {
    timers: clock.timers,
    // Never back into the host from within its own write.
    toHost: (bytes) => queueMicrotask(() => listener?.onBytes(bytes)),
    ...(onLatch && { onLatch }),
  });
  return {
    transport: {
      name: 'library',
      open: async (listens) => {
        listener = listens;
      },
      write: async (bytes) => board.receive(bytes),
      close: async () => {
        listener = null;
      },
    },
    clock,
    random: () => random.uint32(),
    slackS: 1e-3,
    powerCycle: async () => board.powerCycle(),
    trigger: () => board.trigger(),
    stick: (sticks) => board.stick(sticks),
    close: () => board.close(),
  };
}
