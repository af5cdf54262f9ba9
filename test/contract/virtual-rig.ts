/** An emulated board on virtual time, for the checks of drivers/conformance. */
import type { Rig } from '../../drivers/conformance/rig.js';
import { EmulatedBoard, type EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import type { TransportListener } from '../../drivers/transports/transport.js';
import { Random } from '../../src/core/random.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';

/** A board with every kind of control, small enough to fill its queue and log in no time. */
export const CHECKED_BOARD = {
  numElements: 9,
  phaseBits: 5,
  delayBits: 3,
  delayLsbS: 4e-12,
  delayRangeS: 20e-12,
  amplitudeBits: 2,
  delayLinesS: [0, 1, 3].map((step) => Float64Array.from({ length: 9 }, (_, n) => n * step * 1e-12)),
  memoryDepth: 12,
  queueDepth: 24,
  maxPayload: 512,
};

export interface VirtualRig extends Rig {
  readonly clock: VirtualClock;
  close(): void;
}

export function virtualRig(
  config: EmulatedBoardConfig = { model: CHECKED_BOARD },
  Board: typeof EmulatedBoard = EmulatedBoard,
): VirtualRig {
  const clock = new VirtualClock();
  let listener: TransportListener | null = null;
  const board = new Board(
    // Writing to its memory takes a moment, so that messages wait.
    { realtime: true, faults: { ...NO_FAULTS, memoryDelayS: 1e-3 }, ...config },
    { toHost: (chunk) => listener?.onBytes(chunk), timers: clock.timers },
  );
  const random = new Random(7, 'sessions');
  return {
    transport: {
      name: 'virtual',
      open: async (listens) => {
        listener = listens;
      },
      write: async (bytes) => board.receive(bytes.slice()),
      close: async () => {
        listener = null;
      },
    },
    clock,
    random: () => random.uint32(),
    slackS: 1e-3,
    powerCycle: async () => board.reset(),
    trigger: () => board.trigger(),
    close: () => board.close(),
  };
}
