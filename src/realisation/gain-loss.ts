/** What a beam loses of its gain where it focuses, over frequencies, for what is radiated in its codeword's place (eq. 38). */
import { wrappedRad } from '../core/turns.js';
import type { Radiated } from './realised.js';

/** Steps from frequency to frequency that differ by so little are the same but for rounding. */
const SAME_STEP = 1e-9;

/**
 * -20 log10 |w(f)^H w'(f)|, dB, shape [numFrequencies]. An element's share of the product turns evenly over even steps of
 * frequency, so each step is one complex product; the gain is that of the weights written out to within 1e-8 of a perfect beam's.
 *
 * @param wanted of unit norm: w.
 * @param radiated w'.
 * @param frequenciesHz ascending; even steps are fast.
 */
export function gainLossesDb(
  wanted: Radiated,
  radiated: Radiated,
  frequenciesHz: ArrayLike<number>,
): Float64Array {
  const numFrequencies = frequenciesHz.length;
  const { phaseRad: wantedRad } = wanted;
  const { phaseRad: radiatedRad } = radiated;
  const numElements = wantedRad.length;
  const isOfPhases = wanted.delayS === null && radiated.delayS === null;
  const re = new Float64Array(numFrequencies);
  const im = new Float64Array(numFrequencies);
  for (let n = 0; n < numElements; n++) {
    const size = ((wanted.amplitude?.[n] ?? 1) * (radiated.amplitude?.[n] ?? 1)) / numElements;
    const delayS = isOfPhases ? 0 : (radiated.delayS?.[n] ?? 0) - (wanted.delayS?.[n] ?? 0);
    const delayRad = isOfPhases ? 0 : wrappedRad(frequenciesHz[0]! * delayS);
    const phaseRad = radiatedRad[n]! - wantedRad[n]! - delayRad;
    let x = size * Math.cos(phaseRad);
    let y = size * Math.sin(phaseRad);
    let stepHz = 0;
    let cos = 1;
    let sin = 0;
    re[0]! += x;
    im[0]! += y;
    for (let k = 1; k < numFrequencies; k++) {
      const nextHz = frequenciesHz[k]! - frequenciesHz[k - 1]!;
      if (Math.abs(nextHz - stepHz) > SAME_STEP * stepHz) {
        stepHz = nextHz;
        const turnRad = -wrappedRad(stepHz * delayS);
        cos = Math.cos(turnRad);
        sin = Math.sin(turnRad);
      }
      const turned = x * cos - y * sin;
      y = x * sin + y * cos;
      x = turned;
      re[k]! += x;
      im[k]! += y;
    }
  }
  return re.map((part, k) => -10 * Math.log10(part ** 2 + im[k]! ** 2));
}

/** Of the power gain averaged over frequencies, dB. */
export function meanLossDb(lossesDb: Float64Array): number {
  return -10 * Math.log10(lossesDb.reduce((sum, lossDb) => sum + 10 ** (-lossDb / 10), 0) / lossesDb.length);
}
