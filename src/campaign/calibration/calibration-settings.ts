/** What a calibration is asked to do; plain data, which a recording keeps to go on with it. */

import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import {
  type CalibrationNeeds,
  calibrationNeeds,
} from '../../../calibration/procedures/calibration-needs.js';
import type { CalibrationResult } from '../../../calibration/procedures/calibration-result.js';
import type { CalibrationSetup } from '../../../calibration/procedures/calibration-setup.js';
import { codeStates } from '../../../calibration/procedures/code-states.js';
import { delays } from '../../../calibration/procedures/delays.js';
import type { ElementResponses } from '../../../calibration/procedures/element-responses.js';
import { hadamard } from '../../../calibration/procedures/hadamard.js';
import { rev } from '../../../calibration/procedures/rev.js';
import { BeamloopError } from '../../core/errors.js';
import type { BoardControls } from '../../realisation/board-controls.js';
import { powersOf } from '../../sounding/powers.js';
import type { Sounding } from '../../sounding/sounding.js';

/** Phases are known by then. */
const DELAY_PASSES = 1;

export const PROCEDURES = ['hadamard', 'rev', 'states', 'delays'] as const;
export type Procedure = (typeof PROCEDURES)[number];

export interface CalibrationSettings {
  readonly procedure: Procedure;
  /** UEs that listen, one after another, each at a place of its own. */
  readonly ues: readonly string[];
  /** Over the array, one after another, each from what the ones before found. */
  readonly passes: number;
}

/** What a procedure gives of one UE. */
export interface ProcedureResult {
  /** Phases and amplitudes of elements, at the carrier. */
  readonly result: CalibrationResult & {
    readonly responses: ElementResponses;
    /** Of all pilots, in slot order. */
    readonly codes: readonly Uint16Array[];
  };
  /** What the table says beyond that. */
  readonly more: Partial<CalibrationTable>;
  readonly numSlots: number;
}

export interface ProcedureSetup extends CalibrationSetup {
  /** Of the subcarriers that the UE reports, ascending; null of a narrowband one. */
  readonly frequenciesHz: Float64Array | null;
}

export function* soundingOf(
  { procedure, passes }: CalibrationSettings,
  setup: ProcedureSetup,
): Sounding<ProcedureResult> {
  const { frequenciesHz } = setup;
  const atCarrier = <Result>(sounding: Sounding<Result>) => heardAtCarrier(sounding, setup);
  if (procedure === 'rev') return plain(yield* atCarrier(rev(setup)));
  if (procedure === 'delays' && frequenciesHz === null) throw needsBand();
  const result = yield* atCarrier(hadamard(setup, { passes }));
  if (procedure === 'hadamard') return plain(result);
  const known = { ...setup, knownErrorRad: result.phaseErrorRad };
  if (procedure === 'states') {
    const { codeErrorRad, numSlots } = yield* atCarrier(codeStates(known));
    return { result, more: { codeErrorRad }, numSlots: result.numSlots + numSlots };
  }
  const found = yield* delays({ ...known, frequenciesHz: frequenciesHz! }, { passes: DELAY_PASSES });
  const { phaseErrorRad, delayErrorS, lineErrorS, delayGainError, numSlots } = found;
  return {
    result,
    more: { phaseErrorRad, delayErrorS, lineErrorS, delayGainError },
    numSlots: result.numSlots + numSlots,
  };
}

function plain(result: ProcedureResult['result']): ProcedureResult {
  return { result, more: {}, numSlots: result.numSlots };
}

function needsBand(): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: 'Delays are told by phases over subcarriers, and the UE of this scenario measures at the carrier alone',
    where: 'procedure',
    todo: 'Give the scenario array.bandwidth and array.subcarriers, or calibrate phases by hadamard',
  });
}

/** Gives a sounding the powers of the subcarrier nearest to the carrier alone: over a whole band beams split. */
export function* heardAtCarrier<Result>(
  sounding: Sounding<Result>,
  { frequenciesHz, array }: Pick<ProcedureSetup, 'frequenciesHz' | 'array'>,
): Sounding<Result> {
  if (frequenciesHz === null) return yield* sounding;
  const offHz = frequenciesHz.map((hz) => Math.abs(hz - array.carrierHz));
  const nearest = offHz.indexOf(offHz.reduce((a, b) => Math.min(a, b)));
  let step = sounding.next();
  while (!step.done) {
    const { perSubcarrier, numSubcarriers, noiseFloor } = yield step.value;
    const own = Float64Array.from(step.value, (_, k) => perSubcarrier[k * numSubcarriers + nearest]!);
    step = sounding.next(powersOf(own, 1, noiseFloor));
  }
  return step.value;
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
  const alone = procedure === 'hadamard' || procedure === 'rev';
  if (alone) return calibrationNeeds(procedure, board, snrDb, { passes });
  // Phases come first.
  const { numSlots } = calibrationNeeds('hadamard', board, snrDb, { passes });
  const needs = calibrationNeeds(procedure, board, snrDb, { passes: DELAY_PASSES });
  return { ...needs, numSlots: numSlots + needs.numSlots };
}
