/** Campaigns on boards that break a rule of SPEC.md: the error names what they did and the clause, and no wrong number is recorded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { faultyCampaign } from './faulty-campaign.js';
import { type Change, mutatedBoard } from './mutants.js';
import { MUTATIONS } from './mutations.js';

const place = mkdtempSync(path.join(tmpdir(), 'beamloop-faulty-'));
afterAll(() => rmSync(place, { recursive: true }));
let number = 0;
const campaign = (changes: readonly Change[], maxAttempts: number) =>
  faultyCampaign(
    changes.length === 0 ? EmulatedBoard : mutatedBoard(changes),
    path.join(place, String(number++)),
    maxAttempts,
  );

const rule = (name: string): Change => MUTATIONS.find((each) => each.rule === name)!;
const STATE = 'drivers/emulator/firmware/board-state.ts';
const OUTBOX = 'drivers/emulator/firmware/outbox.ts';
const RECEIPT = 'const receipt = { slot, index,';

it('a board that keeps to its protocol is accused of nothing', async () => {
  const { error, outcome, wronglyMeasured, numMeasured, breaches } = await campaign([], 50);
  expect(error).toBeNull();
  expect(outcome!.users.every(({ estimate }) => estimate !== null)).toBe(true);
  expect({ wronglyMeasured, breaches }).toEqual({ wronglyMeasured: [], breaches: [] });
  expect(numMeasured).toBe(50);
});

describe('a board that cannot be trained with is told of by what it did against which clause', () => {
  it.each<[string, Change[], RegExp]>([
    ['wrong hashes in receipts', [rule('receipts with another hash')], /hash.*SPEC 6\.11, 7\.3/],
    ['receipts off by one', [rule('receipts off by one')], /SPEC 6\.11|SPEC 6\.6, 7\.5/],
    [
      'receipts of slots that were never queued',
      [{ file: STATE, from: RECEIPT, to: 'const receipt = { slot: slot + 1000, index,' }],
      /slot \d+, which was not queued.*SPEC 6\.6, 7\.5/,
    ],
    [
      'less memory than it says',
      [
        {
          file: 'drivers/emulator/firmware/codeword-memory.ts',
          from: 'if (index >= this.depth) return STATUS.badIndex;',
          to: 'if (index >= 3) return STATUS.badIndex;',
        },
        {
          file: 'drivers/emulator/firmware/expansion.ts',
          from: 'if (index >= this.#memory.depth)',
          to: 'if (index >= 3)',
        },
      ],
      /said that it has that many \(SPEC 6\.1, 6\.2/,
    ],
    [
      'less queue than it says',
      [
        {
          file: 'drivers/emulator/firmware/carry-out.ts',
          from: 'if (queued > board.hardware.model.queueDepth)',
          to: 'if (queued > 4)',
        },
      ],
      /queues 1024 slots and has \d+ \(SPEC 6\.1, 6\.4\)/,
    ],
  ])('%s', async (_, changes, clause) => {
    const { error, wronglyMeasured } = await campaign(changes, 4);
    expect(wronglyMeasured).toEqual([]);
    expect(error?.what).toMatch(clause);
    expect(error?.code).toMatch(/^BOARD_(FAULT|REFUSED)$/);
    expect(error?.message).toMatch(/firmware.*(SPEC\.md|at fault)/);
    expect(error?.message).not.toMatch(/turnaround|report it|INTERNAL/);
  });
});

describe('a board that can be trained with all the same is told of, and nothing wrong is recorded', () => {
  it.each<[string, Change[], RegExp | null]>([
    [
      'receipts out of order',
      [
        {
          file: OUTBOX,
          from: "this.post('Receipts', { entries }, () => {",
          to: "entries.reverse();\n    this.post('Receipts', { entries }, () => {",
        },
      ],
      /came after that of slot \d+ \(SPEC 7\.3\)/,
    ],
    [
      'receipts twice',
      [
        {
          file: OUTBOX,
          from: "this.post('Receipts', { entries }, () => {",
          to: "entries.push(...entries);\n    this.post('Receipts', { entries }, () => {",
        },
      ],
      // As they come again after a query: nothing is wrong with it that a host could tell.
      null,
    ],
    [
      'wrong indices in receipts',
      [{ file: STATE, from: RECEIPT, to: 'const receipt = { slot, index: index + 1,' }],
      /index \d+, not \d+ as queued \(SPEC 6\.11\)/,
    ],
    ['planned times in receipts', [rule('receipts with the planned time')], /SPEC 7\.2, 7\.3/],
    ['duplicates delivered', [rule('duplicates delivered')], null],
    ['late acknowledgements', [rule('late acknowledgements')], null],
    ['no retransmission', [rule('no retransmission')], null],
  ])('%s', async (_, changes, breach) => {
    const { error, outcome, wronglyMeasured, numMeasured, breaches } = await campaign(changes, 50);
    expect(error).toBeNull();
    expect(outcome!.users.every(({ estimate }) => estimate !== null)).toBe(true);
    expect(wronglyMeasured).toEqual([]);
    expect(numMeasured).toBe(50);
    if (breach !== null) expect(breaches.join()).toMatch(breach);
  });
});
