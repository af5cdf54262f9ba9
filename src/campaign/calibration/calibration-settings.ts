/** What a calibration is asked to do; plain data, which a recording keeps to go on with it. */
import {
  type CalibrationNeeds,
  hadamardNeeds,
  revNeeds,
} from '../../../calibration/procedures/calibration-needs.js';
import type { CalibrationSetup } from '../../../calibration/procedures/calibration-setup.js';
import { type HadamardResult, hadamard } from '../../../calibration/procedures/hadamard.js';
import { type RevResult, rev } from '../../../calibration/procedures/rev.js';
import type { BoardControls } from '../../realisation/board-controls.js';
import type { Sounding } from '../../sounding/sounding.js';

export const PROCEDURES = ['hadamard', 'rev'] as const;
export type Procedure = (typeof PROCEDURES)[number];

export interface CalibrationSettings {
  readonly procedure: Procedure;
  /** UEs that listen, one after another, each at a place of its own. */
  readonly ues: readonly string[];
  /** Of `hadamard`, one after another, each from what the ones before found. */
  readonly passes: number;
}

export function soundingOf(
  { procedure, passes }: CalibrationSettings,
  setup: CalibrationSetup,
): Sounding<HadamardResult | RevResult> {
  return procedure === 'hadamard' ? hadamard(setup, { passes }) : rev(setup);
}

/**
 * What it takes of one UE, and gives.
 *
 * @param snrDb of a pilot of unit norm.
 * @throws BOARD_MISMATCH.
 */
export function needsOf(
  { procedure, passes }: CalibrationSettings,
  board: BoardControls,
  snrDb: number,
): CalibrationNeeds {
  return procedure === 'rev' ? revNeeds(board, snrDb) : hadamardNeeds(board, snrDb, { passes });
}
