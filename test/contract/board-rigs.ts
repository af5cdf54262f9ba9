/** Boards to run the conformance suite on: emulated ones always, a real one where BEAMLOOP_TEST_PORT names its port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { type OpenNativeBoardOptions, openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { EmulatedBoard, type EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import { PtyHost } from '../../drivers/emulator/pty-host.js';
import type { Timers } from '../../drivers/emulator/timers.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { openPort } from '../../drivers/transports/open-port.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import type { Transport } from '../../drivers/transports/transport.js';
import { PATIENCE_S } from '../fixtures/patience.js';

export interface BoardRig {
  /** A fresh transport to the board. */
  readonly transport: Transport;
  readonly baudRate: number;
  close(): Promise<void>;
}

export interface EmulatedRig extends BoardRig {
  readonly emulated: EmulatedBoard;
}

export const BAUD = 3_000_000;

export async function loopbackRig(
  config: EmulatedBoardConfig = {},
  timers?: Timers,
  Board: typeof EmulatedBoard = EmulatedBoard,
): Promise<EmulatedRig> {
  const { host, device, unplug, plug } = createLoopback();
  const attach = () => device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
  const emulated: EmulatedBoard = new Board(
    { realtime: true, ...config },
    {
      toHost: (chunk) => void device.write(chunk).catch(() => {}),
      onPlug: (plugged) => {
        if (!plugged) return unplug();
        plug();
        void attach();
      },
      ...(timers && { timers }),
    },
  );
  await attach();
  return {
    transport: host,
    baudRate: BAUD,
    emulated,
    close: async () => {
      emulated.close();
      await device.close();
    },
  };
}

export async function ptyRig(
  config: EmulatedBoardConfig = {},
  Board: typeof EmulatedBoard = EmulatedBoard,
): Promise<EmulatedRig> {
  const directory = mkdtempSync(path.join(tmpdir(), 'beamloop-rig-'));
  const pty = new PtyHost(path.join(directory, 'board'), (chunk) => emulated.receive(chunk));
  const emulated = new Board(
    { realtime: true, ...config },
    {
      toHost: (chunk) => pty.write(chunk),
      onBacklog: (full) => pty.setPaused(full),
      onPlug: (plugged) => {
        if (plugged) void pty.plug();
        else pty.unplug();
      },
    },
  );
  await pty.plug();
  return {
    transport: new SerialTransport({ port: pty.path, baudRate: BAUD }),
    baudRate: BAUD,
    emulated,
    close: async () => {
      emulated.close();
      pty.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function hardwareRig(port: string): Promise<BoardRig> {
  const baudRate = Number(process.env.BEAMLOOP_TEST_BAUD ?? BAUD);
  return { transport: openPort(port, { baudRate }).transport, baudRate, close: async () => {} };
}

/** Every control there is, few elements, and more of them than one message tells delays of. */
const DELAY_BOARD = {
  numElements: 300,
  delayBits: 5,
  delayLsbS: 2e-12,
  amplitudeBits: 2,
  delayLinesS: [0, 3, 7].map((step) => Float64Array.from({ length: 300 }, (_, n) => n * step * 1e-12)),
};

/** Name and maker of every board to test. */
export function boardRigs(): [string, () => Promise<BoardRig>][] {
  const port = process.env.BEAMLOOP_TEST_PORT;
  return [
    ['emulated, on a loopback', () => loopbackRig()],
    ['emulated, on a pseudo-terminal', () => ptyRig()],
    ['emulated, with delays and fixed lines', () => loopbackRig({ model: DELAY_BOARD })],
    ...(port === undefined
      ? []
      : [[`hardware at ${port}`, () => hardwareRig(port)] as [string, () => Promise<BoardRig>]]),
  ];
}

/** Connects with so much patience that a machine that stands still for a while is not taken for a silent board or host. */
export function connect(rig: BoardRig, options: Partial<OpenNativeBoardOptions> = {}): Promise<NativeBoard> {
  const { transport, baudRate } = rig;
  // A real board that is silent is not waited for.
  const helloTimeoutS = 'emulated' in rig ? PATIENCE_S : 10;
  const patience = { watchdogS: 60, linkTimeoutS: 60, helloTimeoutS };
  return openNativeBoard({ transport, baudRate, ...patience, ...options });
}

/**
 * Arms the board for a start soon, on a whole tick of its clock; returns the start, s of board time. Where the machine was
 * too busy to tell the board in time, for a later one.
 */
export async function armSoon(board: NativeBoard, firstSlot: number, slotDurationS: number): Promise<number> {
  const { clockRateHz } = board.description;
  for (let leadS = 0.1; ; leadS *= 2) {
    const { hiS } = await board.readBoardTime();
    const startBoardTimeS = Math.round((hiS + leadS) * clockRateHz) / clockRateHz;
    try {
      await board.arm({ firstSlot, startBoardTimeS, slotDurationS });
      return startBoardTimeS;
    } catch (error) {
      if (leadS > 30 || !(error as Error).message.includes('start already past')) throw error;
    }
  }
}

/** Waits for what is sure to come; a board that never brings it fails the test. */
export async function until(condition: () => boolean): Promise<void> {
  const untilS = performance.now() / 1e3 + PATIENCE_S;
  while (!condition()) {
    if (performance.now() / 1e3 > untilS)
      throw new Error(`it did not come within ${PATIENCE_S} s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
