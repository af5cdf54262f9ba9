/** Slot times in whole ticks of the board's clock. */
import { BeamloopError } from '../../src/core/errors.js';
import { slotTicksOf } from '../../src/core/slot-ticks.js';
import type { BoardDescription } from '../array-board.js';

/** The tick nearest to a board time. Throws BAD_ARGUMENT for times that do not exist. */
export function startTicks(boardTimeS: number, board: BoardDescription): bigint {
  if (!Number.isFinite(boardTimeS) || boardTimeS < 0) {
    throw new BeamloopError('BAD_ARGUMENT', { what: `Slots cannot start at board time ${boardTimeS} s` });
  }
  return BigInt(Math.round(boardTimeS * board.clockRateHz));
}

/**
 * Ticks of one slot. Throws PLAN_REFUSED when it is no whole number of ticks, for then slots would drift away from the
 * plan, or does not exceed the switch time.
 */
export function slotTicks(durationS: number, board: BoardDescription): number {
  const { ticks, exactTicks, isKept } = slotTicksOf(durationS, board.clockRateHz);
  if (!isKept) {
    throw new BeamloopError('PLAN_REFUSED', {
      what: `A slot of ${durationS} s is ${exactTicks} ticks of the board's ${board.clockRateHz} Hz clock`,
      todo: 'Choose a slot duration of a whole number of ticks',
    });
  }
  if (durationS <= board.switchTimeS) {
    throw new BeamloopError('PLAN_REFUSED', {
      what: `A slot of ${durationS} s does not exceed the board's switch time of ${board.switchTimeS} s`,
      todo: 'Make the slots longer',
    });
  }
  return ticks;
}
