/**
 * What is to go wrong with an emulated board, as plain data: the `faults:` section of a scenario.
 *
 * Faults are behaviours put in front of the board's normal behaviour (byte-noise.ts, latch-faults.ts, …); the firmware
 * model does not know about them.
 */
import { z } from 'zod';
import { quantity } from '../../../src/core/settings-quantity.js';

/** Probability per byte of each thing that can happen to it. */
export interface ByteNoise {
  readonly drop: number;
  readonly flip: number;
  readonly duplicate: number;
}

/** `bytes` counts what came from the host since the board was made; `timeS` is wall-clock time since then. */
type FaultTrigger =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'slot'; readonly slot: number }
  | { readonly kind: 'time'; readonly timeS: number };

export type FaultAction =
  /** Nothing moves on the line for a while, either way. */
  | { readonly kind: 'stall'; readonly durationS: number }
  /** The cable is pulled, and put back after a while. */
  | { readonly kind: 'unplug'; readonly durationS: number }
  /** Power cycle: memory, queue, receipts and clock are new. */
  | { readonly kind: 'reset' };

export interface FaultEvent {
  readonly trigger: FaultTrigger;
  readonly action: FaultAction;
}

export interface FaultPlan {
  readonly toBoard: ByteNoise;
  readonly toHost: ByteNoise;
  /** Bytes arrive in pieces of at most this many, both ways; null = as they come. */
  readonly fragmentBytes: number | null;
  /** Time that storing one codeword takes on top, s of wall-clock time. */
  readonly memoryDelayS: number;
  /** Slots in which the latch strobe fails. */
  readonly missedSlots: readonly number[];
  /** Probability per slot that the latch strobe fails. */
  readonly missRate: number;
  readonly events: readonly FaultEvent[];
}

const SILENT: ByteNoise = { drop: 0, flip: 0, duplicate: 0 };

export const NO_FAULTS: FaultPlan = {
  toBoard: SILENT,
  toHost: SILENT,
  fragmentBytes: null,
  memoryDelayS: 0,
  missedSlots: [],
  missRate: 0,
  events: [],
};

const probability = z.number().min(0).max(1).default(0);

const duration = quantity('s').pipe(z.number('must be finite').nonnegative('must not be negative'));

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
    toBoard: byteNoise.default(SILENT),
    toHost: byteNoise.default(SILENT),
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
