/**
 * The temperature at which probabilities are honest: of the times that a tracker says 0.8, it is right 0.8 (Guo et al. 2017).
 * The one that makes what happened most likely, by golden-section search over its logarithm.
 *
 * @param scores [rows, classes].
 * @param classes [rows]; rows below 0 count for nothing.
 */
export function honestTemperature(scores: Float32Array, classes: Int32Array): number {
  const numClasses = scores.length / classes.length;
  const surprise = (log: number) => meanSurprise(scores, classes, numClasses, Math.exp(log));
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.1), Math.log(10)];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atA, atB] = [surprise(a), surprise(b)];
  while (high - low > 1e-3) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = surprise(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = surprise(b);
    }
  }
  return Math.exp((low + high) / 2);
}

function meanSurprise(
  scores: Float32Array,
  classes: Int32Array,
  numClasses: number,
  temperature: number,
): number {
  let sum = 0;
  for (let row = 0; row < classes.length; row++) {
    const one = classes[row]!;
    if (one < 0) continue;
    const of = scores.subarray(row * numClasses, (row + 1) * numClasses);
    let most = Number.NEGATIVE_INFINITY;
    for (const score of of) most = Math.max(most, score);
    let total = 0;
    for (const score of of) total += Math.exp((score - most) / temperature);
    sum += Math.log(total) - (of[one]! - most) / temperature;
  }
  return sum / classes.length;
}
