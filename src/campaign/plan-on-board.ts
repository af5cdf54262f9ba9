/** Whether a given board can carry out a scenario: what campaign, scenario study and dry run check before a slot is spent. */
import type { CalibrationTable } from '../../calibration/calibration-table.js';
import type { BoardDescription } from '../../drivers/array-board.js';
import { MAX_CONTROL_LENGTH_FROM_BRIDGE, MAX_KEPT_SLOTS } from '../bridge/messages.js';
import type { Realisability } from '../codebook/realisability.js';
import { BeamloopError } from '../core/errors.js';
import type { Demand } from '../schedule/lint.js';
import type { LocalEstimateSetup } from '../training/local-estimate.js';
import { BoardBeams } from './board-beams.js';
import { localFeedback } from './local-feedback.js';
import { checkPlan, type Preparation } from './plan.js';
import { checkRealisable } from './scheme-on-board.js';

export interface PlanOnBoard {
  readonly demand: Demand;
  readonly beams: BoardBeams;
  /** What the board makes of all pilots; null for schemes that look at no single subcarrier. */
  readonly realisability: Realisability | null;
}

/**
 * Checks plan, calibration and pilots.
 *
 * @param calibration errors of the board's elements; null = not known.
 * @throws BOARD_MISMATCH when the board is another array or the table another board's; PLAN_REFUSED, with the numbers.
 */
export function planOnBoard(
  preparation: Preparation,
  board: BoardDescription,
  calibration: CalibrationTable | null,
): PlanOnBoard {
  const demand = checkPlan(preparation, board);
  const beams = new BoardBeams(board, preparation.scenario.array.carrier, calibration);
  const realisability = checkRealisable(preparation, beams);
  const setup = localFeedback(preparation, beams);
  if (setup !== null) requireEstimateFits(setup, demand.numPilots);
  return { demand, beams, realisability };
}

/** As long as a slot's number gets. */
const LONG_SLOT = 2 ** 32 - 1;
/** Room for what the bridge adds to a request. */
const REQUEST_LENGTH = 100;

/** Throws PLAN_REFUSED when a UE could not keep the powers of so many pilots, or not be told of them in one message. */
function requireEstimateFits(setup: LocalEstimateSetup, numPilots: number): void {
  const refuse = (what: string) => {
    throw new BeamloopError('PLAN_REFUSED', {
      what,
      where: 'bridge.feedback',
      todo: 'Use feedback: powers, fewer pilots, or an estimator that needs no dictionary of the actual beams (dictionary: ideal)',
    });
  };
  if (numPilots > MAX_KEPT_SLOTS) {
    refuse(`UEs keep the powers of ${MAX_KEPT_SLOTS} pilots for an estimate; the scheme has ${numPilots}`);
  }
  const slots = new Array<number>(numPilots).fill(LONG_SLOT);
  const { length } = JSON.stringify({ type: 'estimate', slots, setup });
  if (length > MAX_CONTROL_LENGTH_FROM_BRIDGE - REQUEST_LENGTH) {
    refuse(
      `What a UE must be told of ${numPilots} pilots to estimate by itself takes ${length} characters; a message has room for ` +
        `${MAX_CONTROL_LENGTH_FROM_BRIDGE}`,
    );
  }
}
