/** A half's powers once more, when all elements are nearly known: each step counts by what noise makes of it (docs/model.md eq. 125). */
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import { correlation, type ElementResponses } from './element-responses.js';
import { flipOf, type Half } from './halves.js';
import type { PhaseSteps } from './phase-steps.js';

/** Powers of one half's pilots, and the codes about which they were sent. */
export interface MeasuredHalf {
  readonly half: Half;
  readonly base: Uint16Array;
  readonly values: Float64Array;
}

/**
 * All halves of all passes about what they found together, weighted by their variances. The reference of a half that began from nothing
 * known is told badly, which turns and stretches all of its elements together: those of the strongest reference decide that.
 */
export function relinearised(
  found: ElementResponses,
  measured: readonly MeasuredHalf[],
  steps: PhaseSteps,
  phaseBits: number,
  noise: number,
): ElementResponses {
  const numElements = found.variance.length;
  const response = complexVector(numElements);
  const weights = new Float64Array(numElements);
  const halves = measured.map((each) => relinearisedHalf(each, steps, found.response, phaseBits, noise));
  for (const half of halves) {
    const rivals = halves.filter(({ tested }) => tested === half.tested);
    const best = rivals.reduce((a, b) => (b.referencePower > a.referencePower ? b : a));
    const { re, im } = correlation(half.response, best.response);
    const size = sizeRatio(best, half) / Math.hypot(re, im);
    for (const [k, n] of half.tested.entries()) {
      const [x, y] = [half.response.re[k]!, half.response.im[k]!];
      response.re[n]! += ((x * re - y * im) * size) / half.variance;
      response.im[n]! += ((x * im + y * re) * size) / half.variance;
      weights[n]! += 1 / half.variance;
    }
  }
  return {
    response: {
      re: response.re.map((x, n) => x / weights[n]!),
      im: response.im.map((x, n) => x / weights[n]!),
    },
    variance: weights.map((weight) => 1 / weight),
  };
}

/** Of what the elements of two findings of a half add up to, without what noise adds; 1 where noise is most of either, and nothing is told. */
function sizeRatio(a: RelinearisedHalf, b: RelinearisedHalf): number {
  const [first, second] = [a, b].map(({ response, variance }) => {
    const received = correlation(response, response).re;
    const own = received - 2 * variance * response.re.length;
    return own > received / 2 ? own : null;
  });
  return first && second ? Math.sqrt(first / second) : 1;
}

/** Responses of the tested elements at phase code 0, and the variance of either part. */
interface RelinearisedHalf {
  readonly tested: Int32Array;
  readonly response: ComplexVector;
  readonly variance: number;
  readonly referencePower: number;
}

/**
 * As good as the demodulation where one reference outshines what is tested, better where it does not: a calibration that began from
 * nothing known. As many rows as unknowns, so each row stands by itself.
 *
 * @param responses of all elements as known by now, at phase code 0.
 * @param noise variance of the noise, in units of power.
 */
function relinearisedHalf(
  { half, base, values }: MeasuredHalf,
  { stepRad }: PhaseSteps,
  responses: ComplexVector,
  phaseBits: number,
  noise: number,
): RelinearisedHalf {
  const { tested, resting, rows, scramble } = half;
  const atBase = atCodes(responses, base, phaseBits);
  let [restRe, restIm] = [0, 0];
  for (const n of resting) {
    restRe += atBase.re[n]!;
    restIm += atBase.im[n]!;
  }
  const numSteps = stepRad.length;
  const cos = stepRad.map(Math.cos);
  const sin = stepRad.map(Math.sin);
  const steps = complexVector(rows.order);
  let variances = 0;
  for (let row = 0; row < rows.order; row++) {
    let [testRe, testIm] = [0, 0];
    for (const [column, n] of tested.entries()) {
      const sign = flipOf(half, row, column);
      testRe += sign * atBase.re[n]!;
      testIm += sign * atBase.im[n]!;
    }
    // Normal equations of what is missing of the tested sum.
    let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
    for (let k = 0; k < numSteps; k++) {
      const re = restRe + testRe * cos[k]! - testIm * sin[k]!;
      const im = restIm + testRe * sin[k]! + testIm * cos[k]!;
      const power = re * re + im * im;
      const weight = 1 / (2 * power * noise + noise * noise);
      const left = values[row * numSteps + k]! - power - noise;
      const a = 2 * (re * cos[k]! + im * sin[k]!);
      const b = 2 * (im * cos[k]! - re * sin[k]!);
      aa += weight * a * a;
      ab += weight * a * b;
      bb += weight * b * b;
      ay += weight * a * left;
      by += weight * b * left;
    }
    const determinant = aa * bb - ab * ab;
    steps.re[row] = (bb * ay - ab * by) / determinant;
    steps.im[row] = (aa * by - ab * ay) / determinant;
    variances += (aa + bb) / determinant / 2;
  }
  rows.transposeTimes(steps);
  const response = complexVector(tested.length);
  for (const [column, n] of tested.entries()) {
    const share = scramble[column]! / rows.order;
    const re = atBase.re[n]! + steps.re[column]! * share;
    const im = atBase.im[n]! + steps.im[column]! * share;
    const rad = (-2 * Math.PI * base[n]!) / 2 ** phaseBits;
    response.re[column] = re * Math.cos(rad) - im * Math.sin(rad);
    response.im[column] = re * Math.sin(rad) + im * Math.cos(rad);
  }
  return {
    ...{ tested, response, variance: variances / rows.order ** 2 },
    referencePower: restRe * restRe + restIm * restIm,
  };
}

/** What elements contribute at these codes. */
export function atCodes({ re, im }: ComplexVector, codes: Uint16Array, phaseBits: number): ComplexVector {
  const lsbRad = (2 * Math.PI) / 2 ** phaseBits;
  const turned = complexVector(codes.length);
  for (let n = 0; n < codes.length; n++) {
    const cos = Math.cos(codes[n]! * lsbRad);
    const sin = Math.sin(codes[n]! * lsbRad);
    turned.re[n] = re[n]! * cos - im[n]! * sin;
    turned.im[n] = re[n]! * sin + im[n]! * cos;
  }
  return turned;
}
