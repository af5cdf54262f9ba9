import { describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { type Demand, lintDemand, lintSlots, type SlotRules, seconds } from '../../../src/slots/plan-lint.js';

const board = { memoryDepth: 128, queueDepth: 64, switchTimeS: 10e-6, clockRateHz: 10e6 };
const rules: SlotRules = { slotDurationS: 125e-6, userTimeLimitS: null, contiguous: false };
const demand: Demand = {
  numPilots: 78,
  largestBatch: 60,
  largestBatchCodewords: 60,
  userTimeS: 0.2,
  link: { timeS: 0.15, bytes: 45_000, baud: 3e6 },
};

function refusal(run: () => void): BeamloopError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(BeamloopError);
    expect((error as BeamloopError).code).toBe('PLAN_REFUSED');
    return error as BeamloopError;
  }
  throw new Error('the plan was not refused');
}

describe('lint', () => {
  it('accepts what the board can keep', () => {
    lintSlots(board, rules);
    lintDemand(board, { ...rules, contiguous: true, userTimeLimitS: 0.2 }, demand);
  });

  it('refuses slots that end before the beam has settled', () => {
    const error = refusal(() => lintSlots({ ...board, switchTimeS: 200e-6 }, rules));
    expect(error.message).toContain('125 us');
    expect(error.message).toContain('200 us');
    refusal(() => lintSlots({ ...board, switchTimeS: 125e-6 }, rules));
  });

  it('refuses slots that are no whole number of ticks, and names one that is', () => {
    const error = refusal(() =>
      lintSlots({ ...board, clockRateHz: 1e6 }, { ...rules, slotDurationS: 62.5e-6 }),
    );
    expect(error.message).toContain('62.5 ticks');
    expect(error.message).toContain('1 MHz');
    expect(error.todo).toContain('63 us');
    lintSlots({ ...board, clockRateHz: 2e6 }, { ...rules, slotDurationS: 62.5e-6 });
  });

  it('refuses slots longer than the clock can count', () => {
    const { todo } = refusal(() => lintSlots(board, { ...rules, slotDurationS: 500 }));
    expect(todo).toContain('429.497 s; a number without a unit is in seconds');
  });

  it('refuses what the driver would refuse when the board is there: a hundredth of a tick off', () => {
    const fast = { ...board, clockRateHz: 100e6 };
    refusal(() => lintSlots(fast, { ...rules, slotDurationS: 125.0001e-6 }));
    lintSlots(fast, { ...rules, slotDurationS: 40 - 1e-8 });
  });

  it('refuses a board without memory or queue', () => {
    refusal(() => lintSlots({ ...board, memoryDepth: 0 }, rules));
    refusal(() => lintSlots({ ...board, queueDepth: 0 }, rules));
  });

  it('refuses a gapless batch that queue or memory cannot take, with both numbers', () => {
    const gapless = { ...rules, contiguous: true };
    const queue = refusal(() => lintDemand(board, gapless, { ...demand, largestBatch: 65 }));
    expect(queue.message).toMatch(/65 pilots.*64 slots/);
    const memory = refusal(() => lintDemand({ ...board, memoryDepth: 59, queueDepth: 100 }, gapless, demand));
    expect(memory.message).toMatch(/60 codewords.*59/);
    lintDemand(board, rules, { ...demand, largestBatch: 3072, largestBatchCodewords: 3072 });
  });

  it('refuses a worst case longer than the limit, and says what the link has to do with it', () => {
    const error = refusal(() => lintDemand(board, { ...rules, userTimeLimitS: 0.1 }, demand));
    for (const part of ['200 ms', '100 ms', '78 pilots', '150 ms', '45000 bytes', '3000000 baud']) {
      expect(error.message).toContain(part);
    }
  });
});

describe('seconds', () => {
  it('writes times as people do', () => {
    expect([2, 0.0125, 62.5e-6, 3e-9].map(seconds)).toEqual(['2 s', '12.5 ms', '62.5 us', '3 ns']);
  });
});
