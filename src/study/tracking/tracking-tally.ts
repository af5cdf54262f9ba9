/** Sums of one tracker at one point; the sums of several jobs add up. */

/** Of one group of users over all of its epochs. */
export interface GroupScore {
  readonly trackerIndex: number;
  readonly pointIndex: number;
  /** Mean over users and epochs. */
  readonly gain: number;
  readonly top1: number;
  readonly top3: number;
  readonly nmse: number;
  /** Summed over users, mean over epochs, bit/s/Hz (Qian et al. 2026, eq. 4). */
  readonly sumRate: number;
  /** Of a user and epoch: codewords that were probed, and pilots with which the scheme found it anew. */
  readonly probes: number;
  readonly trainingPilots: number;
  /** Share of users' epochs without a beam. */
  readonly unserved: number;
}

export interface Mean {
  readonly mean: number;
  /** 95 %, by the spread between groups; the mean twice where there is one group. */
  readonly interval95: readonly [number, number];
}

/** Groups are independent of one another; users and epochs of a group are not. */
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
