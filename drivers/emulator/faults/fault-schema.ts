/** Reads a `FaultPlan` from the `faults:` section of a scenario. */
import { z } from 'zod';
import { zeroTo } from '../../../src/core/settings-quantity.js';
import {
  type FaultAction,
  type FaultEvent,
  type FaultPlan,
  type FaultTrigger,
  NO_FAULTS,
} from './fault-plan.js';

const probability = z.number().min(0).max(1).default(0);

const duration = zeroTo('604800 s', 's');

const byteNoise = z.strictObject({ drop: probability, flip: probability, duplicate: probability });

const trigger = {
  atBytes: z.int().min(1).optional(),
  atSlot: z.int().min(0).optional(),
  atTime: duration.optional(),
};

const event = z
  .discriminatedUnion('action', [
    z.strictObject({ ...trigger, action: z.literal('stall'), for: duration }),
    z.strictObject({ ...trigger, action: z.literal('unplug'), for: duration }),
    z.strictObject({ ...trigger, action: z.literal('reset') }),
  ])
  .transform((given, context): FaultEvent => {
    const triggers: FaultTrigger[] = [];
    if (given.atBytes !== undefined) triggers.push({ kind: 'bytes', count: given.atBytes });
    if (given.atSlot !== undefined) triggers.push({ kind: 'slot', slot: given.atSlot });
    if (given.atTime !== undefined) triggers.push({ kind: 'time', timeS: given.atTime });
    if (triggers.length !== 1) {
      context.addIssue({ code: 'custom', message: 'needs exactly one of atBytes, atSlot, atTime' });
      return z.NEVER;
    }
    const action: FaultAction =
      given.action === 'reset' ? { kind: 'reset' } : { kind: given.action, durationS: given.for };
    return { trigger: triggers[0]!, action };
  });

/**
 * The `faults:` section of a scenario:
 *
 * ```yaml
 * faults:
 *   toBoard: { drop: 0.001, flip: 0.001, duplicate: 0.001 }   # probability per byte
 *   toHost: { flip: 0.001 }
 *   fragment: 7             # bytes arrive in pieces of at most 7
 *   slowMemory: 5 ms        # on top, per codeword stored
 *   missedLatches: { slots: [12, 40], rate: 0.001 }
 *   events:
 *     - { atSlot: 100, action: stall, for: 300 ms }
 *     - { atBytes: 50000, action: unplug, for: 500 ms }
 *     - { atTime: 2 s, action: reset }
 * ```
 */
export const faultsSchema = z
  .strictObject({
    toBoard: byteNoise.default(NO_FAULTS.toBoard),
    toHost: byteNoise.default(NO_FAULTS.toHost),
    fragment: z.int().min(1).optional(),
    slowMemory: duration.default(0),
    missedLatches: z
      .strictObject({ slots: z.array(z.int().min(0)).default([]), rate: probability })
      .default({ slots: [], rate: 0 }),
    events: z.array(event).default([]),
  })
  .transform(
    (section): FaultPlan => ({
      toBoard: section.toBoard,
      toHost: section.toHost,
      fragmentBytes: section.fragment ?? null,
      memoryDelayS: section.slowMemory,
      missedSlots: section.missedLatches.slots,
      missRate: section.missedLatches.rate,
      events: section.events,
    }),
  );
