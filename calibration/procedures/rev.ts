/**
 * Calibration by rotating element vectors: one element turns, all others rest (docs/model.md eq. 126). For few elements, and for a look at
 * single ones: of many, each is a small part of what is received and noise hides it.
 */
import { requireWhole } from '../../src/core/arguments.js';
import { complexVector } from '../../src/core/complex.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { nearestCodes, restingSettings, settingsCodeword } from './calibration-pilots.js';
import { type CalibrationResult, resultOf } from './calibration-result.js';
import { type CalibrationSetup, checkSetup, expectedPhaseRad, idealPhaseRad } from './calibration-setup.js';
import type { ElementResponses } from './element-responses.js';
import { settingsOf, turnedCodes } from './halves.js';
import { phaseSteps } from './phase-steps.js';
import { requireCalibrationPowers } from './power-check.js';

const REFINEMENTS = 6;

export interface RevOptions {
  /** Steps of phase per element, 4 to 16; 4 unless given. */
  readonly numSteps?: number;
}

export interface RevResult extends CalibrationResult {
  readonly responses: ElementResponses;
  readonly codes: readonly Uint16Array[];
}

/**
 * numSteps slots per element.
 *
 * @throws as `hadamard`.
 */
export function* rev(setup: CalibrationSetup, { numSteps = 4 }: RevOptions = {}): Sounding<RevResult> {
  checkSetup(setup);
  requireWhole('numSteps', numSteps, 4, 16);
  const { board } = setup;
  const { numElements, phaseBits } = board;
  const steps = phaseSteps(phaseBits, Math.min(numSteps, 2 ** phaseBits));
  const base = nearestCodes(
    expectedPhaseRad(setup).map((rad) => -rad),
    phaseBits,
  );
  const codes = Array.from({ length: numElements }, (_, n) =>
    turnedCodes(Int32Array.of(n), steps, base, phaseBits),
  ).flat();
  const powers = yield settingsOf(codes, restingSettings(board)).map((settings, k) => {
    const name = `element ${Math.floor(k / steps.codes.length) + 1}, step ${(k % steps.codes.length) + 1}`;
    return settingsCodeword('rev', name, settings, board);
  });
  requireCalibrationPowers(powers, setup.fullScalePower ?? null);
  const { responses, powerVariance, meanPower } = estimate(powers.mean, steps, base, phaseBits);
  const measured = { powerVariance, meanPower, numSlots: codes.length };
  return { ...resultOf(responses, idealPhaseRad(setup), measured), responses, codes };
}

function estimate(
  powers: Float64Array,
  { stepRad, weightRe, weightIm, meanWeight, noiseGain }: ReturnType<typeof phaseSteps>,
  base: Uint16Array,
  phaseBits: number,
) {
  const numSteps = stepRad.length;
  const numElements = base.length;
  const products = complexVector(numElements);
  let [squares, sum, focused] = [0, 0, 0];
  for (let n = 0; n < numElements; n++) {
    let mean = 0;
    for (let k = 0; k < numSteps; k++) {
      const power = powers[n * numSteps + k]!;
      products.re[n]! += weightRe[k]! * power;
      products.im[n]! += weightIm[k]! * power;
      mean += meanWeight[k]! * power;
      sum += power;
    }
    // The first step is the base: all elements as they were.
    focused += powers[n * numSteps]! / numElements;
    for (let k = 0; k < numSteps; k++) {
      const rad = stepRad[k]!;
      const first = 2 * (products.re[n]! * Math.cos(rad) - products.im[n]! * Math.sin(rad));
      squares += (powers[n * numSteps + k]! - mean - first) ** 2;
    }
  }
  const powerVariance = squares / (numElements * Math.max(1, numSteps - 3));
  const meanPower = sum / powers.length;
  const noise = Math.sqrt(meanPower ** 2 + powerVariance) - meanPower;
  const all = Math.sqrt(Math.max(focused - noise, Number.MIN_VALUE));
  const response = complexVector(numElements);
  for (let n = 0; n < numElements; n++) {
    let [re, im] = [0, 0];
    for (let round = 0; round < REFINEMENTS; round++) {
      // Against the others, who are all but this one: Z = c (S - c)*.
      const own = Math.min(re * re + im * im, (all * all) / 4);
      re = (products.re[n]! + own) / all;
      im = products.im[n]! / all;
    }
    const rad = (-2 * Math.PI * base[n]!) / 2 ** phaseBits;
    response.re[n] = re * Math.cos(rad) - im * Math.sin(rad);
    response.im[n] = re * Math.sin(rad) + im * Math.cos(rad);
  }
  const variance = new Float64Array(numElements).fill((powerVariance * noiseGain) / (2 * all * all));
  return { responses: { response, variance }, powerVariance, meanPower };
}
