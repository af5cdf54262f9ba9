/**
 * A campaign on the reference firmware finds what it finds on the emulated board: the same codewords latched in the same order,
 * with the same outcome, and the same estimates.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { elementFormat } from '../../drivers/emulator/board-model.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { MACHINE_CLOCK_AHEAD_S } from '../../drivers/emulator/machine-clock.js';
import { IDEAL_RF, RfFrontEnd } from '../../drivers/emulator/rf.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import type { Transport } from '../../drivers/transports/transport.js';
import { packedLength, unpackElementSettings } from '../../firmware-protocol/element-settings.js';
import type { OpenTestbed } from '../../src/campaign/open-testbed.js';
import { startRun } from '../../src/campaign/run.js';
import { monotonicClock } from '../../src/core/clock.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { type EmulatedSection, emulatedSection } from '../../src/testbed.js';
import { UesInProcess } from '../contract/faulty-campaign.js';
import { decided } from '../system/campaign-runs.js';
import { PosixBoard } from './posix-board.js';
import { IS_FULL, make, ownFolder, requireTools } from './toolchain.js';

const ELEMENTS = 512;
const SLOT_S = 2e-3;
const BAUD = 3_000_000;
const SIZES = {
  ...{
    NUM_ELEMENTS: ELEMENTS,
    MEMORY_DEPTH: 1024,
    QUEUE_DEPTH: 1024,
    LATCH_AHEAD: 1024,
    CLOCK_HZ: 100_000_000,
  },
  ...{ WINDOW: 32, MAX_PAYLOAD: 1024, OUTBOX_BYTES: 32_768 },
};
const SCENARIO = `
seed: 3
array: { elements: ${ELEMENTS}, carrier: 100 GHz, rings: 4 }
board: { port: emulated }
slots: { duration: ${SLOT_S * 1e3} ms, turnaround: 20 ms, maxAttempts: 20 }
scheme: dpc
channel: { snr: 60 dB, scatterers: 0, region: { ringDistance: [12 m, 80 m], angle: [-60 deg, 60 deg] } }
bridge: { powerTimeout: 2 s }
users:
  - { id: ada, position: { ring: 14 m, angle: -38 deg } }
  - { id: bela, position: { ring: 33 m, angle: 21 deg } }
`;

type Radiates = Parameters<UesInProcess['hear']>[0];

/** What a campaign runs on: a way to the board, and a way to end it. */
interface Laboratory {
  readonly transport: Transport;
  close(): Promise<void>;
}

type StartBoard = (hear: (signal: Radiates) => void) => Promise<Laboratory>;

const emulatedBoard: StartBoard = async (hear) => {
  const { host, device } = createLoopback();
  const emulated: EmulatedBoard = new EmulatedBoard(
    { realtime: true, model: { numElements: ELEMENTS } },
    {
      toHost: (chunk) => void device.write(chunk).catch(() => {}),
      onAir: ({ fromS, untilS, codeword }) => hear({ fromS, untilS, weights: codeword?.weights ?? null }),
    },
  );
  await device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
  return {
    transport: host,
    close: async () => {
      emulated.close();
      await device.close();
    },
  };
};

/** The firmware's process; what it latches is heard for a slot. */
const firmwareBoard =
  (folder: string): StartBoard =>
  async (hear) => {
    const model = new EmulatedBoard({ model: { numElements: ELEMENTS } }, { toHost: () => {} }).model;
    const format = elementFormat(model);
    const front = new RfFrontEnd(model, IDEAL_RF);
    const recordBytes = 8 + packedLength(ELEMENTS, format);
    let waiting = Buffer.alloc(0);
    const onAir = (bytes: Buffer) => {
      waiting = Buffer.concat([waiting, bytes]);
      for (; waiting.length >= recordBytes; waiting = waiting.subarray(recordBytes)) {
        const fromS = Number(waiting.readBigUInt64LE()) / 1e9 - MACHINE_CLOCK_AHEAD_S;
        const settings = unpackElementSettings(waiting.subarray(8, recordBytes), ELEMENTS, format);
        hear({ fromS, untilS: fromS + SLOT_S, weights: front.weights(settings) });
      }
    };
    const board = await PosixBoard.start(folder, { onAir });
    return {
      transport: new SerialTransport({ port: board.path, baudRate: BAUD }),
      close: () => board.end(),
    };
  };

const testbedOn =
  (start: StartBoard): OpenTestbed<EmulatedSection> =>
  async (request) => {
    const ues = new UesInProcess(request);
    const laboratory = await start((signal) => ues.hear(signal));
    const { transport } = laboratory;
    const board = await openNativeBoard({ transport, baudRate: BAUD, signal: request.signal });
    return {
      board,
      bridge: ues,
      time: 'real',
      earliestBoardTimeS: () => board.boardTime().hiS + 0.05,
      waitUntilBoardTime: async (toS, signal) => {
        await monotonicClock.sleep(Math.max(0, toS - board.boardTime().loS), signal);
      },
      close: async () => {
        await board.close().catch(() => {});
        await ues.close();
        await laboratory.close();
      },
    };
  };

/** What was latched, in order, and what was found. */
async function campaignOn(start: StartBoard) {
  const folder = `${ownFolder()}/recording`;
  await startRun(parseScenario(SCENARIO, 'firmware.yaml', emulatedSection), folder, {
    openTestbed: testbedOn(start),
    realtime: true,
  });
  const { receipts, estimates } = await decided(folder);
  return {
    // On real time an exchange begins in the next slot that can be met: numbers differ, neighbours do not.
    receipts: receipts.map(({ slot, hash, status }, k) => ({
      hash,
      status,
      follows: slot === (receipts[k - 1]?.slot ?? -1) + 1,
    })),
    // The noise of a slot hangs on its number, and 60 dB below nothing is decided.
    decisions: estimates.map(({ ue, codewordKey, angleRad, distanceM, numPilots }) => ({
      ...{ ue, codewordKey, angleRad, distanceM, numPilots },
    })),
  };
}

describe.runIf(IS_FULL)('a campaign on the firmware', () => {
  let folder: string;
  beforeAll(async () => {
    requireTools('make', 'cc');
    folder = await make('sanitized', SIZES);
  });

  // Where the machine stands still, slots go by and are asked for again: that run says nothing.
  it('latches the same codewords as on the emulated board, and finds the same users', {
    retry: 4,
  }, async () => {
    const wanted = await campaignOn(emulatedBoard);
    const found = await campaignOn(firmwareBoard(folder));
    expect(wanted.receipts.length).toBeGreaterThan(80);
    expect(wanted.decisions.map(({ ue }) => ue)).toEqual(['ada', 'bela']);
    expect(found).toEqual(wanted);
  });
});
