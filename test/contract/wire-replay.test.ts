/** Wire logs of the driver at work: printed, and said again to an emulated board. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import { readWireLog } from '../../drivers/wire/read-log.js';
import { WireLog } from '../../drivers/wire/wire-log.js';
import { wireCommand } from '../../src/cli/commands/wire.js';
import { replayWire } from '../../src/testbed.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';
import { armSoon, connect, loopbackRig, until } from './board-rigs.js';
import { randomCodewords } from './board-watcher.js';
import { type Change, mutatedBoard } from './mutants.js';
import { MUTATIONS } from './mutations.js';

const MODEL = {
  numElements: 40,
  delayBits: 3,
  delayLsbS: 4e-12,
  amplitudeBits: 2,
  memoryDepth: 30,
  queueDepth: 100,
  delayLinesS: [0, 2].map((step) => Float64Array.from({ length: 40 }, (_, n) => n * step * 1e-12)),
};
const SLOT_S = 2e-3;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads, queues, arms, lets thirty slots pass, asks again for a refusal, and leaves; returns the log of it. */
async function worked(name: string, config: EmulatedBoardConfig = {}, ...changes: Change[]): Promise<string> {
  const file = path.join(folder, `${name}.pcapng`);
  const rig = await loopbackRig({ model: MODEL, ...config }, undefined, mutatedBoard(changes));
  const log = new WireLog(file);
  const board = await connect({ ...rig, transport: log.around(rig.transport) });
  try {
    const codewords = randomCodewords(board, 10, 1);
    await board.load(codewords);
    await board.queue(
      Array.from({ length: 30 }, (_, k) => ({ slot: 100 + k, hash: codewords[k % 10]!.hash })),
    );
    const past = board.arm({ firstSlot: 0, startBoardTimeS: 0, slotDurationS: SLOT_S });
    await expect(past).rejects.toMatchObject({ code: 'BOARD_REFUSED' });
    await armSoon(board, 100, SLOT_S);
    await until(() => {
      // Of a board on virtual time, which passes when told to.
      rig.emulated.advanceTo(rig.emulated.boardTimeS + SLOT_S);
      return board.outstandingSlots() === 0;
    });
  } finally {
    await board.close();
    await rig.close();
    await log.close();
  }
  return file;
}

const replayed = (file: string) => replayWire(() => readWireLog(file));

describe('a log that is said again to an emulated board', () => {
  it('finds no difference where nothing was wrong', async () => {
    const file = await worked('good');
    const replay = await replayed(file);
    expect(replay).toMatchObject({
      differences: [],
      numDifferences: 0,
      receipts: 30,
      board: { numElements: 40 },
    });
    expect(replay.answers).toBeGreaterThan(12);
    const { stdout } = await runCommand(wireCommand, 'wire', file, '--replay');
    expect(stdout).toMatch(/\d+ answers, 30 receipts, 0 faults compared: no difference\n$/);
  });

  it('finds none in one on virtual time, however the times of the machine were', async () => {
    const file = await worked('virtual', { realtime: false });
    expect(await replayed(file)).toMatchObject({ numDifferences: 0, receipts: 30 });
  });

  it('finds none where the line lost and doubled bytes', async () => {
    const noise = { drop: 1e-3, flip: 1e-3, duplicate: 1e-3 };
    const file = await worked('lossy', { faults: { ...NO_FAULTS, toHost: noise, toBoard: noise } });
    const { stderr } = await runCommand(wireCommand, 'wire', file);
    expect(stderr).toMatch(/^\d+ frames, .*\d+ again.*; \d+ shown\n$/);
    expect(await replayed(file)).toMatchObject({ numDifferences: 0, receipts: 30 });
  });

  it('tells where a board answered otherwise', async () => {
    const broken = MUTATIONS.find(({ rule }) => rule === 'late is latched')!;
    const other = { ...broken, to: 'return RECEIPT_STATUS.late;' };
    const file = await worked('late', {}, other);
    const replay = await replayed(file);
    expect(replay.numDifferences).toBe(30);
    expect(replay.differences[0]).toMatchObject({
      what: 'the receipt of slot 100',
      logged: { slot: 100, status: 1 },
      emulated: { slot: 100, status: 0 },
    });
    expect(await failureOf(wireCommand, 'wire', file, '--replay')).toMatch(
      /^REPLAY_DIFFERS: The emulated board answers otherwise 30 times/,
    );
  });
});

describe('beamloop wire', () => {
  it('prints frames with time, direction, fields; filters', async () => {
    const file = await worked('printed');
    const run = async (...args: string[]) => (await runCommand(wireCommand, 'wire', file, ...args)).stdout;
    const lines = (await run()).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ +0\.000000 > Hello: magic \d+, versionMajor 1, .*window 32/);
    expect(lines.some((line) => /^ +\d+\.\d{6} < Welcome: .*model "/.test(line))).toBe(true);
    expect(lines.some((line) => /< ArmResult #\d+: request \d+, status 8 \(badTiming\)/.test(line))).toBe(
      true,
    );
    const receipts = (await run('--only', 'Receipts', '--side', 'board')).trimEnd().split('\n');
    expect(receipts.length).toBeGreaterThan(0);
    for (const line of receipts) expect(line).toMatch(/ < Receipts #\d+: entries \d+ \[slot \d+, /);
    expect(await run('--side', 'host', '--only', 'Receipts')).toBe('');
    expect(await run('--from', '100 s')).toBe('');
    const { frames, counts, damage } = JSON.parse(await run('--json'));
    expect(frames).toHaveLength(lines.length);
    expect(counts).toMatchObject({ frames: lines.length, bad: 0 });
    expect(damage).toBeNull();
    expect(frames[0]).toMatchObject({ from: 'host', message: 'Hello', marks: [] });
    expect(await failureOf(wireCommand, 'wire', file, '--only', 'Nonsense')).toMatch(
      /^BAD_ARGUMENT: 'Nonsense'/,
    );
  });

  it('says what is no log', async () => {
    expect(await failureOf(wireCommand, 'wire', path.join(folder, 'none'))).toMatch(/^FILE_NOT_FOUND/);
    expect(await failureOf(wireCommand, 'wire', folder)).toMatch(/^FILE_UNREADABLE/);
    expect(await failureOf(wireCommand, 'wire', 'package.json')).toMatch(
      /^FILE_UNREADABLE: .*does not begin as a pcapng file does \(package\.json, byte 0\)/,
    );
    expect(await failureOf(wireCommand, 'wire', 'package.json', '--replay')).toMatch(/^FILE_UNREADABLE/);
  });
});
