import type { PolarCodebook } from '../codebook/polar.js';
import type { ChannelEvaluator } from './channel.js';
import { DirectEvaluator } from './direct-evaluator.js';
import { FastEvaluator } from './screening/fast-evaluator.js';

/** The fast evaluator where its FFT fits (a power of two of elements, at least 16, and as many angles), direct evaluation elsewhere. */
export function createEvaluator(codebook: PolarCodebook): ChannelEvaluator {
  const { numElements } = codebook.array;
  const fits =
    numElements >= 16 && (numElements & (numElements - 1)) === 0 && codebook.numAngles === numElements;
  return fits ? new FastEvaluator(codebook) : new DirectEvaluator(codebook);
}
