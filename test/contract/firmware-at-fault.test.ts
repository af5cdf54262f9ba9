/** Boards that break a rule of SPEC.md, seen through the driver: it says what they did against which clause. */
import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { armSoon, connect, type EmulatedRig, loopbackRig, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';
import { type Change, mutatedBoard } from './mutants.js';
import { MUTATIONS } from './mutations.js';

const SLOT_S = 5e-3;
let rig: EmulatedRig | null = null;
let board: NativeBoard | null = null;
afterEach(async () => {
  await board?.close();
  await rig?.close();
  board = null;
  rig = null;
});

async function connected(...changes: Change[]) {
  rig = await loopbackRig({}, undefined, mutatedBoard(changes));
  board = await connect(rig);
  await board.stop();
  return { board, watcher: new BoardWatcher(board) };
}

function breaking(rule: string): Change {
  return MUTATIONS.find((each) => each.rule === rule)!;
}

const STATE = 'drivers/emulator/firmware/board-state.ts';

/** Runs six slots of as many codewords, and waits until the first breach was told. */
async function breaches(...changes: Change[]) {
  const { board, watcher } = await connected(...changes);
  const codewords = randomCodewords(board, 6, 1);
  await board.load(codewords);
  await armSoon(board, 100, SLOT_S);
  await board.queue(codewords.map(({ hash }, k) => ({ slot: 200 + k, hash })));
  await until(() => watcher.faults.some(({ breach }) => breach !== undefined));
  await board.readBoardTime();
  return watcher.faults.flatMap(({ code, breach }) => (breach === undefined ? [] : [[code, breach]]));
}

describe('a board whose firmware is at fault', () => {
  it('that latches as it should is not accused', async () => {
    const { board, watcher } = await connected();
    const codewords = randomCodewords(board, 6, 1);
    await board.load(codewords);
    await board.queue(codewords.map(({ hash }, k) => ({ slot: 100 + k, hash })));
    await armSoon(board, 100, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    await board.queue(codewords.map(({ hash }, k) => ({ slot: 5000 + k, hash })));
    await armSoon(board, 5000, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.faults).toEqual([]);
  });

  it('by the hash in its receipts', async () => {
    expect(await breaches(breaking('receipts with another hash'))).toContainEqual([
      'wrongCodeword',
      expect.stringMatching(/slot 200 has the hash [0-9a-f]{16}, not [0-9a-f]{16} .*SPEC 6\.11, 7\.3/),
    ]);
  });

  it('by receipts off by one', async () => {
    expect(await breaches(breaking('receipts off by one'))).toContainEqual([
      'wrongCodeword',
      expect.stringContaining('slot 201'),
    ]);
  });

  it('by receipts of slots that were never queued', async () => {
    const far = {
      file: STATE,
      from: 'const receipt = { slot, index,',
      to: 'const receipt = { slot: slot + 1000, index,',
    };
    expect(await breaches(far)).toEqual([
      ['unknownReceipt', expect.stringMatching(/slot 1200, which was not queued.*SPEC 6\.6, 7\.5/)],
    ]);
  });

  it('by receipts out of order', async () => {
    const backwards = {
      file: 'drivers/emulator/firmware/outbox.ts',
      from: "this.post('Receipts', { entries }, () => {",
      to: "entries.reverse();\n    this.post('Receipts', { entries }, () => {",
    };
    const gather = {
      file: 'drivers/emulator/firmware/outbox.ts',
      from: 'const GATHER_S = 2e-3;',
      to: 'const GATHER_S = 1;',
    };
    expect(await breaches(backwards, gather)).toEqual([
      ['receiptOutOfOrder', expect.stringMatching(/slot 20\d came after that of slot 20\d \(SPEC 7\.3\)/)],
    ]);
  });

  it('by the time of a latch', async () => {
    expect(await breaches(breaking('receipts with the planned time'))).toEqual([
      [
        'latchedOffTime',
        expect.stringMatching(/slot 200 was latched 500 ticks after its start.*SPEC 7\.2, 7\.3/),
      ],
    ]);
  });

  it('by the index in its receipts', async () => {
    const other = {
      file: STATE,
      from: 'const receipt = { slot, index,',
      to: 'const receipt = { slot, index: index + 1,',
    };
    expect(await breaches(other)).toEqual([
      ['wrongIndex', expect.stringMatching(/slot 200 has the index \d+, not \d+ as queued \(SPEC 6\.11\)/)],
    ]);
  });

  it('by less memory than it says', async () => {
    const { board } = await connected({
      file: 'drivers/emulator/firmware/codeword-memory.ts',
      from: 'if (index >= this.depth) return STATUS.badIndex;',
      to: 'if (index >= 3) return STATUS.badIndex;',
    });
    await expect(board.load(randomCodewords(board, 5, 1))).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      what: expect.stringMatching(/no such place.*though it said that it has that many \(SPEC 6\.1, 6\.2/),
      todo: expect.stringContaining('firmware of the board is at fault'),
    });
  });

  it('by less queue than it says', async () => {
    const { board } = await connected({
      file: 'drivers/emulator/firmware/carry-out.ts',
      from: 'if (queued > board.hardware.model.queueDepth)',
      to: 'if (queued > 4)',
    });
    const [codeword] = randomCodewords(board, 1, 1);
    await board.load([codeword!]);
    const entries = Array.from({ length: 5 }, (_, slot) => ({ slot, hash: codeword!.hash }));
    await expect(board.queue(entries)).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      what: expect.stringMatching(
        /queue is full, though it said that it queues 1024 slots and has 0 \(SPEC 6\.1, 6\.4\)/,
      ),
      todo: expect.stringContaining('firmware of the board is at fault'),
    });
  });
});
