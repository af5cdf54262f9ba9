/** Means of what is independent of one another, with intervals. */
export interface Mean {
  readonly mean: number;
  /** 95 %, by the spread of the values; the mean twice where there is one. */
  readonly interval95: readonly [number, number];
}

/** @param values of groups of users, or of passes, that are independent of one another. */
export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, interval95: [mean, mean] };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = studentFactor95(values.length - 1) * Math.sqrt(variance / values.length);
  return { mean, interval95: [mean - half, mean + half] };
}

/** 97.5 % quantile of Student's t (Abramowitz and Stegun, eq. 26.7.5): within 1 % from 3 degrees of freedom on. */
function studentFactor95(degrees: number): number {
  const few = [12.706, 4.303];
  if (degrees <= few.length) return few[degrees - 1]!;
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}
