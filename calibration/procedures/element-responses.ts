/** What elements contribute at a receiver, as measured: common phase free, and how the measurements of several passes go together. */
import { type ComplexVector, complexVector } from '../../src/core/complex.js';

export interface ElementResponses {
  /** Received amplitude of each element at phase code 0, root of power, shape [numElements]; the phase common to all is free. */
  readonly response: ComplexVector;
  /** Of either part of each, by noise. */
  readonly variance: Float64Array;
}

/** Sum of conj(a_n) b_n over some elements, each with its weight. */
export function correlation(
  a: ComplexVector,
  b: ComplexVector,
  weights?: Float64Array,
): { readonly re: number; readonly im: number } {
  let [re, im] = [0, 0];
  for (let n = 0; n < a.re.length; n++) {
    const weight = weights?.[n] ?? 1;
    re += weight * (a.re[n]! * b.re[n]! + a.im[n]! * b.im[n]!);
    im += weight * (a.re[n]! * b.im[n]! - a.im[n]! * b.re[n]!);
  }
  return { re, im };
}

/** A vector turned by a phase, rad. */
export function turned({ re, im }: ComplexVector, phaseRad: number): ComplexVector {
  const cos = Math.cos(phaseRad);
  const sin = Math.sin(phaseRad);
  return { re: re.map((x, n) => x * cos - im[n]! * sin), im: re.map((x, n) => x * sin + im[n]! * cos) };
}

/** Weighted by their variances, after the second is turned to agree with the first. */
export function combined(first: ElementResponses | null, second: ElementResponses): ElementResponses {
  if (first === null) return second;
  const weights = first.variance.map((a, n) => 1 / (a + second.variance[n]!));
  const { re, im } = correlation(first.response, second.response, weights);
  const other = turned(second.response, -Math.atan2(im, re));
  const numElements = first.variance.length;
  const response = complexVector(numElements);
  const variance = new Float64Array(numElements);
  for (let n = 0; n < numElements; n++) {
    const a = 1 / first.variance[n]!;
    const b = 1 / second.variance[n]!;
    variance[n] = 1 / (a + b);
    response.re[n] = (a * first.response.re[n]! + b * other.re[n]!) * variance[n]!;
    response.im[n] = (a * first.response.im[n]! + b * other.im[n]!) * variance[n]!;
  }
  return { response, variance };
}
