/** Which elements do not follow their phase shifter: dead ones, which radiate nothing, and stuck ones (docs/model.md eq. 122). */
import type { ComplexVector } from '../../src/core/complex.js';

/** That any good element is named, or any that does not follow is not, per array: what is aimed at, of either. */
const FAMILY_ERROR = 0.01;
/** Where more than this would be missed, nothing is named. */
const MOST_MISSED = 0.1;
/** Amplitude of the weakest element that should not be named, of the median: half the power. */
const WEAK = Math.SQRT1_2;

export interface ElementTest {
  /** 1 where an element follows its phase shifter, 0 where it does not; shape [numElements]. All 1 where noise leaves it undecided. */
  readonly follows: Uint8Array;
  /**
   * At most so probable per array: that any good element of half the median power is named, and that any that does not follow is not,
   * were they all such.
   */
  readonly falseAlarm: number;
  readonly missed: number;
  /** Amplitude below which an element is named, of the median. */
  readonly threshold: number;
  /** Whether noise leaves room between elements that do not follow and weak ones. */
  readonly decided: boolean;
}

/**
 * Element by element: is its response to its own flips more than noise? No good one is to be named by noise; where that leaves room, none
 * that does not follow is to be missed.
 */
export function testElements({ re, im }: ComplexVector, variance: Float64Array): ElementTest {
  const numElements = re.length;
  const size = re.map((x, n) => Math.hypot(x, im[n]!));
  const typical = size.toSorted()[Math.floor(numElements / 2)]!;
  // A sum of noise in two parts is longer than r with the probability exp(-r^2 / 2 s^2); one part exceeds r with at most half of that.
  const noise = Math.sqrt(2 * Math.log(numElements / FAMILY_ERROR));
  const good = Math.sqrt(2 * Math.log(numElements / (2 * FAMILY_ERROR)));
  const limit = variance.map((v) => Math.min(noise * Math.sqrt(v), WEAK * typical - good * Math.sqrt(v)));
  const tail = (r: number, v: number) => Math.exp((-r * Math.max(r, 0)) / (2 * v));
  const missed = limit.reduce((sum, r, n) => sum + tail(r, variance[n]!), 0);
  const falseAlarm = limit.reduce((sum, r, n) => sum + tail(WEAK * typical - r, variance[n]!) / 2, 0);
  const decided = missed <= MOST_MISSED;
  return {
    follows: Uint8Array.from(size, (x, n) => (decided && x <= limit[n]! ? 0 : 1)),
    ...{ falseAlarm: Math.min(1, falseAlarm), missed: Math.min(1, missed), decided },
    threshold: limit.reduce((a, b) => Math.max(a, b)) / typical,
  };
}
