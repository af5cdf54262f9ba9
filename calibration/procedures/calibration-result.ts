/** What a calibration says of every element, with its confidence. */
import type { ComplexVector } from '../../src/core/complex.js';
import { wrappedRad } from '../../src/core/turns.js';
import type { ElementResponses } from './element-responses.js';
import { type ElementTest, testElements } from './element-test.js';

/** Of a standard normal: 95 % lie within. */
export const Z95 = 1.959964;

export interface CalibrationResult {
  /** Phase that each element adds to what it is told, rad, shape [numElements]; the mean direction of all is 0. */
  readonly phaseErrorRad: Float64Array;
  /** The truth lies within this of it for 95 % of the elements, rad; pi where nothing is known. */
  readonly phaseIntervalRad: Float64Array;
  /** Amplitude relative to the rms of the elements that follow, shape [numElements]. */
  readonly gain: Float64Array;
  /** As of the phase, of the gain. */
  readonly gainInterval: Float64Array;
  readonly elements: ElementTest;
  /** Expected of noise: root mean square of the phase's standard deviations over the elements that follow, rad. */
  readonly expectedErrorRad: number;
  /** Of a pilot of unit norm over noise, as measured, dB. */
  readonly snrDb: number;
  readonly numSlots: number;
}

/** @param idealRad phase with which an element without errors is received at phase code 0, shape [numElements]. */
export function resultOf(
  { response, variance }: ElementResponses,
  idealRad: Float64Array,
  measured: { readonly powerVariance: number; readonly meanPower: number; readonly numSlots: number },
): CalibrationResult {
  const { re, im } = response;
  const elements = testElements(response, variance);
  const follows = (n: number) => elements.follows[n] === 1;
  const rms = Math.sqrt(
    mean(
      re.map((x, n) => x * x + im[n]! ** 2 - 2 * variance[n]!),
      follows,
    ),
  );
  const size = re.map((x, n) => Math.hypot(x, im[n]!));
  const raw = re.map((x, n) => Math.atan2(im[n]!, x) - idealRad[n]!);
  const centre = meanDirection(raw, follows);
  // That of a phase of which nothing is known is pi^2 / 3.
  const phaseVariance = variance.map((v, n) => Math.min(v / size[n]! ** 2, Math.PI ** 2 / 3));
  return {
    phaseErrorRad: raw.map((rad, n) => (follows(n) ? wrappedRad((rad - centre) / (2 * Math.PI)) : 0)),
    phaseIntervalRad: phaseVariance.map((v, n) =>
      follows(n) ? Math.min(Math.PI, Z95 * Math.sqrt(v)) : Math.PI,
    ),
    gain: size.map((x, n) => (follows(n) ? x / rms : 0)),
    gainInterval: variance.map((v) => (Z95 * Math.sqrt(v)) / rms),
    elements,
    expectedErrorRad: Math.sqrt(mean(phaseVariance, follows)),
    snrDb: snrDbOf(response, measured),
    numSlots: measured.numSlots,
  };
}

/** Powers s^2 + noise of variance sigma^2 vary by 2 s^2 sigma^2 + sigma^4; a pilot of unit norm receives the sum of the squares. */
function snrDbOf(
  { re, im }: ComplexVector,
  { powerVariance, meanPower }: { readonly powerVariance: number; readonly meanPower: number },
): number {
  const noise = Math.sqrt(meanPower ** 2 + powerVariance) - meanPower;
  return 10 * Math.log10(re.reduce((sum, x, n) => sum + x * x + im[n]! ** 2, 0) / noise);
}

/** Phase of the mean of unit vectors, rad, over the elements for which `of` holds. */
export function meanDirection(phaseRad: Float64Array, of: (n: number) => boolean = () => true): number {
  let [re, im] = [0, 0];
  for (const [n, rad] of phaseRad.entries()) {
    if (!of(n)) continue;
    re += Math.cos(rad);
    im += Math.sin(rad);
  }
  return Math.atan2(im, re);
}

function mean(values: Float64Array, of: (n: number) => boolean): number {
  let [sum, count] = [0, 0];
  for (const [n, value] of values.entries()) if (of(n)) [sum, count] = [sum + value, count + 1];
  return sum / Math.max(1, count);
}
