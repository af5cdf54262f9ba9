/** What rankings of beams are worth, slot by slot. */

/** Beams off at which a ranking is worth nothing. */
const WORTHLESS_BEAMS = 5;

/** Whether the true beam is among the first k. */
export function isInTop(ranked: readonly number[], truth: number, k: number): boolean {
  return ranked.slice(0, k).includes(truth);
}

/**
 * Distance-based accuracy of the first k beams, Y_k: 1 minus how far the nearest of them is from the true one, over five beams and
 * at most 1. Over several predictions it is the mean (docs/model.md eq. 114).
 */
export function distanceAccuracy(ranked: readonly number[], truth: number, k: number): number {
  let least = 1;
  for (const beam of ranked.slice(0, k)) least = Math.min(least, Math.abs(beam - truth) / WORTHLESS_BEAMS);
  return 1 - least;
}

/** As the code of Ma et al. (2025) has it: Y_3. */
export function dbaTop3(ranked: readonly number[], truth: number): number {
  return distanceAccuracy(ranked, truth, 3);
}

/** As the challenge of Charan et al. (2022) has it: the mean of Y_1, Y_2 and Y_3. */
export function dbaChallenge(ranked: readonly number[], truth: number): number {
  return [1, 2, 3].reduce((sum, k) => sum + distanceAccuracy(ranked, truth, k) / 3, 0);
}

/** Beams by their scores, best first, the lower one of equals. */
export function rankedBeams(scores: Float32Array, most = scores.length): number[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return order.slice(0, most);
}
