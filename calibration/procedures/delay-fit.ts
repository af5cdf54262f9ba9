/** A delay from phases over frequency (docs/model.md eq. 131). */
import type { ComplexVector } from '../../src/core/complex.js';
import { wrappedRad } from '../../src/core/turns.js';

export interface DelayFit {
  /** s; the phase falls by 2 pi f delayS. Known up to one over the distance of the subcarriers. */
  readonly delayS: number;
  /** At `frequencyHz`, rad. */
  readonly phaseRad: number;
  /** Standard deviations by noise. */
  readonly delaySigmaS: number;
  readonly phaseSigmaRad: number;
}

/**
 * Steps twice as long each time tell which turn the next one is on, so phases are never unwrapped from one subcarrier to the next; then
 * weighted least squares of what is left.
 *
 * @param values of one element, shape [numSubcarriers].
 * @param variance of either part, shape [numSubcarriers].
 * @param frequenciesHz evenly spaced, two or more.
 * @param atHz where the phase is wanted.
 */
export function fitDelay(
  { re, im }: ComplexVector,
  variance: Float64Array,
  frequenciesHz: Float64Array,
  atHz: number,
): DelayFit {
  const count = frequenciesHz.length;
  const stepHz = (frequenciesHz[count - 1]! - frequenciesHz[0]!) / (count - 1);
  let delayS = 0;
  for (let lag = 1; lag <= count / 2; lag *= 2) {
    let [x, y] = [0, 0];
    for (let m = 0; m + lag < count; m++) {
      const weight = 1 / (variance[m]! + variance[m + lag]!);
      x += weight * (re[m + lag]! * re[m]! + im[m + lag]! * im[m]!);
      y += weight * (im[m + lag]! * re[m]! - re[m + lag]! * im[m]!);
    }
    const left = Math.atan2(y, x) / (2 * Math.PI) + lag * stepHz * delayS;
    delayS -= (left - Math.round(left)) / (lag * stepHz);
  }
  for (let round = 0; round < 2; round++) {
    const { slope } = leastSquares({ re, im }, variance, frequenciesHz, delayS);
    delayS -= slope / (2 * Math.PI);
  }
  const { phaseRad, meanHz, weights, spread } = leastSquares({ re, im }, variance, frequenciesHz, delayS);
  return {
    delayS,
    phaseRad: phaseRad - wrappedRad((atHz - meanHz) * delayS),
    delaySigmaS: 1 / (2 * Math.PI * Math.sqrt(spread)),
    phaseSigmaRad: Math.sqrt(1 / weights + (atHz - meanHz) ** 2 / spread),
  };
}

/** Of the phases after a delay is taken off: their weighted mean at the weighted mean frequency, and their slope, rad/Hz. */
function leastSquares(
  { re, im }: ComplexVector,
  variance: Float64Array,
  frequenciesHz: Float64Array,
  delayS: number,
) {
  let [weights, sumHz] = [0, 0];
  for (let m = 0; m < frequenciesHz.length; m++) {
    const weight = (re[m]! ** 2 + im[m]! ** 2) / variance[m]!;
    weights += weight;
    sumHz += weight * frequenciesHz[m]!;
  }
  const meanHz = sumHz / weights;
  const turned = (m: number) => {
    const rad = wrappedRad((frequenciesHz[m]! - meanHz) * delayS);
    const [cos, sin] = [Math.cos(rad), Math.sin(rad)];
    return [re[m]! * cos - im[m]! * sin, re[m]! * sin + im[m]! * cos] as const;
  };
  let [x, y] = [0, 0];
  for (let m = 0; m < frequenciesHz.length; m++) {
    const [a, b] = turned(m);
    x += a / variance[m]!;
    y += b / variance[m]!;
  }
  const phaseRad = Math.atan2(y, x);
  const [cos, sin] = [Math.cos(phaseRad), Math.sin(phaseRad)];
  let [up, spread] = [0, 0];
  for (let m = 0; m < frequenciesHz.length; m++) {
    const [a, b] = turned(m);
    const offHz = frequenciesHz[m]! - meanHz;
    const size = re[m]! ** 2 + im[m]! ** 2;
    // To first order the part across is the amplitude times the phase.
    up += (offHz * Math.sqrt(size) * (b * cos - a * sin)) / variance[m]!;
    spread += (offHz * offHz * size) / variance[m]!;
  }
  return { phaseRad, meanHz, weights, spread, slope: up / spread };
}
