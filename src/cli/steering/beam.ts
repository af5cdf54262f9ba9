/** One beam on a board that is open, and what the board said of it. */
import { BoardBeams } from '../../../calibration/board-beams.js';
import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import type { ArrayBoard, Receipt } from '../../../drivers/array-board.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { PlanarArray } from '../../array/planar-array.js';
import { steer } from '../../campaign/steer.js';
import { BeamloopError } from '../../core/errors.js';
import { type CommandContext, warn } from '../command.js';
import { type Aim, codewordTo, type SteeringBy } from './aim.js';

export interface SteeredArray {
  readonly array: LinearArray | PlanarArray;
  readonly board: ArrayBoard;
  readonly table: CalibrationTable | null;
}

/** What was sent, shape [numElements] each, and what came of it. */
export interface SteeredBeam {
  readonly receipt: Receipt;
  /** Where it focuses, by quantisation. */
  readonly gainLossDb: number;
  readonly phaseRad: Float64Array;
  readonly delayS: Float64Array | null;
}

/** @throws BOARD_MISMATCH for delays that the board does not have; as `steer` and `codewordTo`. */
export async function pointBeam(
  context: CommandContext,
  { array, board, table }: SteeredArray,
  aim: Aim,
  by: SteeringBy,
): Promise<SteeredBeam> {
  const { description } = board;
  if (by === 'delays' && description.delayBits === 0 && description.delayLinesS === null) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `The board ${description.model} (${description.serialNumber}) has no true time delays`,
      todo: 'Leave --by delays out',
    });
  }
  const beams = new BoardBeams(description, array.carrierHz, table);
  const codeword = codewordTo(array, aim, by);
  const { settings, report } = beams.quantise(codeword);
  if (report.clippedDelays > 0) {
    warn(context, [
      `${report.clippedDelays} of ${array.numElements} elements need delays beyond the board's range`,
    ]);
  }
  const receipt = await steer(board, board.pack(settings), context.signal);
  const { phaseRad, delayS } = beams.realise(codeword);
  return { receipt, gainLossDb: report.gainLossDb, phaseRad, delayS };
}
