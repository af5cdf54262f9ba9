/**
 * The firmware as a shared library in this process, on virtual time: for what must be the same on any machine however busy it is.
 */
import path from 'node:path';
import koffi from 'koffi';
import type { Rig } from '../../drivers/conformance/rig.js';
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
  heard(board: unknown, ticks: BigUint64Array, settings: Uint8Array): number;
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
    heard: file.func('int library_heard(void *board, _Out_ uint64_t *ticks, _Out_ uint8_t *settings)'),
    codewordBytes: file.func('uint32_t library_codeword_bytes()'),
    clockHz: file.func('uint32_t library_clock_hz()'),
    unload: () => file.unload(),
  };
}

export interface LibraryRig extends Rig {
  readonly clock: VirtualClock;
  /** Whether the front ends stick: they latch nothing. */
  stick(sticks: boolean): void;
  close(): void;
}

/**
 * A board of its own.
 *
 * @param onLatch told of every latch: board time in ticks, packed settings.
 */
export function libraryRig(
  library: Library,
  onLatch?: (ticks: bigint, settings: Uint8Array) => void,
): LibraryRig {
  const clock = new VirtualClock();
  const random = new Random(7, 'sessions');
  const clockHz = library.clockHz();
  const chunk = new Uint8Array(65_536);
  const latchTicks = new BigUint64Array(1);
  const latched = new Uint8Array(library.codewordBytes());
  let bootId = 1;
  // It has been on for a moment: there is a time that has passed.
  let powerUpS = -0.1;
  let listener: TransportListener | null = null;
  let cancel = () => {};
  const board = library.create(bootId);

  const run = (received: Uint8Array = new Uint8Array(0)) => {
    cancel();
    const ticks = Math.floor((clock.nowS() - powerUpS) * clockHz);
    const next = library.run(board, ticks, received, received.length);
    while (onLatch !== undefined && library.heard(board, latchTicks, latched) !== 0) {
      onLatch(latchTicks[0]!, latched.slice());
    }
    const count = library.sent(board, chunk, chunk.length);
    if (count > 0) {
      const sent = chunk.slice(0, count);
      // Never back into the host from within its own write.
      queueMicrotask(() => listener?.onBytes(sent));
    }
    // As a bigint it is never.
    const delayS = typeof next === 'bigint' ? null : powerUpS + next / clockHz - clock.nowS();
    cancel = delayS === null ? () => {} : clock.timers.after(delayS, () => run());
  };
  return {
    transport: {
      name: 'library',
      open: async (listens) => {
        listener = listens;
      },
      write: async (bytes) => run(bytes),
      close: async () => {
        listener = null;
      },
    },
    clock,
    random: () => random.uint32(),
    slackS: 1e-3,
    powerCycle: async () => {
      powerUpS = clock.nowS();
      bootId++;
      library.powerUp(board, bootId);
      run();
    },
    trigger: () => {
      run();
      library.trigger(board);
      run();
    },
    stick: (sticks) => library.stick(board, sticks ? 1 : 0),
    close: () => {
      cancel();
      library.destroy(board);
    },
  };
}
