/**
 * What every board must do (SPEC section 11, seen through the driver): emulated ones on every run, a real one where
 * BEAMLOOP_TEST_PORT names its port.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { SlotEntry } from '../../drivers/array-board.js';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { armSoon, type BoardRig, boardRigs, connect, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const SLOT_S = 1e-3;

describe.each(boardRigs())('board: %s', (_name, createRig) => {
  let rig: BoardRig | null = null;
  let board: NativeBoard | null = null;

  async function connected(): Promise<{ board: NativeBoard; watcher: BoardWatcher }> {
    rig ??= await createRig();
    board = await connect(rig);
    const watcher = new BoardWatcher(board);
    await board.stop();
    return { board, watcher };
  }

  afterEach(async () => {
    await board?.close();
    await rig?.close();
    board = null;
    rig = null;
  });

  it('describes itself', async () => {
    const { description } = (await connected()).board;
    expect(description.numElements).toBeGreaterThan(0);
    expect(description.phaseBits).toBeGreaterThan(0);
    expect(description.memoryDepth).toBeGreaterThan(0);
    expect(description.queueDepth).toBeGreaterThan(0);
    expect(description.clockRateHz * SLOT_S).toBeGreaterThan(1);
    expect(description.model).not.toBe('');
    expect(description.serialNumber).not.toBe('');
    expect(description.protocolVersion).toMatch(/^1\.\d+$/);
    const { delayLinesS, lineBits, numElements } = description;
    expect(2 ** lineBits).toBeGreaterThanOrEqual(delayLinesS?.length ?? 1);
    expect(2 ** lineBits / 2).toBeLessThan(delayLinesS?.length ?? 1);
    for (const line of delayLinesS ?? []) {
      expect(line).toHaveLength(numElements);
      expect(Math.min(...line)).toBeGreaterThanOrEqual(0);
    }
  });

  it('latches every queued slot at its time with its codeword, and says so once, in order', async () => {
    const { board, watcher } = await connected();
    const codewords = randomCodewords(board, Math.min(40, board.description.memoryDepth), 1);
    await board.load(codewords);
    const entries: SlotEntry[] = [];
    for (let k = 0; k < Math.min(200, board.description.queueDepth); k++) {
      // Every fifth slot is left out.
      entries.push({ slot: 1000 + k + Math.floor(k / 4), hash: codewords[k % codewords.length]!.hash });
    }
    await board.queue(entries);
    expect(board.outstandingSlots()).toBe(entries.length);
    expect(watcher.receipts).toEqual([]);
    const startS = await armSoon(board, 1000, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.slots).toEqual(entries.map((entry) => entry.slot));
    const tickS = 1 / board.description.clockRateHz;
    watcher.receipts.forEach((receipt, k) => {
      expect(receipt.hash).toBe(entries[k]!.hash);
      expect(receipt.status).toBe('latched');
      expect(Math.abs(receipt.boardTimeS - (startS + (receipt.slot - 1000) * SLOT_S))).toBeLessThan(
        1.5 * tickS,
      );
    });
    expect(watcher.faults).toEqual([]);
  });

  it('keeps its codewords from one program to the next, which loads only what is missing', async () => {
    const first = (await connected()).board;
    const count = Math.min(30, first.description.memoryDepth - 1);
    const codewords = randomCodewords(first, count + 1, 2);
    await first.load(codewords.slice(0, count));
    await first.load(codewords.slice(0, count));
    expect(first.linkStatistics().codewordsReused).toBeGreaterThanOrEqual(count);
    await first.close();
    const second = (await connected()).board;
    await second.load(codewords);
    expect(second.linkStatistics()).toMatchObject({ codewordsLoaded: 1, codewordsReused: count });
  });

  it('refuses slots that do not rise, and takes all of a request or nothing', async () => {
    const { board } = await connected();
    const [codeword] = randomCodewords(board, 1, 3);
    const hash = codeword!.hash;
    await expect(board.queue([{ slot: 5, hash }])).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
    await board.load([codeword!]);
    await board.queue([{ slot: 5, hash }]);
    const refused = board.queue([
      { slot: 4, hash },
      { slot: 6, hash },
    ]);
    await expect(refused).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      what: expect.stringContaining('rise'),
    });
    expect(board.outstandingSlots()).toBe(1);
    await board.queue([{ slot: 6, hash }]);
    expect(board.outstandingSlots()).toBe(2);
  });

  it('refuses a start that has passed', async () => {
    const { board } = await connected();
    const { loS } = await board.readBoardTime();
    const late = board.arm({ firstSlot: 0, startBoardTimeS: Math.max(0, loS - 1e-3), slotDurationS: SLOT_S });
    await expect(late).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      what: expect.stringContaining('slot clock'),
    });
  });

  it('forgets its queue when stopped: no receipts, and the same slots can be queued again', async () => {
    const { board, watcher } = await connected();
    const [codeword] = randomCodewords(board, 1, 4);
    const entries = [7, 8, 9].map((slot) => ({ slot, hash: codeword!.hash }));
    await board.load([codeword!]);
    await board.queue(entries);
    await board.stop();
    expect(board.outstandingSlots()).toBe(0);
    await board.queue(entries);
    await armSoon(board, 7, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.slots).toEqual([7, 8, 9]);
  });

  it('misses slots while muted, and latches again when not', async () => {
    const { board, watcher } = await connected();
    const [codeword] = randomCodewords(board, 1, 5);
    const hash = codeword!.hash;
    await board.load([codeword!]);
    await board.mute(true);
    await board.queue([{ slot: 10, hash }]);
    await armSoon(board, 10, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    await board.mute(false);
    await board.queue([{ slot: 5000, hash }]);
    await armSoon(board, 5000, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.receipts.map(({ slot, status }) => [slot, status])).toEqual([
      [10, 'missed'],
      [5000, 'latched'],
    ]);
  });

  it('misses a slot that has ended before it was queued, and says so at once', async () => {
    const { board, watcher } = await connected();
    const [codeword] = randomCodewords(board, 1, 8);
    await board.load([codeword!]);
    const startS = await armSoon(board, 0, SLOT_S);
    while ((await board.readBoardTime()).loS < startS + 10 * SLOT_S);
    await board.queue([{ slot: 5, hash: codeword!.hash }]);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.receipts).toMatchObject([{ slot: 5, status: 'missed' }]);
  });

  it('repeats receipts on request, also to the next program', async () => {
    const { board, watcher } = await connected();
    const [codeword] = randomCodewords(board, 1, 6);
    const entries = [20, 21, 22, 23].map((slot) => ({ slot, hash: codeword!.hash }));
    await board.load([codeword!]);
    await board.queue(entries);
    await armSoon(board, 20, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    const original = [...watcher.receipts];
    await board.requestReceipts(21, 2);
    expect(watcher.receipts).toEqual([...original, original[1], original[2]]);
    await board.close();
    const next = await connected();
    await next.board.requestReceipts(0, 100);
    expect(next.watcher.receipts.filter(({ slot }) => slot >= 20 && slot <= 23)).toEqual(original);
    expect(next.watcher.faults).toEqual([]);
  });

  it('keeps a time that the host knows within a bound, and that goes on at the right rate', async () => {
    const { board } = await connected();
    // Each interval holds the board's time at some moment between the host's times before and after it was read.
    const read = async () => {
      const beforeS = performance.now() / 1e3;
      const { loS, hiS } = await board.readBoardTime();
      return { loS, hiS, beforeS, afterS: performance.now() / 1e3 };
    };
    const first = await read();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const second = await read();
    expect(first.hiS).toBeGreaterThan(first.loS);
    expect(second.loS).toBeGreaterThan(first.hiS);
    expect(second.hiS - first.loS).toBeGreaterThan(0.99 * (second.beforeS - first.afterS));
    expect(second.loS - first.hiS).toBeLessThan(1.01 * (second.afterS - first.beforeS));
  });

  it('reports its condition', async () => {
    const { board, watcher } = await connected();
    await board.mute(true);
    watcher.telemetry.length = 0;
    board.requestTelemetry();
    await until(() => watcher.telemetry.length > 0);
    expect(watcher.telemetry[0]).toMatchObject({ muted: true, armed: false, queueDepth: 0 });
    expect(watcher.telemetry[0]!.temperatureC).toBeGreaterThan(-60);
    await board.mute(false);
  });

  it('evicts what no queued slot needs, and refuses more than its memory holds', async () => {
    const { board } = await connected();
    const { memoryDepth, queueDepth } = board.description;
    const codewords = randomCodewords(board, memoryDepth + 1, 7);
    await expect(board.load(codewords)).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
    const pinned = codewords.slice(0, Math.min(10, queueDepth));
    await board.load(pinned);
    await board.queue(pinned.map(({ hash }, slot) => ({ slot, hash })));
    await board.load(codewords.slice(pinned.length, memoryDepth));
    // Full now; one more evicts one that is not pinned.
    await board.load(codewords.slice(memoryDepth));
    const before = board.linkStatistics().codewordsLoaded;
    await board.load(pinned);
    expect(board.linkStatistics().codewordsLoaded).toBe(before);
    expect(board.codewordsHeld()).toBe(memoryDepth);
  });
});
