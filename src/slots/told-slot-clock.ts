/** When slots begin, as UEs are told. */
import type { WireSlotClock } from '../bridge/messages.js';
import type { Clock } from '../core/clock.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';

/** Largest relative difference between the rates of the board's clock and of this machine's (SPEC.md, section 7.7). */
const MAX_DRIFT = 100e-6;

/** When a slot begins: on this machine's clock, or on the virtual one. */
export function toldSlotClock(
  slot: number,
  {
    testbed,
    planner,
    slotDurationS,
    clock,
  }: {
    readonly testbed: Testbed;
    readonly planner: SlotPlanner;
    readonly slotDurationS: number;
    readonly clock: Clock;
  },
): WireSlotClock {
  if (testbed.time === 'virtual')
    return { slot, startS: planner.startOfSlotS(slot), slotDurationS, uncertaintyS: 0, virtual: true };
  const nowS = clock.nowS();
  const { loS, hiS } = testbed.board.boardTime();
  const aheadS = planner.startOfSlotS(slot) - (loS + hiS) / 2;
  const uncertaintyS = (hiS - loS) / 2 + Math.abs(aheadS) * MAX_DRIFT;
  return { slot, startS: nowS + aheadS, slotDurationS, uncertaintyS };
}
