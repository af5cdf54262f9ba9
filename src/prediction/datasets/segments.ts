/**
 * Passes, gaps and windows. A pass (a vehicle that drives by once) falls into segments where samples are missing; a window
 * lies within one segment.
 */

/** What tells where a sample stands. */
export interface SampleOrder {
  readonly pass: number;
  /** Time of day, s; null where the table has none. */
  readonly timeS: number | null;
  /** The table's own count; null where it has none. */
  readonly index: number | null;
}

export interface Segments {
  /** Of each sample, counted through the whole data set, from 0. */
  readonly ofSample: Int32Array;
  readonly numSegments: number;
  readonly numPasses: number;
  /** Within passes. */
  readonly gaps: readonly Gap[];
  /** The usual step from sample to sample, s; null without times. */
  readonly stepS: number | null;
}

interface Gap {
  /** Number of the sample after it. */
  readonly sample: number;
  readonly pass: number;
  /** Steps in time, negative ones too; null where the count alone told. */
  readonly lengthS: number | null;
}

/** A step longer than this many usual ones is a gap: one sample is missing at 2. */
const GAP_STEPS = 1.75;
const DAY_S = 86_400;

/**
 * Cuts samples, in the order of the table, into segments. Times tell; where there are none, the table's count does.
 *
 * @param gapS steps longer than this are gaps; 1.75 times the usual step unless given.
 */
export function segmentsOf(samples: readonly SampleOrder[], gapS?: number): Segments {
  const steps = samples.map((sample, k) => stepOf(samples[k - 1], sample));
  const stepS = medianStep(steps);
  const limitS = gapS ?? (stepS === null ? Number.POSITIVE_INFINITY : GAP_STEPS * stepS);
  const ofSample = new Int32Array(samples.length);
  const gaps: Gap[] = [];
  let segment = -1;
  samples.forEach((sample, k) => {
    const before = samples[k - 1];
    const isNewPass = before === undefined || before.pass !== sample.pass;
    const step = steps[k]!;
    const isGap = !isNewPass && (step === null ? skips(before, sample) : step < 0 || step > limitS);
    if (isGap) gaps.push({ sample: k, pass: sample.pass, lengthS: step });
    if (isNewPass || isGap) segment += 1;
    ofSample[k] = segment;
  });
  return {
    ofSample,
    numSegments: segment + 1,
    numPasses: new Set(samples.map(({ pass }) => pass)).size,
    gaps,
    stepS,
  };
}

/** The median of steps in time from one to the next, s; null of fewer than two. */
export function usualStep(timesS: readonly number[]): number | null {
  return medianStep(timesS.slice(1).map((timeS, k) => timeS - timesS[k]!));
}

function medianStep(steps: readonly (number | null)[]): number | null {
  const known = steps.filter((step): step is number => step !== null && step > 0).sort((a, b) => a - b);
  return known.length === 0 ? null : known[Math.floor(known.length / 2)]!;
}

/** In time, within a pass; over midnight, too. */
function stepOf(before: SampleOrder | undefined, now: SampleOrder): number | null {
  if (before === undefined || before.pass !== now.pass) return null;
  if (before.timeS === null || now.timeS === null) return null;
  const step = now.timeS - before.timeS;
  return step < -DAY_S / 2 ? step + DAY_S : step;
}

function skips(before: SampleOrder, now: SampleOrder): boolean {
  return before.index !== null && now.index !== null && now.index !== before.index + 1;
}

export interface WindowShape {
  /** Samples that are known, the last of which is the present one. */
  readonly history: number;
  /** Samples after it. */
  readonly future: number;
}

/**
 * First samples of all windows, in order; the last legal one of each segment is among them.
 *
 * @param segmentOf of each sample, those of one segment side by side.
 */
export function* windowStarts(
  segmentOf: ArrayLike<number>,
  { history, future }: WindowShape,
): Generator<number> {
  const length = history + future;
  for (let start = 0; start + length <= segmentOf.length; start++) {
    if (segmentOf[start] === segmentOf[start + length - 1]) yield start;
  }
}
