/**
 * Campaigns on the reference firmware find what they find on the emulated board: the same codewords latched in the same order,
 * with the same outcome, and the same estimates; on one board of all elements, and on eight that are one array.
 */
import { describe, expect, it } from 'vitest';
import type { ArrayBoard } from '../../drivers/array-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { TiledArray } from '../../drivers/boards/tiled/tiled-array.js';
import { type BoardModel, DEFAULT_BOARD, elementFormat } from '../../drivers/emulator/board-model.js';
import { type AirSlot, EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { MACHINE_CLOCK_AHEAD_S } from '../../drivers/emulator/machine-clock.js';
import { IDEAL_RF, RfFrontEnd } from '../../drivers/emulator/rf.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { packedLength, unpackElementSettings } from '../../firmware-protocol/element-settings.js';
import type { OpenTestbed } from '../../src/campaign/open-testbed.js';
import { startRun } from '../../src/campaign/run.js';
import { monotonicClock } from '../../src/core/clock.js';
import { runOfElements } from '../../src/core/element-run.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { type EmulatedSection, emulatedSection } from '../../src/testbed.js';
import { UesInProcess } from '../contract/faulty-campaign.js';
import { decided } from '../system/campaign-runs.js';
import { PosixBoard } from './posix-board.js';
import { QemuBoard } from './qemu-board.js';
import type { Sizes } from './sizes.js';
import { IS_FULL, make, ownFolder, requireTools } from './toolchain.js';
import { WholeAir } from './whole-air.js';

const SLOT_S = 4e-3;
const BAUD = 3_000_000;
const QEMU_BAUD = 115_200;
const QEMU_SLOT_S = 10e-3;

interface Campaign {
  readonly model: BoardModel;
  readonly scenario: string;
  /** At least so many slots are latched. */
  readonly leastSlots: number;
}

const DPC: Campaign = {
  model: { ...DEFAULT_BOARD, numElements: 512 },
  leastSlots: 80,
  scenario: `
seed: 3
array: { elements: 512, carrier: 100 GHz, rings: 4 }
board: { port: emulated }
slots: { duration: ${SLOT_S * 1e3} ms, turnaround: 20 ms, maxAttempts: 20 }
scheme: dpc
channel: { snr: 60 dB, scatterers: 0, region: { ringDistance: [12 m, 80 m], angle: [-60 deg, 60 deg] } }
bridge: { powerTimeout: 2 s }
users:
  - { id: ada, position: { ring: 14 m, angle: -38 deg } }
  - { id: bela, position: { ring: 33 m, angle: 21 deg } }
`,
};
/** Small and slow enough for a UART of 115,200 baud. */
const SMALL: Campaign = {
  model: { ...DEFAULT_BOARD, numElements: 32 },
  leastSlots: 15,
  scenario: `
seed: 3
array: { elements: 32, carrier: 28 GHz, rings: 3 }
board: { port: emulated, baud: 115200 }
slots: { duration: 10 ms, turnaround: 50 ms, maxAttempts: 20 }
scheme: dpc
channel: { snr: 60 dB, scatterers: 0 }
bridge: { powerTimeout: 2 s }
users: [{ id: ada, position: [3 m, 0.5 m] }, { id: bela, position: [2 m, -1 m] }]
`,
};
const TDPS: Campaign = {
  model: { ...DEFAULT_BOARD, numElements: 256, delayBits: 16, delayLsbS: 4e-12 },
  leastSlots: 6,
  scenario: `
seed: 3
array: { elements: 256, carrier: 30 GHz, rings: 6, bandwidth: 5 GHz, subcarriers: 384, sector: { angle: 60 deg, distance: [10 m, 40 m] } }
board: { port: emulated, emulated: { delayBits: 16, delayLsb: 4 ps } }
slots: { duration: ${SLOT_S * 1e3} ms, turnaround: 20 ms, maxAttempts: 20 }
scheme: { name: tdps, pilots: 4 }
channel: { snr: Infinity, scatterers: 0 }
bridge: { powerTimeout: 2 s }
users: [{ id: ada, position: [21 m, 3.5 m] }, { id: bela, position: [14 m, -9 m] }]
`,
};

/** What a campaign runs on: a way to open the board, and to end it. */
interface Laboratory {
  open(signal: AbortSignal): Promise<ArrayBoard>;
  close(): Promise<void>;
}

type Hear = (signal: Parameters<UesInProcess['hear']>[0]) => void;
type StartBoard = (campaign: Campaign, hear: Hear) => Promise<Laboratory>;

const emulatedBoard: StartBoard = async ({ model }, hear) => {
  const { host, device } = createLoopback();
  const emulated: EmulatedBoard = new EmulatedBoard(
    { realtime: true, model },
    {
      toHost: (chunk) => void device.write(chunk).catch(() => {}),
      onAir: ({ fromS, untilS, codeword }) => hear({ fromS, untilS, weights: codeword?.weights ?? null }),
    },
  );
  await device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
  return {
    open: (signal) => openNativeBoard({ transport: host, baudRate: BAUD, signal }),
    close: async () => {
      emulated.close();
      await device.close();
    },
  };
};

/** So many processes of the firmware, of whose array each has a part; what all latch is heard for a slot. */
const firmwareBoards =
  (numBoards: number): StartBoard =>
  async ({ model }, hear) => {
    const { numElements: arrayElements } = model;
    const numElements = arrayElements / numBoards;
    const folder = await make('sanitized', sizesOf({ ...model, numElements }));
    const format = elementFormat(model);
    const recordBytes = 8 + packedLength(numElements, format);
    const tiles = Array.from({ length: numBoards }, (_, k) =>
      // Every other board is built in the other way round.
      runOfElements(k * numElements, numElements, k % 2 === 1),
    );
    const air = new WholeAir(
      tiles.map((elements) => ({ elements: Array.from(elements), arrayElements })),
      SLOT_S,
      ({ fromS, untilS, codeword }: AirSlot) => hear({ fromS, untilS, weights: codeword?.weights ?? null }),
    );
    const boards = await Promise.all(
      tiles.map((elements, k) => {
        const places = { elements: Array.from(elements), arrayElements };
        const front = new RfFrontEnd({ ...model, numElements }, IDEAL_RF, places);
        let waiting = Buffer.alloc(0);
        const onAir = (bytes: Buffer) => {
          waiting = Buffer.concat([waiting, bytes]);
          for (; waiting.length >= recordBytes; waiting = waiting.subarray(recordBytes)) {
            const fromS = Number(waiting.readBigUInt64LE()) / 1e9 - MACHINE_CLOCK_AHEAD_S;
            const packed = waiting.subarray(8, recordBytes);
            const settings = unpackElementSettings(packed, numElements, format);
            air.add(k, fromS, packed.toString('hex'), front.weights(settings));
          }
        };
        return PosixBoard.start(folder, { onAir });
      }),
    );
    return {
      open: async (signal) => {
        const opened = await Promise.all(
          boards.map(({ path }) => {
            const transport = new SerialTransport({ port: path, baudRate: BAUD });
            return openNativeBoard({ transport, baudRate: BAUD, signal });
          }),
        );
        if (numBoards === 1) return opened[0]!;
        return new TiledArray(
          opened.map((board, k) => ({ board, name: boards[k]!.path, elements: tiles[k]! })),
          { alignmentS: SLOT_S / 2, slotDurationS: SLOT_S },
        );
      },
      close: async () => {
        for (const board of boards) await board.end();
      },
    };
  };

/** The image in QEMU. Nobody sees its elements: what it radiates is taken from its receipts, to which its conformance holds it. */
const imageInQemu: StartBoard = async ({ model }, hear) => {
  const board = await QemuBoard.start(await make('lm3s6965', { NUM_ELEMENTS: model.numElements }));
  const front = new RfFrontEnd(model, IDEAL_RF);
  return {
    open: async (signal) => {
      const { transport } = board.rig();
      const opened = await openNativeBoard({ transport, baudRate: QEMU_BAUD, signal });
      const packed = new Map<string, Uint8Array>();
      const { pack } = opened;
      opened.pack = (...given) => {
        const codeword = pack.apply(opened, given);
        packed.set(codeword.hash, codeword.bytes);
        return codeword;
      };
      opened.on('receipt', ({ hash, boardTimeS, status }) => {
        if (status !== 'latched') return;
        const { loS, hiS } = opened.boardTime();
        const fromS = monotonicClock.nowS() + boardTimeS - (loS + hiS) / 2;
        const settings = unpackElementSettings(packed.get(hash)!, model.numElements, elementFormat(model));
        hear({ fromS, untilS: fromS + QEMU_SLOT_S, weights: front.weights(settings) });
      });
      return opened;
    },
    close: () => board.end(),
  };
};

function sizesOf({ numElements, delayBits, delayLsbS }: BoardModel): Sizes {
  const lsbFs = Math.round(delayLsbS * 1e15);
  return {
    NUM_ELEMENTS: numElements,
    ...(delayBits > 0 && {
      DELAY_BITS: delayBits,
      DELAY_LSB_FS: lsbFs,
      DELAY_RANGE_FS: lsbFs * (2 ** delayBits - 1),
    }),
    ...{ MEMORY_DEPTH: 1024, QUEUE_DEPTH: 1024, LATCH_AHEAD: 1024, CLOCK_HZ: 100_000_000 },
    ...{ WINDOW: 32, MAX_PAYLOAD: 1024, OUTBOX_BYTES: 32_768 },
  };
}

const testbedOn =
  (campaign: Campaign, start: StartBoard): OpenTestbed<EmulatedSection> =>
  async (request) => {
    const ues = new UesInProcess(request);
    const laboratory = await start(campaign, (signal) => ues.hear(signal));
    const board = await laboratory.open(request.signal);
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
async function campaignOn(campaign: Campaign, start: StartBoard) {
  const folder = `${ownFolder()}/recording`;
  await startRun(parseScenario(campaign.scenario, 'firmware.yaml', emulatedSection), folder, {
    openTestbed: testbedOn(campaign, start),
    realtime: true,
  });
  const { receipts, estimates } = await decided(folder);
  return {
    // On real time an exchange begins in the next slot that can be met: numbers differ, neighbours do not.
    receipts: receipts.map(({ slot, hash, status, codewordIndex }, k) => ({
      hash,
      status,
      codewordIndex,
      follows: slot === (receipts[k - 1]?.slot ?? -1) + 1,
    })),
    // The noise of a slot hangs on its number, and 60 dB below nothing is decided.
    decisions: estimates.map(({ ue, codewordKey, angleRad, distanceM, numPilots }) => ({
      ...{ ue, codewordKey, angleRad, distanceM, numPilots },
    })),
  };
}

describe.runIf(IS_FULL)('a campaign on the firmware', () => {
  // Where the machine stands still, slots go by and are asked for again: that run says nothing.
  it.each([
    ['DPC, 512 elements, one board', DPC, firmwareBoards(1)],
    ['DPC, 512 elements, eight boards', DPC, firmwareBoards(8)],
    ['TD-PS, 256 elements, one board', TDPS, firmwareBoards(1)],
    ['TD-PS, 256 elements, eight boards', TDPS, firmwareBoards(8)],
    ['DPC, 32 elements, the image in QEMU', SMALL, imageInQemu],
  ])(
    'latches the same codewords as on the emulated board, and finds the same users: %s',
    {
      retry: 4,
    },
    async (_what, campaign, start) => {
      requireTools('make', 'cc', 'arm-none-eabi-gcc', 'qemu-system-arm');
      const wanted = await campaignOn(campaign, emulatedBoard);
      const found = await campaignOn(campaign, start);
      expect(wanted.receipts.length).toBeGreaterThan(campaign.leastSlots);
      expect(wanted.decisions.map(({ ue }) => ue)).toEqual(['ada', 'bela']);
      expect(found).toEqual(wanted);
    },
  );
});
