/** Two-sided 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a proportion: stays within [0, 1] and is honest close to both ends, where accuracies
 * of good schemes lie.
 */
export function wilsonInterval95(numSuccesses: number, numTrials: number): [number, number] {
  if (numTrials === 0) return [0, 1];
  const p = numSuccesses / numTrials;
  const spread = (Z * Z) / numTrials;
  const centre = (p + spread / 2) / (1 + spread);
  const half = Math.sqrt(spread * (p * (1 - p) + spread / 4)) / (1 + spread);
  return [
    numSuccesses === 0 ? 0 : Math.max(0, centre - half),
    numSuccesses === numTrials ? 1 : Math.min(1, centre + half),
  ];
}
