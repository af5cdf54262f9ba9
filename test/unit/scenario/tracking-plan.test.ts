import { describe, expect, it } from 'vitest';
import type { BeamloopError } from '../../../src/core/errors.js';
import { prepare } from '../../../src/scenario/plan.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { planTracking, type TrackingPlan } from '../../../src/scenario/tracking-plan.js';
import { assumedBoard, emulatedSection } from '../../../src/testbed.js';

function plan(tracking: string, more = '', epoch = '20 ms'): TrackingPlan {
  const text = `
array: { elements: 512, carrier: 60 GHz, rings: 2 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6, queueDepth: 160 } }
slots: { duration: 125 us, turnaround: 2 ms ${more} }
scheme: dpc
channel: { snr: 20 dB }
users: { count: 4 }
tracking: { epoch: ${epoch}, duration: 5 s, tracker: hold, ${tracking} }
`;
  const { scenario } = parseScenario(text, 'tracked.yaml', emulatedSection);
  return planTracking(prepare(scenario), assumedBoard(scenario))!;
}

function refusal(...of: Parameters<typeof plan>): BeamloopError {
  try {
    plan(...of);
  } catch (error) {
    return error as BeamloopError;
  }
  throw new Error('it was not refused');
}

describe('the plan of a tracking run', () => {
  it('tells slots, probes, codewords and what is left of an epoch', () => {
    const { epochSlots, numEpochs, room, probing, loss, fits } = plan('lost: { retryAfter: 2 s }');
    expect([epochSlots, numEpochs, probing.windowEpochs, loss.retryEpochs]).toEqual([160, 250, 50, 100]);
    expect(room).toMatchObject({ servingSlots: 16, probes: 1 });
    expect(room.busyS).toBeLessThanOrEqual(20e-3);
    expect(room.linkLoad).toBeGreaterThan(0.1);
    expect(fits(17, room.mostCodewords)).toBe(true);
    // 512 elements of 6 bits take 1.3 ms at 3 Mbaud: an epoch has no room for twenty of them.
    expect(fits(20, 20)).toBe(false);
    expect(fits(150, 4)).toBe(false);
  });

  it('refuses epochs that are too short, and says what they must hold and what would do', () => {
    const error = refusal('servingSlots: 40');
    expect(error.code).toBe('PLAN_REFUSED');
    expect(error.message).toMatch(/queues 160 slots/);
    const short = refusal('servingSlots: 30');
    expect(short.message).toMatch(/4 users with 30 serving slots each and a pilot more are 121 slots/);
    expect(short.message).toMatch(
      /15.125 ms of slots, .* on the link, 2 ms of turnaround and 1 ms of prediction/,
    );
    const [, most] = /tracking\.servingSlots: (\d+)/.exec(short.todo!)!;
    const { room } = plan(`servingSlots: ${most}`);
    expect(room.servingSlots).toBe(4 * Number(most));
    expect(refusal(`servingSlots: ${Number(most) + 1}`).code).toBe('PLAN_REFUSED');
  });

  it('refuses epochs that are no whole number of slots, with one that is', () => {
    const error = refusal('', '', '20.05 ms');
    expect(error.code).toBe('PLAN_REFUSED');
    expect(error.message).toMatch(/20.05 ms is 160.4 slots of 125 us/);
    expect(error.todo).toMatch(/e.g. 20 ms/);
  });

  it('goes neither with UEs that estimate nor with batches that must not be cut', () => {
    const error = refusal('', ', contiguous: true');
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.where).toMatch(/slots.contiguous/);
  });
});
