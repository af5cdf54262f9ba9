import type { PolarCodebook } from '../codebook/polar.js';
import type { ChannelEvaluator } from './channel.js';
import { DirectEvaluator } from './direct-evaluator.js';
import { FastEvaluator } from './screening/fast-evaluator.js';

/**
 * The fast evaluator where its FFT fits (powers of two of elements and angles, at least 16 of each, and no more angles than
 * elements, evenly spread over their sines), direct evaluation elsewhere.
 */
export function createEvaluator(codebook: PolarCodebook): ChannelEvaluator {
  const { array, numAngles, hasEvenSines } = codebook;
  const fits =
    hasEvenSines &&
    [array.numElements, numAngles].every((count) => count >= 16 && (count & (count - 1)) === 0);
  return fits && numAngles <= array.numElements ? new FastEvaluator(codebook) : new DirectEvaluator(codebook);
}
