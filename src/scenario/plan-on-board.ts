/** Whether a given board can carry out a scenario: what campaign, scenario study and dry run check before a slot is spent. */

import type { Radiate } from '../../calibration/board-beams.js';
import { BoardBeams } from '../../calibration/board-beams.js';
import type { CalibrationTable } from '../../calibration/calibration-table.js';
import type { BoardDescription } from '../../drivers/array-board.js';
import { BeamloopError } from '../core/errors.js';
import type { Realisability } from '../realisation/realisability.js';
import type { Demand } from '../slots/plan-lint.js';
import type { LocalEstimateSetup } from '../training/local-estimate.js';
import { localFeedback } from './local-feedback.js';
import { type LossForecast, lossForecast } from './loss-forecast.js';
import { checkPlan, type Preparation } from './plan.js';
import { planWarnings } from './plan-warnings.js';
import type { Scenario } from './scenario-schema.js';
import { checkRealisable } from './scheme-on-board.js';
import { planTracking, type TrackingPlan } from './tracking-plan.js';

export interface PlanOnBoard {
  readonly demand: Demand;
  readonly beams: BoardBeams;
  /** What the board makes of all pilots; null for schemes that look at no single subcarrier. */
  readonly realisability: Realisability | null;
  /** What the board will lose of pilots and serving beams. */
  readonly losses: LossForecast;
  /** What UEs that estimate by themselves are told; null when they report powers. */
  readonly localSetup: LocalEstimateSetup | null;
  /** Null for a scenario that does not track. */
  readonly tracking: TrackingPlan | null;
  /** What will not go as well as it could, in words. */
  readonly warnings: readonly string[];
}

/**
 * Checks plan, calibration and pilots.
 *
 * @param calibration errors of the board's elements; null = not known.
 * @param radiate what the board radiates for element settings, its errors included; undefined where nobody knows.
 * @throws BOARD_MISMATCH when the board is another array or the table another board's; PLAN_REFUSED, with the numbers.
 */
export function planOnBoard(
  preparation: Preparation,
  board: BoardDescription,
  calibration: CalibrationTable | null,
  radiate?: Radiate,
): PlanOnBoard {
  const demand = checkPlan(preparation, board);
  const tracking = planTracking(preparation, board);
  const beams = boardBeams(preparation.scenario, board, calibration);
  const realisability = checkRealisable(preparation, beams);
  const localSetup = localFeedback(preparation, beams);
  const losses = lossForecast(preparation, beams, radiate);
  const warnings = planWarnings(preparation, realisability);
  return { demand, beams, realisability, losses, localSetup, tracking, warnings };
}

/**
 * What a board makes of codewords, as the scenario wants it.
 *
 * @throws BOARD_MISMATCH when the table is another board's, or gains are to be evened out that nobody knows or the board cannot.
 */
export function boardBeams(
  { array, board: { equaliseGains } }: Scenario,
  board: BoardDescription,
  calibration: CalibrationTable | null,
): BoardBeams {
  if (equaliseGains && (board.amplitudeBits < 2 || (calibration?.gain ?? null) === null)) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what:
        board.amplitudeBits < 2
          ? `Gains cannot be evened out: the board has ${board.amplitudeBits} amplitude bits, no steps of amplitude`
          : 'Gains cannot be evened out: no calibration table tells them',
      where: 'board.equaliseGains',
      todo:
        board.amplitudeBits < 2
          ? 'Leave it out for this board'
          : 'Name a table with gains as board.calibration, as beamloop calibrate makes one',
    });
  }
  return new BoardBeams(board, array.carrier, calibration, { equaliseGains });
}
