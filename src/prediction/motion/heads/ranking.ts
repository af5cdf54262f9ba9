/** From a network's scores to codewords with probabilities. */
import type { RankedCodeword } from '../../../tracking/tracker.js';
import type { Head } from './head.js';

/**
 * Codewords, most likely first; classes that mean the same codeword are one.
 *
 * @param scores [classes].
 * @param temperature that scores are divided by: the one at which probabilities are honest.
 * @param numWanted at most so many.
 * @param leastLikely of all but the first, the least probability.
 */
export function rankedColumns(
  scores: Float32Array,
  head: Head,
  last: number,
  temperature: number,
  numWanted: number,
  leastLikely = 0,
): RankedCodeword[] {
  const most = scores[topClass(scores)]!;
  const shares = new Float64Array(scores.length);
  let sum = 0;
  for (let one = 0; one < shares.length; one++) {
    shares[one] = Math.exp((scores[one]! - most) / temperature);
    sum += shares[one]!;
  }
  if (head.isClipped(last)) mergeEquals(shares, head, last);
  return largest(shares, numWanted)
    .filter((one, k) => k === 0 || shares[one]! / sum >= leastLikely)
    .map((one) => ({ column: head.columnOf(one, last), probability: shares[one]! / sum }));
}

/** Where the largest shares are, largest first; the first of equals. */
function largest(shares: Float64Array, numWanted: number): number[] {
  const found: number[] = [];
  for (let one = 0; one < shares.length; one++) {
    const share = shares[one]!;
    if (share === TAKEN || (found.length === numWanted && share <= shares[found[numWanted - 1]!]!)) continue;
    if (found.length === numWanted) found.pop();
    let at = found.length;
    while (at > 0 && shares[found[at - 1]!]! < share) at--;
    found.splice(at, 0, one);
  }
  return found;
}

const TAKEN = -1;

/** Gives the share of every class to the first that means the same codeword. */
function mergeEquals(shares: Float64Array, head: Head, last: number): void {
  const firstOf = new Map<number, number>();
  for (let one = 0; one < shares.length; one++) {
    const column = head.columnOf(one, last);
    const first = firstOf.get(column);
    if (first === undefined) firstOf.set(column, one);
    else {
      shares[first]! += shares[one]!;
      shares[one] = TAKEN;
    }
  }
}

/** The codeword of the class with the highest score. */
export function topColumn(scores: Float32Array, head: Head, last: number): number {
  return head.columnOf(topClass(scores), last);
}

function topClass(scores: ArrayLike<number>): number {
  let top = 0;
  for (let one = 1; one < scores.length; one++) if (scores[one]! > scores[top]!) top = one;
  return top;
}
