/** What every phase code of every element really is (docs/model.md eq. 132). */
import { requireWhole } from '../../src/core/arguments.js';
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { PilotBatch, Sounding } from '../../src/sounding/sounding.js';
import { nearestCodes, restingSettings, settingsCodeword } from './calibration-pilots.js';
import { Z95 } from './calibration-result.js';
import { type CalibrationSetup, checkSetup, expectedPhaseRad } from './calibration-setup.js';
import { estimateHalf } from './half-estimate.js';
import { contrastCodes, halfSlots, interleavedHalves, settingsOf } from './halves.js';
import { type PhaseSteps, phaseSteps } from './phase-steps.js';
import { requireCalibrationPowers } from './power-check.js';

/** More codes than this are not measured one by one. */
const MOST_BITS = 8;

export interface CodeStates {
  /** Of every code beyond that of its element, rad, shape [numElements][2^phaseBits]. */
  readonly codeErrorRad: readonly Float64Array[];
  /** Amplitude of every code relative to the element's mean, shape as above. */
  readonly codeGain: readonly Float64Array[];
  /** The truth lies within this of a code's phase for 95 %, rad, shape [numElements]. */
  readonly intervalRad: Float64Array;
  readonly numSlots: number;
}

export interface CodeStatesOptions {
  /** How often all is gone through; 1 unless given. Errors fall with its root. */
  readonly rounds?: number;
}

/** Slots that it takes. */
export function codeStatesSlots(numElements: number, phaseBits: number, rounds = 1): number {
  const steps = phaseSteps(phaseBits, 4);
  const halves = interleavedHalves(numElements, true);
  return rounds * (2 ** phaseBits - 1) * halves.reduce((sum, half) => sum + halfSlots(half, steps), 0);
}

/**
 * Each half's elements are at one code or opposite their base, by the rows of a Hadamard matrix, while the other half turns as one: what
 * its own codes are off averages out. `setup.knownErrorRad` should be a table that is good to some ten degrees.
 *
 * @throws as `hadamard`; BOARD_MISMATCH for more than 8 phase bits.
 */
export function* codeStates(
  setup: CalibrationSetup,
  { rounds = 1 }: CodeStatesOptions = {},
): Sounding<CodeStates> {
  checkSetup(setup);
  requireWhole('rounds', rounds, 1, 100);
  const { board, fullScalePower = null } = setup;
  const { numElements, phaseBits } = board;
  if (phaseBits > MOST_BITS) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${board.model} has ${2 ** phaseBits} phase codes; each of them takes ${4 * numElements} slots or more`,
      todo: `Codes are measured one by one up to ${MOST_BITS} bits`,
    });
  }
  const steps = phaseSteps(phaseBits, 4);
  // The reference turns instead of what is tested: the same the other way round.
  const backwards: PhaseSteps = {
    ...steps,
    stepRad: steps.stepRad.map((rad) => -rad),
    weightIm: steps.weightIm.map((w) => -w),
  };
  const numCodes = 2 ** phaseBits;
  const rest = restingSettings(board);
  const base = nearestCodes(
    expectedPhaseRad(setup).map((rad) => -rad),
    phaseBits,
  );
  // Against the code opposite the base, [numCodes] of each element; sums over rounds.
  const contrasts = Array.from({ length: numElements }, () => complexVector(numCodes));
  const variance = new Float64Array(numElements);
  let numSlots = 0;
  for (let round = 0; round < rounds; round++) {
    for (const half of interleavedHalves(numElements, true)) {
      for (let shift = 0; shift < numCodes; shift++) {
        if (shift === numCodes / 2) continue;
        const codes = contrastCodes(half, steps, base, phaseBits, shift);
        const pilots: PilotBatch = settingsOf(codes, rest).map((settings, k) =>
          settingsCodeword('states', `code + ${shift}, pilot ${k + 1}`, settings, board),
        );
        const powers = yield pilots;
        requireCalibrationPowers(powers, fullScalePower);
        numSlots += pilots.length;
        const estimate = estimateHalf(half, backwards, { values: powers.mean, stride: 1, column: 0 });
        for (const [k, n] of half.tested.entries()) {
          contrasts[n]!.re[shift]! += estimate.response.re[k]! / rounds;
          contrasts[n]!.im[shift]! += estimate.response.im[k]! / rounds;
          variance[n]! += estimate.variance / (rounds ** 2 * (numCodes - 1));
        }
      }
    }
  }
  const found = contrasts.map((own, n) => statesOf(own, base[n]!, variance[n]!));
  return {
    codeErrorRad: found.map(({ errorRad }) => errorRad),
    codeGain: found.map(({ gain }) => gain),
    intervalRad: Float64Array.from(found, ({ intervalRad }) => intervalRad),
    numSlots,
  };
}

/** Twice the contrasts are the codes less one; that the codes of an element have the mean 0 tells the one. */
function statesOf({ re, im }: ComplexVector, base: number, variance: number) {
  const numCodes = re.length;
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / numCodes;
  const [meanRe, meanIm] = [mean(re), mean(im)];
  const states = Array.from(re, (x, shift) => {
    const rad = (-2 * Math.PI * (base + shift)) / numCodes;
    const [a, b] = [2 * (x - meanRe), 2 * (im[shift]! - meanIm)];
    return { re: a * Math.cos(rad) - b * Math.sin(rad), im: a * Math.sin(rad) + b * Math.cos(rad) };
  });
  const [sumRe, sumIm] = states.reduce(([x, y], state) => [x + state.re, y + state.im], [0, 0]);
  const own = Math.atan2(sumIm, sumRe);
  const size = Math.hypot(sumRe, sumIm) / numCodes;
  const errorRad = new Float64Array(numCodes);
  const gain = new Float64Array(numCodes);
  for (const [shift, state] of states.entries()) {
    const code = (base + shift) % numCodes;
    const rad = Math.atan2(state.im, state.re) - own;
    errorRad[code] = Math.atan2(Math.sin(rad), Math.cos(rad));
    gain[code] = Math.hypot(state.re, state.im) / size;
  }
  return { errorRad, gain, intervalRad: Math.min(Math.PI, (2 * Z95 * Math.sqrt(variance)) / size) };
}
