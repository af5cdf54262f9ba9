/** From a codeword to the complex weights that the elements radiate with. */
import { type ComplexVector, complexVector } from '../core/complex.js';
import { wrappedRad } from '../core/turns.js';
import type { Codeword } from './codeword.js';

/** w_n(f) = a_n N^(-1/2) exp(j phase_n - j 2 pi f delay_n), shape [numElements] (docs/model.md eq. 9). */
export function codewordWeights(
  codeword: Pick<Codeword, 'phaseRad' | 'delayS' | 'amplitude'>,
  frequencyHz: number,
): ComplexVector {
  const { phaseRad, delayS, amplitude } = codeword;
  const numElements = phaseRad.length;
  const scale = 1 / Math.sqrt(numElements);
  const weights = complexVector(numElements);
  for (let k = 0; k < numElements; k++) {
    const phase = phaseRad[k]! - (delayS === null ? 0 : wrappedRad(frequencyHz * delayS[k]!));
    const size = amplitude === null ? scale : scale * amplitude[k]!;
    weights.re[k] = size * Math.cos(phase);
    weights.im[k] = size * Math.sin(phase);
  }
  return weights;
}
