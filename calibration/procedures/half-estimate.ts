/** From the powers of a half's pilots to what each tested element contributes (docs/model.md eq. 118 to 120). */
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import type { Half } from './halves.js';
import type { PhaseSteps } from './phase-steps.js';

/** Where the powers of one subcarrier stand among those of all. */
export interface PowerColumn {
  /** Shape [numPilots, stride], row by row. */
  readonly values: Float64Array;
  readonly stride: number;
  readonly column: number;
}

export interface HalfEstimate {
  /** Received amplitude of each tested element at its base phase, root of power, relative to the reference's phase; shape [numTested]. */
  readonly response: ComplexVector;
  /** Of either part of each, by noise. */
  readonly variance: number;
  /** Power received of the reference alone. */
  readonly referencePower: number;
  /** Variance of one power by noise, measured. */
  readonly powerVariance: number;
  /** Mean of all powers. */
  readonly meanPower: number;
}

const SCAN_POINTS = 48;
const REFINEMENTS = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * In order N log N for N elements where Sylvester's matrix does.
 *
 * @param powers of the half's pilots, in their order.
 */
export function estimateHalf(half: Half, steps: PhaseSteps, powers: PowerColumn): HalfEstimate {
  const { rows, scramble, tested } = half;
  const { order } = rows;
  const { products, means, squares, meanPower } = demodulate(order, steps, powers);
  const { meanWeight, noiseGain } = steps;
  const numSteps = meanWeight.length;
  let powerVariance = squares / (order * Math.max(1, numSteps - 3));
  const referenceNow = () => fitReference(products, means, powerVariance, noiseGain);
  let reference = referenceNow();
  if (numSteps === 3 && order > 1) {
    // Three steps leave nothing over; the mean over them does, which the reference and the product tell.
    const ofMean = meanWeight.reduce((sum, w) => sum + w * w, 0);
    powerVariance = reference.squares / ((order - 1) * ofMean);
    reference = referenceNow();
  }
  const shift = half.balanced ? 1 : 0;
  if (half.balanced) {
    for (let row = 0; row < order; row++) {
      const sign = rows.sign(row, 0);
      products.re[row]! *= sign;
      products.im[row]! *= sign;
    }
  }
  rows.transposeTimes(products);
  const share = 1 / (order * Math.sqrt(reference.power));
  const response = complexVector(tested.length);
  for (let n = 0; n < tested.length; n++) {
    response.re[n] = products.re[n + shift]! * share * scramble[n]!;
    response.im[n] = products.im[n + shift]! * share * scramble[n]!;
  }
  const variance = (powerVariance * noiseGain) / (2 * order * reference.power);
  return { response, variance, referencePower: reference.power, powerVariance, meanPower };
}

/** First harmonic and mean over the steps of each row, and what these leave over of the powers. */
function demodulate(order: number, steps: PhaseSteps, { values, stride, column }: PowerColumn) {
  const { weightRe, weightIm, meanWeight, stepRad } = steps;
  const numSteps = stepRad.length;
  const cos = stepRad.map(Math.cos);
  const sin = stepRad.map(Math.sin);
  const products = complexVector(order);
  const means = new Float64Array(order);
  let squares = 0;
  let sum = 0;
  for (let row = 0; row < order; row++) {
    const first = row * numSteps * stride + column;
    let [re, im, mean] = [0, 0, 0];
    for (let k = 0; k < numSteps; k++) {
      const power = values[first + k * stride]!;
      re += weightRe[k]! * power;
      im += weightIm[k]! * power;
      mean += meanWeight[k]! * power;
      sum += power;
    }
    products.re[row] = re;
    products.im[row] = im;
    means[row] = mean;
    if (numSteps === 3) continue;
    for (let k = 0; k < numSteps; k++) {
      const left = values[first + k * stride]! - mean - 2 * (re * cos[k]! - im * sin[k]!);
      squares += left * left;
    }
  }
  return { products, means, squares, meanPower: sum / (order * numSteps) };
}

/**
 * The power A of the reference for which A plus what each row's tested half receives, |Z|^2 / A, is nearest to the mean power of
 * the row (eq. 120).
 */
function fitReference(
  { re, im }: ComplexVector,
  means: Float64Array,
  powerVariance: number,
  noiseGain: number,
): { readonly power: number; readonly squares: number } {
  const overall = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  // Powers s^2 + noise vary by 2 s^2 sigma^2 + sigma^4.
  const noise = Math.sqrt(overall ** 2 + powerVariance) - overall;
  const bias = powerVariance * noiseGain;
  const ownSquares = re.map((x, row) => x * x + im[row]! ** 2 - bias);
  const misfit = (logPower: number) => {
    const power = Math.exp(logPower);
    let squares = 0;
    for (let row = 0; row < means.length; row++) {
      squares += (means[row]! - noise - power - ownSquares[row]! / power) ** 2;
    }
    return squares;
  };
  const top = Math.log(overall);
  const step = Math.log(1e3) / SCAN_POINTS;
  let best = top;
  let least = misfit(top);
  for (let k = 1; k <= SCAN_POINTS; k++) {
    const squares = misfit(top - k * step);
    if (squares < least) [best, least] = [top - k * step, squares];
  }
  let [low, high] = [best - step, best + step];
  for (let k = 0; k < REFINEMENTS; k++) {
    const [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (misfit(a) < misfit(b)) high = b;
    else low = a;
  }
  const power = Math.exp((low + high) / 2);
  return { power, squares: misfit((low + high) / 2) };
}
