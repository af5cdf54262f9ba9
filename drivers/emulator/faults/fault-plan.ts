/**
 * What is to go wrong with an emulated board, as plain data (fault-schema.ts reads it from a scenario).
 *
 * Faults are behaviours put in front of the board's normal behaviour (byte-noise.ts, latch-faults.ts, …); the firmware
 * model does not know about them.
 */

/** Probability per byte of each thing that can happen to it. */
export interface ByteNoise {
  readonly drop: number;
  readonly flip: number;
  readonly duplicate: number;
}

/** `bytes` counts what came from the host since the board was made; `timeS` is wall-clock time since then. */
export type FaultTrigger =
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

const NO_NOISE: ByteNoise = { drop: 0, flip: 0, duplicate: 0 };

export const NO_FAULTS: FaultPlan = {
  toBoard: NO_NOISE,
  toHost: NO_NOISE,
  fragmentBytes: null,
  memoryDelayS: 0,
  missedSlots: [],
  missRate: 0,
  events: [],
};
