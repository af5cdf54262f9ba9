import { Random } from '../../../src/core/random.js';
import type { LatchStrobe } from '../firmware/hardware.js';
import type { FaultPlan } from './fault-plan.js';

/**
 * A latch strobe that fails in some slots. The draw is keyed by slot, so which slots fail does not depend on how the run
 * got there.
 */
export function failingStrobe(plan: FaultPlan, seed: number, strobe: LatchStrobe): LatchStrobe {
  const missed = new Set(plan.missedSlots);
  return (slot) => {
    if (missed.has(slot)) return false;
    if (plan.missRate > 0 && new Random(seed, 'missed latch', slot).uniform() < plan.missRate) return false;
    return strobe(slot);
  };
}
