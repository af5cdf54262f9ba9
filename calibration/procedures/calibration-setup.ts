/** What a calibration over the air starts from. */
import type { AntennaArray, PlaceM } from '../../src/array/antenna-array.js';
import { requireLength } from '../../src/core/arguments.js';
import { BeamloopError } from '../../src/core/errors.js';
import { type BoardControls, checkControls } from '../../src/realisation/board-controls.js';

export interface CalibrationSetup {
  readonly array: AntennaArray;
  /** As it describes itself. Pilots are codes of this board, and no table corrects them. */
  readonly board: BoardControls;
  /** Where the receiver is said to be, m. */
  readonly placeM: PlaceM;
  /** Phase errors that are known so far, rad, shape [numElements]; none unless given. */
  readonly knownErrorRad?: Float64Array | null;
  /** More than this the UE cannot report; unless given, equal powers at the top are taken for it. */
  readonly fullScalePower?: number | null;
}

/** @throws BOARD_MISMATCH when the board is not of this array's size or has no phase shifters; BAD_ARGUMENT for errors of another length. */
export function checkSetup({ array, board, knownErrorRad }: CalibrationSetup): void {
  checkControls(board);
  if (board.numElements !== array.numElements) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${board.model} has ${board.numElements} elements and the array ${array.numElements}`,
      todo: 'Calibrate the array that is connected',
    });
  }
  if (board.phaseBits === 0) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${board.model} has no phase shifters: nothing turns one element against the others`,
      todo: 'Calibrations over the air need 2 or more phase bits',
    });
  }
  if (knownErrorRad) requireLength('knownErrorRad', knownErrorRad, array.numElements);
}

/**
 * Phase with which an element at phase code 0, its delays at rest, is received if it has no error, rad, shape [numElements]: that of
 * the way to the receiver and of its first fixed line.
 */
export function idealPhaseRad(
  { array, board, placeM }: CalibrationSetup,
  frequencyHz?: number,
): Float64Array {
  const hz = frequencyHz ?? array.carrierHz;
  const lineS = board.delayLinesS?.[0];
  return array.propagationPhaseRad(placeM, hz).map((rad, n) => {
    const turns = hz * (lineS?.[n] ?? 0);
    return -rad - 2 * Math.PI * (turns - Math.round(turns));
  });
}

/** The same with the errors that are known. */
export function expectedPhaseRad(setup: CalibrationSetup): Float64Array {
  const ideal = idealPhaseRad(setup);
  const { knownErrorRad } = setup;
  return knownErrorRad ? ideal.map((rad, n) => rad + knownErrorRad[n]!) : ideal;
}
