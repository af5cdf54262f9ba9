/**
 * Calibration over the air by Hadamard interferometry: phases and amplitudes of all elements at once, all of them radiating in every
 * slot (docs/model.md eq. 118 to 122, docs/calibration.md).
 */

import { requireWhole } from '../../src/core/arguments.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { restingSettings } from './calibration-pilots.js';
import { type CalibrationResult, resultOf } from './calibration-result.js';
import { type CalibrationSetup, checkSetup, expectedPhaseRad, idealPhaseRad } from './calibration-setup.js';
import { combined, type ElementResponses } from './element-responses.js';
import { hadamardPass } from './hadamard-pass.js';
import { interleavedHalves } from './halves.js';
import { phaseSteps } from './phase-steps.js';
import { type MeasuredHalf, relinearised } from './relinearised-half.js';

export interface HadamardOptions {
  /** Each begins from what those before it found; 1 unless given. Errors fall with the root of their number. */
  readonly passes?: number;
  /** Steps of phase per row, 3 or 4; 4 unless given. */
  readonly numSteps?: number;
}

export interface HadamardResult extends CalibrationResult {
  readonly responses: ElementResponses;
  /** Phase codes of all pilots, in slot order: what a bound of the design is computed of. */
  readonly codes: readonly Uint16Array[];
  /** The halves and the scan between them agree within five standard deviations: nothing moved meanwhile. */
  readonly still: boolean;
}

/**
 * S N + 8 slots per pass (S steps; more where no Hadamard matrix has N/2 rows). From errors of any size two passes do.
 *
 * @throws BOARD_MISMATCH for boards that cannot be calibrated so; NO_EVIDENCE for powers of which nothing can be told.
 */
export function* hadamard(
  setup: CalibrationSetup,
  { passes = 1, numSteps = 4 }: HadamardOptions = {},
): Sounding<HadamardResult> {
  checkSetup(setup);
  requireWhole('passes', passes, 1, 100);
  requireWhole('numSteps', numSteps, 3, 4);
  const { board } = setup;
  const plan = {
    procedure: 'hadamard',
    board,
    rest: restingSettings(board),
    halves: interleavedHalves(board.numElements),
    steps: phaseSteps(board.phaseBits, numSteps),
    fullScalePower: setup.fullScalePower ?? null,
  };
  let found: ElementResponses | null = null;
  let expectedRad = expectedPhaseRad(setup);
  const codes: Uint16Array[] = [];
  const measured: MeasuredHalf[] = [];
  let powerVariance = 0;
  let meanPower = 0;
  let still = true;
  for (let pass = 0; pass < passes; pass++) {
    const result = yield* hadamardPass({ ...plan, pass, adapt: pass === 0 }, expectedRad);
    found = combined(found, result);
    const { re, im } = found.response;
    expectedRad = re.map((x, n) => Math.atan2(im[n]!, x));
    codes.push(...result.codes);
    measured.push(...result.measured);
    powerVariance += result.powerVariance / passes;
    meanPower += result.meanPower / passes;
    still &&= result.disagreementRad <= 5 * result.disagreementNoiseRad;
  }
  const noise = Math.sqrt(meanPower ** 2 + powerVariance) - meanPower;
  const responses =
    passes === 1 ? found! : relinearised(found!, measured, plan.steps, board.phaseBits, noise);
  const ofSlots = { powerVariance, meanPower, numSlots: codes.length };
  return { ...resultOf(responses, idealPhaseRad(setup), ofSlots), responses, codes, still };
}
