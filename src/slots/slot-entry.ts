/** What is known of one slot. */
import type { Receipt } from '../../drivers/array-board.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { Arrivals } from './arrivals.js';
import type { PlannedSlot } from './planned-slot.js';
import { outcomeOfSlot, type SlotEnd, type SlotOutcome } from './slot-outcome.js';

/** What a UE has to do with a slot. */
export interface Listening {
  readonly ue: string;
  /** A record has come, whether it counts or not. */
  isHeard: boolean;
  power: PowerRecord | null;
  /** It was measured, and the UE that kept its power has forgotten it. */
  isForgotten: boolean;
  /** Nobody waits for its power; should it come, it counts. */
  isExcused: boolean;
}

export interface Entry {
  readonly planned: PlannedSlot;
  /** Few, so they are looked through. */
  readonly listening: readonly Listening[];
  /** All slots of its pilot, oldest first. */
  readonly attempts: number[];
  /** One has come, whether it counts or not. */
  isReceived: boolean;
  receipt: Receipt | null;
  /** Why it was given up; null while it was not. What comes later still counts. */
  givenUp: Exclude<SlotEnd, 'joined'> | null;
  /** Nobody waits for it any more. */
  isSettled: boolean;
  /** Its sounding has gone on: nothing counts any more. */
  isReleased: boolean;
  /** Who waits for it. */
  arrivals: Arrivals | null;
}

/** Nothing more is waited for: all is there, or the board missed the slot and there is nothing to measure. */
export function isOver({ receipt, listening }: Entry): boolean {
  if (receipt === null) return false;
  return (
    receipt.status === 'missed' || listening.every(({ power, isExcused }) => power !== null || isExcused)
  );
}

export function outcomeOf({ planned, receipt, listening }: Entry): SlotOutcome {
  const isHeard = listening.every(({ power }) => power !== null);
  return outcomeOfSlot(planned.hash, receipt, isHeard);
}

export function listeningOf({ listening }: Entry, ue: string): Listening | undefined {
  return listening.find((each) => each.ue === ue);
}

export function isMeasured({ planned, receipt }: Entry, { power, isForgotten }: Listening): boolean {
  return !isForgotten && outcomeOfSlot(planned.hash, receipt, power !== null) === 'joined';
}
