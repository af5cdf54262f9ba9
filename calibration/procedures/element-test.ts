/** Which elements do not follow their phase shifter: dead ones, which radiate nothing, and stuck ones (docs/model.md eq. 122). */
import type { ComplexVector } from '../../src/core/complex.js';

/** That any of the elements is misjudged, per array and kind of error. */
export const FAMILY_ERROR = 0.01;
/** Amplitude of the weakest element that should not be named, of the median: half the power. */
const WEAK = Math.SQRT1_2;

export interface ElementTest {
  /** 1 where an element follows its phase shifter, 0 where it does not; shape [numElements]. All 1 where noise leaves it undecided. */
  readonly follows: Uint8Array;
  /** That any good element of half the median power would be named, and that any that does not follow would not; at most `FAMILY_ERROR` each where decided. */
  readonly falseAlarm: number;
  readonly missed: number;
  /** Amplitude below which an element is named, of the median. */
  readonly threshold: number;
  /** Whether noise leaves room between elements that do not follow and weak ones. */
  readonly decided: boolean;
}

/**
 * Element by element: is its response to its own flips more than noise? Where the two errors cannot both be kept below `FAMILY_ERROR`
 * nothing is named.
 */
export function testElements({ re, im }: ComplexVector, variance: Float64Array): ElementTest {
  const numElements = re.length;
  const size = re.map((x, n) => Math.hypot(x, im[n]!));
  const typical = size.toSorted()[Math.floor(numElements / 2)]!;
  const sigma = variance.map(Math.sqrt);
  // A sum of noise in two parts is longer than r with the probability exp(-r^2 / 2 sigma^2).
  const reach = Math.sqrt(2 * Math.log(numElements / FAMILY_ERROR));
  const limit = sigma.map((s) => s * reach);
  const falseAlarm = sigma.reduce((sum, s, n) => sum + normalBelow((limit[n]! - WEAK * typical) / s), 0);
  const decided = falseAlarm <= FAMILY_ERROR;
  return {
    follows: Uint8Array.from(size, (x, n) => (decided && x <= limit[n]! ? 0 : 1)),
    ...{ falseAlarm: Math.min(1, falseAlarm), missed: FAMILY_ERROR, decided },
    threshold: limit.reduce((a, b) => Math.max(a, b), 0) / typical,
  };
}

/** Probability of a standard normal below x, good to 1e-7 of it in the tail that is asked for (Abramowitz and Stegun 26.2.17 in form). */
function normalBelow(x: number): number {
  if (x > 0) return 1 - normalBelow(-x);
  // Continued fraction of Mills' ratio, from its tail.
  const z = -x;
  if (z < 0.5) {
    let [term, sum] = [z, z];
    for (let k = 1; k < 20; k++) {
      term *= (-z * z) / (2 * k);
      sum += term / (2 * k + 1);
    }
    return 0.5 - sum / Math.sqrt(2 * Math.PI);
  }
  let fraction = z;
  for (let k = 200; k >= 1; k--) fraction = z + k / fraction;
  return Math.exp((-z * z) / 2) / (fraction * Math.sqrt(2 * Math.PI));
}
