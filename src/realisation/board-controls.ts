/** What a board can set of its elements; the part of its description that quantisation needs. */
import { type BoardDescription, selectorBits } from '../../drivers/array-board.js';
import { BeamloopError } from '../core/errors.js';

export type BoardControls = Pick<
  BoardDescription,
  | 'model'
  | 'numElements'
  | 'phaseBits'
  | 'delayBits'
  | 'delayLsbS'
  | 'delayRangeS'
  | 'amplitudeBits'
  | 'lineBits'
  | 'delayLinesS'
> & {
  /** Of a board that was calibrated: what a delay code adds, s, shape [numElements]; `delayLsbS` unless given. */
  readonly delayStepS?: Float64Array;
  /** What each phase code stands for, rad, shape [numElements][2^phaseBits]; 2 pi code / 2^phaseBits unless given. */
  readonly codePhaseRad?: readonly Float64Array[];
};

/** Highest delay code that stays within the board's range; 0 without an adjustable part. */
export function lastDelayCode({ delayBits, delayLsbS, delayRangeS }: BoardControls): number {
  if (delayBits === 0) return 0;
  return Math.min(2 ** delayBits - 1, Math.floor(delayRangeS / delayLsbS + 1e-9));
}

/** Whether the board can delay its elements at all. */
export function hasDelays({ delayBits, delayLinesS }: BoardControls): boolean {
  return delayBits > 0 || delayLinesS !== null;
}

/** @throws BAD_ARGUMENT when the description makes no sense; BOARD_MISMATCH when the board cannot steer. */
export function checkControls(board: BoardControls): void {
  const refuse = (claim: string, todo: string) => {
    throw new BeamloopError('BAD_ARGUMENT', { what: `Board ${board.model} claims ${claim}`, todo });
  };
  if (board.phaseBits === 0 && !hasDelays(board)) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${board.model} has 0 phase bits and 0 delay bits: it cannot steer`,
      todo: 'Connect a board with phase shifters or true time delays',
    });
  }
  for (const [name, bits] of [
    ['phase', board.phaseBits],
    ['delay', board.delayBits],
    ['amplitude', board.amplitudeBits],
    ['line', board.lineBits],
  ] as const) {
    if (!(Number.isInteger(bits) && bits >= 0 && bits <= 16)) {
      refuse(`${bits} ${name} bits`, 'Codes have 0 to 16 bits');
    }
  }
  if (board.delayBits > 0 && !(board.delayLsbS > 0 && board.delayRangeS >= 0)) {
    refuse(
      `delays in steps of ${board.delayLsbS} s up to ${board.delayRangeS} s`,
      'A board with delay bits needs a positive step and range',
    );
  }
  const lines = board.delayLinesS ?? [];
  if (board.lineBits !== selectorBits(lines.length) || board.delayLinesS?.length === 0) {
    refuse(
      `${lines.length} fixed lines and ${board.lineBits} bits to select one`,
      'A selector has the least bits that tell the lines apart',
    );
  }
  for (const [k, line] of lines.entries()) {
    if (line.length === board.numElements && line.every((delay) => Number.isFinite(delay))) continue;
    refuse(
      `a fixed line ${k + 1} of ${line.length} delays for ${board.numElements} elements`,
      'A line has one finite delay per element',
    );
  }
}
