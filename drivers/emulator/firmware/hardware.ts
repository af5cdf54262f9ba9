/** What the firmware finds on its circuit board. Faults are other implementations of these. */
import type { BoardModel } from '../board-model.js';
import type { Timers } from '../timers.js';
import type { BoardTimebase } from './timebase.js';

/** Pulls the latch line in a slot; false when the front ends did not confirm it. */
export type LatchStrobe = (slot: number) => boolean;

/** What the array did in a slot. */
export interface SlotOnAir {
  readonly slot: number;
  /** Board time, ticks. */
  readonly ticks: number;
  /** When it radiated the codeword, or nothing. */
  readonly fromTicks: number;
  readonly untilTicks: number;
  /** Packed element settings that radiate, with their hash; null = nothing is radiated (muted or missed). */
  readonly codeword: { readonly hash: bigint; readonly bytes: Uint8Array } | null;
}

interface Uart {
  /** Hands over a frame; an urgent one overtakes all but the frame that is being sent. */
  send(bytes: Uint8Array, urgent: boolean): void;
  /** When the last bit of everything handed over will have left, in `timers` seconds. */
  drainedAtS(): number;
  /** When the first bit of an urgent frame would leave, in `timers` seconds. */
  urgentAtS(): number;
}

export interface Hardware {
  readonly model: BoardModel;
  /** Differs from power-up to power-up. */
  readonly bootId: number;
  readonly timebase: BoardTimebase;
  readonly timers: Timers;
  readonly uart: Uart;
  readonly strobe: LatchStrobe;
  /** Writes a codeword to the memory chips; `done` is called at once or when they are ready again. */
  readonly writeMemory: (done: () => void) => void;
  readonly onAir: (event: SlotOnAir) => void;
}
