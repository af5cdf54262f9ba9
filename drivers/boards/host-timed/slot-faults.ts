/** What is told of slots that go wrong on a board whose slots this machine keeps. */
import type { BoardFault, HostTiming } from '../../array-board.js';
import { asBoardError } from './host-slots.js';

/** A step of a slot failed. */
export function stepFault(error: unknown, where: string, slot: number, boardTimeS: number): BoardFault {
  const { code, what, todo } = asBoardError(error, where);
  const says = todo === undefined ? what : `${what}. ${todo}`;
  const fault = code === 'BOARD_REFUSED' ? 'refused' : code === 'BOARD_SILENT' ? 'noAnswer' : 'driverFailed';
  return { code: fault, detail: slot, boardTimeS, says };
}

/** Null where the board was as fast as its driver says, with what this machine may be late. */
export function slowFault(
  { atSlotS, jitterS }: HostTiming,
  tookS: number,
  slot: number,
  boardTimeS: number,
): BoardFault | null {
  if (tookS <= atSlotS + jitterS) return null;
  const ms = (timeS: number) => `${Number((timeS * 1e3).toPrecision(3))} ms`;
  const says = `It took ${ms(tookS)} until the codeword was taken, and ${ms(atSlotS)} at most were reckoned with. Where that is so again and again the board is slower than its template or driver says`;
  return { code: 'slow', detail: slot, boardTimeS, says };
}

/** The board was silent before it was heard again. */
export function doubtfulFault(slot: number, boardTimeS: number): BoardFault {
  const says =
    'The board was silent, and may have lost its power: whether it radiated the codeword of this slot to the end is not known, so the slot does not count';
  return { code: 'doubtful', detail: slot, boardTimeS, says };
}
