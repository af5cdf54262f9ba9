/** From a network's scores to codewords with probabilities. */
import type { RankedCodeword } from '../../tracking/tracker.js';
import type { Head } from './head.js';

/**
 * Codewords, most likely first; classes that mean the same codeword are one.
 *
 * @param scores [classes].
 * @param temperature that scores are divided by: the one at which probabilities are honest.
 * @param numWanted at most so many.
 */
export function rankedColumns(
  scores: Float32Array,
  head: Head,
  last: number,
  temperature: number,
  numWanted: number,
): RankedCodeword[] {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const shares = new Map<number, number>();
  let sum = 0;
  for (let one = 0; one < scores.length; one++) {
    const share = Math.exp((scores[one]! - most) / temperature);
    sum += share;
    const column = head.columnOf(one, last);
    shares.set(column, (shares.get(column) ?? 0) + share);
  }
  return [...shares]
    .map(([column, share]) => ({ column, probability: share / sum }))
    .sort((a, b) => b.probability - a.probability || a.column - b.column)
    .slice(0, numWanted);
}

/** The codeword of the class with the highest score. */
export function topColumn(scores: Float32Array, head: Head, last: number): number {
  let top = 0;
  for (let one = 1; one < scores.length; one++) if (scores[one]! > scores[top]!) top = one;
  return head.columnOf(top, last);
}
