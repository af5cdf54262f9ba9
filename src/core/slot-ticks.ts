/** The rule by which a slot lasts whole ticks of a board's clock: plans are checked by it, and boards are armed by it. */

/** Most ticks of a slot: `slotTicks` of the message that arms has 32 bits. */
export const MAX_SLOT_TICKS = 2 ** 32 - 1;
/** Largest deviation from a whole tick that is taken for the rounding of seconds, ticks. */
const ROUNDING_TICKS = 1e-3;

export interface SlotTicks {
  /** The nearest whole number of ticks. */
  readonly ticks: number;
  readonly exactTicks: number;
  /** Whether a board can keep slots of this length: otherwise they would drift away from the plan. */
  readonly isKept: boolean;
}

export function slotTicksOf(slotDurationS: number, clockRateHz: number): SlotTicks {
  const exactTicks = slotDurationS * clockRateHz;
  const ticks = Math.round(exactTicks);
  const isKept = ticks >= 1 && ticks <= MAX_SLOT_TICKS && Math.abs(exactTicks - ticks) <= ROUNDING_TICKS;
  return { ticks, exactTicks, isKept };
}
