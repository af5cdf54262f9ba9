/** Plans for boards whose slots this machine keeps: what is refused, and with which numbers. */
import { describe, expect, it } from 'vitest';
import type { HostTiming } from '../../../drivers/array-board.js';
import { HostTimedCost, linkUseInWords } from '../../../drivers/link/link-cost.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { hostTimedLines, leastHostSlotS, lintHostTimed } from '../../../src/slots/host-timed-plan.js';
import { isKept, outcomeOfSlot } from '../../../src/slots/slot-outcome.js';

const TIMING: HostTiming = {
  evidence: 'acknowledged',
  ...{ atSlotS: 6e-3, aheadS: 0, storeS: 0, settleS: 1e-3, jitterS: 5e-3 },
  ...{ slotBytes: 72, storeBytes: 0, baud: 115_200 },
};

function complaint(...args: Parameters<typeof lintHostTimed>): string {
  try {
    lintHostTimed(...args);
    return 'kept';
  } catch (error) {
    if (error instanceof BeamloopError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('a slot that this machine keeps', () => {
  it('lasts three times what it takes until its beam stands', () => {
    expect(leastHostSlotS(TIMING)).toBeCloseTo(36e-3, 12);
    expect(complaint(TIMING, 36e-3)).toBe('kept');
    expect(complaint(TIMING, 35.9e-3)).toMatch(
      /^PLAN_REFUSED: A slot of 35\.9 ms .*6 ms to have it taken, 1 ms to settle, 5 ms for this machine to be late.*at least 36 ms/,
    );
  });

  it('has room for what is prepared ahead of the next one', () => {
    const apart = { ...TIMING, aheadS: 40e-3, atSlotS: 2e-3 };
    expect(leastHostSlotS(apart)).toBeCloseTo(47e-3, 12);
    expect(complaint(apart, 46e-3)).toMatch(/up to 40 ms to prepare a codeword ahead/);
  });

  it('is refused where receipts cannot say what is asked for', () => {
    expect(complaint(TIMING, 1, 'acknowledged')).toBe('kept');
    expect(complaint(TIMING, 1, 'latched')).toMatch(
      /can only say 'acknowledged', and 'latched' is asked for \(board\.trust\).*apply, trigger/,
    );
    expect(complaint({ ...TIMING, evidence: 'sent' }, 1, 'acknowledged')).toMatch(/answers/);
    expect(complaint({ ...TIMING, evidence: 'latched' }, 1, 'sent')).toBe('kept');
  });

  it('is told of before it is planned', () => {
    const [timing, evidence] = hostTimedLines(TIMING, 40e-3);
    expect(timing).toMatch(/kept by this machine.*slots from 36 ms on, here 40 ms/);
    expect(evidence).toBe(
      "receipts say at most 'acknowledged': the board answers, and does not say when it applied the codeword",
    );
  });

  it('costs what is stored and prepared before the first one', () => {
    const cost = new HostTimedCost({ ...TIMING, storeS: 3e-3, storeBytes: 100, aheadS: 10e-3 });
    expect(cost.of(4, 2)).toEqual({ timeS: 4 * 3e-3 + 15e-3, bytes: 400 + 144, baud: 115_200 });
    expect(cost.none).toEqual({ timeS: 0, bytes: 0, baud: 115_200 });
    expect(linkUseInWords({ timeS: 0, bytes: 7, baud: 0 })).toBe('7 bytes');
  });
});

it.each(['latched', 'acknowledged', 'sent'])(
  'a slot whose receipt says %s counts, with the right codeword and a power',
  (status) => {
    expect(isKept(status)).toBe(true);
    expect(outcomeOfSlot('a', { hash: 'a', status }, true)).toBe('joined');
    expect(outcomeOfSlot('a', { hash: 'a', status }, false)).toBe('no-power');
    expect(outcomeOfSlot('a', { hash: 'b', status }, true)).toBe('wrong-codeword');
  },
);

it.each(['late', 'missed', 'radiated', ''])('a slot whose receipt says %j does not', (status) => {
  expect(isKept(status)).toBe(false);
  expect(outcomeOfSlot('a', { hash: 'a', status }, true)).toBe(status === 'late' ? 'late' : 'missed');
});
