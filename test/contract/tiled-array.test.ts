/** Several boards as one array: what is latched on each, what is told of it, and what becomes of the others when one fails. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ArrayBoard, ElementSettings } from '../../drivers/array-board.js';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { TiledArray } from '../../drivers/boards/tiled/tiled-array.js';
import {
  type AirSlot,
  EmulatedBoard,
  type EmulatedBoardConfig,
} from '../../drivers/emulator/emulated-board.js';
import { EmulatedBoards } from '../../drivers/emulator/emulated-boards.js';
import { IDEAL_RF, RfFrontEnd } from '../../drivers/emulator/rf.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import type { Transport } from '../../drivers/transports/transport.js';
import { contentHash } from '../../firmware-protocol/content-hash.js';
import { packElementSettings, unpackElementSettings } from '../../firmware-protocol/element-settings.js';
import { Random } from '../../src/core/random.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const BAUD = 3_000_000;
const SLOT_S = 1e-3;
/** A run, a run the other way round, and every other of the rest. */
const PLACES = [
  [0, 1, 2, 3, 4],
  [9, 8, 7, 6, 5],
  [10, 12, 14],
  [11, 13, 15],
];
const MODEL = { phaseBits: 5, delayBits: 3, delayLsbS: 2e-12, amplitudeBits: 2 };
const RF = { ...IDEAL_RF, phaseErrorRmsRad: 0.3, amplitudeErrorRmsDb: 1, deadElements: [6, 13] };

interface Laboratory {
  readonly clock: VirtualClock;
  readonly array: TiledArray;
  readonly watcher: BoardWatcher;
  readonly boards: readonly NativeBoard[];
  readonly emulated: EmulatedBoards;
  readonly onAir: readonly AirSlot[];
  readonly events: readonly string[];
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function configsOf(changes: readonly Partial<EmulatedBoardConfig>[] = []): EmulatedBoardConfig[] {
  return PLACES.map((elements, k) => ({
    realtime: true,
    model: { ...MODEL, numElements: elements.length, serialNumber: `tile-${k + 1}`, baud: BAUD },
    rf: RF,
    places: { elements, arrayElements: 16 },
    ...changes[k],
  }));
}

/** Boards on loopbacks, all on one virtual clock. */
async function laboratory(changes?: readonly Partial<EmulatedBoardConfig>[]): Promise<Laboratory> {
  const clock = new VirtualClock();
  const onAir: AirSlot[] = [];
  const links = PLACES.map((_, k) => createLoopback(`tile ${k + 1}`));
  const attach = (k: number) =>
    links[k]!.device.open({ onBytes: (chunk) => emulated.boards[k]!.receive(chunk), onClosed: () => {} });
  const emulated: EmulatedBoards = new EmulatedBoards(
    configsOf(changes),
    (k) => ({
      toHost: (chunk) => void links[k]!.device.write(chunk).catch(() => {}),
      onPlug: (plugged) => {
        if (!plugged) return links[k]!.unplug();
        links[k]!.plug();
        void attach(k);
      },
    }),
    (slot) => onAir.push(slot),
    clock.timers,
  );
  closing.push(() => emulated.close());
  for (const k of PLACES.keys()) await attach(k);
  const random = new Random(5, 'sessions');
  const boards = await clock.during(
    Promise.all(
      links.map(({ host }) =>
        openNativeBoard({ transport: host, clock, baudRate: BAUD, random: () => random.uint32() }),
      ),
    ),
  );
  const array = new TiledArray(
    boards.map((board, k) => ({ board, name: `port ${k + 1}`, elements: Uint32Array.from(PLACES[k]!) })),
    { alignmentS: SLOT_S, slotDurationS: SLOT_S },
  );
  const events: string[] = [];
  array.on('link', (state, reason) => events.push(`${state} ${reason}`));
  array.on('reset', () => events.push('reset'));
  array.on('replaced', () => events.push('replaced'));
  return { clock, array, watcher: new BoardWatcher(array), boards, emulated, onAir, events };
}

async function armSoon(array: ArrayBoard, firstSlot: number): Promise<number> {
  const { hiS } = await array.readBoardTime();
  const startBoardTimeS = hiS + 0.1;
  await array.arm({ firstSlot, startBoardTimeS, slotDurationS: SLOT_S });
  return startBoardTimeS;
}

function settingsOf(array: ArrayBoard, bytes: Uint8Array): ElementSettings {
  return unpackElementSettings(bytes, array.description.numElements, array.description);
}

describe('several boards as one array', () => {
  it('are described as the one board that they are together', async () => {
    const { array, boards } = await laboratory([
      {},
      { model: { ...MODEL, numElements: 5, memoryDepth: 40, queueDepth: 900 } },
    ]);
    expect(array.description).toMatchObject({
      numElements: 16,
      ...MODEL,
      memoryDepth: 40,
      serialNumber: boards.map(({ description }) => description.serialNumber).join(', '),
    });
    expect(array.description.queueDepth).toBeLessThanOrEqual(900);
  });

  it('latch, each its part, what one board with all elements would, and it is told once when all have', async () => {
    const { clock, array, watcher, onAir } = await laboratory([{ driftPpm: 80 }, { driftPpm: -90 }]);
    const codewords = randomCodewords(array, 20, 1);
    const whole = new RfFrontEnd({ ...array.description }, RF);
    const entries = Array.from({ length: 100 }, (_, slot) => ({ slot, hash: codewords[slot % 20]!.hash }));
    await clock.during(
      (async () => {
        await array.load(codewords);
        await array.queue(entries);
        expect(array.outstandingSlots()).toBe(100);
        const startS = await armSoon(array, 0);
        while (watcher.receipts.length < 100) await clock.sleep(0.01);
        // Air is told of a slot when it is over.
        await clock.sleep(0.2);
        for (const [slot, receipt] of watcher.receipts.entries()) {
          const codeword = codewords[slot % 20]!;
          expect(receipt).toMatchObject({ slot, hash: codeword.hash, index: slot % 20, status: 'latched' });
          expect(receipt.boardTimeS).toBeCloseTo(startS + slot * SLOT_S, 5);
          expect(codeword.hash).toBe(
            contentHash(packElementSettings(settingsOf(array, codeword.bytes), array.description)),
          );
        }
      })(),
    );
    expect(array.outstandingSlots()).toBe(0);
    expect(onAir.map(({ slot }) => slot)).toEqual(entries.map(({ slot }) => slot));
    for (const { slot, codeword } of onAir) {
      const { re, im, delayS } = whole.weights(settingsOf(array, codewords[slot % 20]!.bytes));
      expect(codeword!.weights).toEqual({ re, im, delayS });
    }
  });

  it('do not count a slot that one of them missed', async () => {
    const { clock, array, watcher } = await laboratory([{}, {}, { faults: missing([3, 7]) }]);
    const [codeword] = randomCodewords(array, 1, 2);
    await clock.during(
      (async () => {
        await array.load([codeword!]);
        await array.queue(Array.from({ length: 10 }, (_, slot) => ({ slot, hash: codeword!.hash })));
        await armSoon(array, 0);
        while (watcher.receipts.length < 10) await clock.sleep(0.01);
      })(),
    );
    const missed = watcher.receipts.filter(({ status }) => status === 'missed').map(({ slot }) => slot);
    expect(missed).toEqual([3, 7]);
  });

  it.each([
    ['is unplugged', 'replaced', (emulated: EmulatedBoard) => emulated.unplug(3)],
    ['restarts', 'reset', (emulated: EmulatedBoard) => emulated.reset()],
  ] as const)(
    'all mute when one %s, which is named, and go on when it is back',
    async (_how, event, fail) => {
      const { clock, array, watcher, emulated, boards, onAir, events } = await laboratory();
      const codewords = randomCodewords(array, 8, 3);
      const entriesFrom = (first: number, count: number) =>
        Array.from({ length: count }, (_, k) => ({ slot: first + k, hash: codewords[k % 8]!.hash }));
      await clock.during(
        (async () => {
          await array.load(codewords);
          await array.queue(entriesFrom(0, 500));
          await armSoon(array, 0);
          while (watcher.receipts.length < 20) await clock.sleep(1e-3);
          const failedAtS = clock.nowS();
          fail(emulated.boards[2]!);
          while (!events.includes(event)) await clock.sleep(1e-3);
          await clock.sleep(0.05);
          expect(boards.map(({ muted }) => muted).filter((_, k) => k !== 2)).toEqual([true, true, true]);
          const radiated = () =>
            onAir.filter(({ fromS, codeword }) => fromS > clock.nowS() - 0.01 && codeword !== null);
          await clock.sleep(0.1);
          expect(radiated()).toEqual([]);
          expect(array.outstandingSlots()).toBe(0);
          // What was latched by all before counts; nothing after does.
          for (const { slot } of watcher.receipts) {
            const whole = onAir.find((each) => each.slot === slot)!;
            expect(whole.fromS).toBeLessThan(failedAtS + 1e-3);
          }
          const numBefore = watcher.receipts.length;
          await array.load(codewords);
          await array.stop();
          await array.queue(entriesFrom(1000, 20));
          await armSoon(array, 1000);
          while (watcher.receipts.length < numBefore + 20) await clock.sleep(0.01);
          expect(watcher.receipts.slice(numBefore).map(({ slot, status }) => `${slot} ${status}`)).toEqual(
            entriesFrom(1000, 20).map(({ slot }) => `${slot} latched`),
          );
          await clock.sleep(0.2);
        })(),
      );
      const later = onAir.filter(({ slot }) => slot >= 1000);
      expect(later.map(({ codeword }) => codeword?.hash.includes('-'))).toEqual(later.map(() => false));
      if (event === 'replaced') expect(events[0]).toMatch(/^down port 3: /);
      if (event === 'replaced') expect(events.at(-1)).toMatch(/^up port 3: /);
    },
  );

  it('refuse boards that make no one array, and name the one', async () => {
    const unlike = laboratory([{}, { model: { ...MODEL, phaseBits: 6, numElements: 5 } }]);
    await expect(unlike).rejects.toThrow(/must be alike: board .* has phase bits 6, .* has 5.*port 2/);
    const short = laboratory([{}, {}, { model: { ...MODEL, numElements: 2 } }]);
    await expect(short).rejects.toThrow(/has 2 elements; it is to drive 3.*port 3/);
  });

  it('start together on one edge of the trigger', async () => {
    const { clock, array, watcher, emulated, onAir } = await laboratory([
      { driftPpm: 100 },
      { driftPpm: -100 },
    ]);
    const [codeword] = randomCodewords(array, 1, 2);
    await clock.during(
      (async () => {
        await array.load([codeword!]);
        await array.queue(Array.from({ length: 10 }, (_, slot) => ({ slot, hash: codeword!.hash })));
        await array.armOnTrigger(0, SLOT_S);
        await clock.sleep(0.05);
        expect(watcher.receipts).toEqual([]);
        for (const board of emulated.boards) board.trigger();
        while (watcher.receipts.length < 10) await clock.sleep(0.01);
        await clock.sleep(0.2);
      })(),
    );
    expect(watcher.receipts.every(({ status }) => status === 'latched')).toBe(true);
    expect(onAir.every(({ codeword }) => codeword !== null && !codeword.hash.includes('-'))).toBe(true);
  });
});

function missing(missedSlots: readonly number[]) {
  const none = { drop: 0, flip: 0, duplicate: 0 };
  return {
    toBoard: none,
    toHost: none,
    fragmentBytes: null,
    memoryDelayS: 0,
    missedSlots,
    missRate: 0,
    events: [],
  };
}

describe('clocks of eight boards', () => {
  it('start slots within the bound that is claimed, and hold the truth, with delays unlike each way and 100 ppm of drift', async () => {
    await expectAligned(1);
  });
});

/** Of each slot when each board really began it, s of the one true clock. */
async function expectAligned(seed: number): Promise<void> {
  const clock = new VirtualClock();
  const random = new Random(seed, 'delays');
  const alignmentS = 8e-3;
  const begun = Array.from({ length: 8 }, () => new Map<number, number>());
  const emulated: EmulatedBoard[] = [];
  const open = begun.map(async (starts, k) => {
    const { host, device } = createLoopback(`tile ${k}`);
    const driftPpm = [100, -100, 0, 60][k % 4]!;
    const board: EmulatedBoard = new EmulatedBoard(
      { realtime: true, model: { numElements: 4, serialNumber: `tile-${k}` }, driftPpm, seed: k + 1 },
      {
        toHost: (chunk) => void device.write(chunk).catch(() => {}),
        onAir: ({ slot, fromS }) => starts.set(slot, fromS),
        timers: clock.timers,
      },
    );
    emulated.push(board);
    await device.open({ onBytes: (chunk) => board.receive(chunk), onClosed: () => {} });
    const transport = delayed(
      host,
      clock,
      () => 1e-4 + random.uniform() * 6e-4,
      () => 1e-4 + random.uniform() * 2.5e-3,
    );
    const native = await openNativeBoard({ transport, clock, baudRate: BAUD, random: () => random.uint32() });
    return { board, native };
  });
  closing.push(() => {
    for (const board of emulated) board.close();
  });
  const all = await clock.during(Promise.all(open));
  const array = new TiledArray(
    all.map(({ native }, k) => ({
      board: native,
      name: `port ${k}`,
      elements: Uint32Array.of(4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3),
    })),
    { alignmentS, slotDurationS: 2e-3 },
  );
  const watcher = new BoardWatcher(array);
  const [codeword] = randomCodewords(array, 1, 1);
  let numSamples = 0;
  const sample = () => {
    for (const { board, native } of all) {
      const { loS, hiS } = native.boardTime();
      expect(board.boardTimeS).toBeGreaterThanOrEqual(loS - 1e-9);
      expect(board.boardTimeS).toBeLessThanOrEqual(hiS + 1e-9);
      numSamples++;
    }
  };
  const numSlots = Math.min(800, array.description.queueDepth);
  await clock.during(
    (async () => {
      await array.load([codeword!]);
      const { hiS } = await array.readBoardTime();
      await array.arm({ firstSlot: 0, startBoardTimeS: hiS + 0.2, slotDurationS: 2e-3 });
      let first = 0;
      // Longer than clocks keep together: between chunks boards are armed anew.
      for (let chunk = 0; chunk < 3; chunk++) {
        const entries = Array.from({ length: numSlots }, (_, k) => ({
          slot: first + k,
          hash: codeword!.hash,
        }));
        await array.queue(entries);
        while (array.outstandingSlots() > 0) {
          await clock.sleep(7.3e-3);
          sample();
        }
        const { loS } = array.boardTime();
        first = Math.ceil((loS - hiS - 0.2 + 0.25) / 2e-3);
      }
    })(),
  );
  expect(numSamples).toBeGreaterThan(1500);
  expect(watcher.receipts.length).toBe(3 * numSlots);
  expect(watcher.receipts.filter(({ status }) => status !== 'latched')).toEqual([]);
  const spreads = watcher.receipts.map(({ slot }) => {
    const times = begun.map((starts) => starts.get(slot)!);
    return Math.max(...times) - Math.min(...times);
  });
  expect(Math.max(...spreads)).toBeLessThanOrEqual(alignmentS);
  // The bound is no empty word: clocks that were taken to be alike would be off by more.
  expect(Math.max(...spreads)).toBeGreaterThan(1e-5);
}

/** A line that takes its time, another each way and each time, and keeps the order. */
function delayed(
  inner: Transport,
  clock: VirtualClock,
  toBoardS: () => number,
  toHostS: () => number,
): Transport {
  const later = (delayS: () => number) => {
    let lastS = 0;
    return (act: () => void) => {
      lastS = Math.max(lastS + 1e-9, clock.nowS() + delayS());
      clock.timers.after(lastS - clock.nowS(), act);
    };
  };
  const toBoard = later(toBoardS);
  const toHost = later(toHostS);
  return {
    name: inner.name,
    open: (listener) =>
      inner.open({ onBytes: (chunk) => toHost(() => listener.onBytes(chunk)), onClosed: listener.onClosed }),
    write: async (bytes) => {
      const copy = bytes.slice();
      toBoard(() => void inner.write(copy).catch(() => {}));
    },
    close: () => inner.close(),
  };
}
