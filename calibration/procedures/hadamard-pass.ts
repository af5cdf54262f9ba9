/** One pass over the array: each half by a Hadamard matrix against the other, then one half turned against the other (docs/model.md eq. 118 to 121). */
import type { ElementSettings } from '../../drivers/array-board.js';
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { PilotBatch } from '../../src/sounding/sounding.js';
import { nearestCodes, settingsCodeword } from './calibration-pilots.js';
import type { ElementResponses } from './element-responses.js';
import { estimateHalf, type HalfEstimate, type PowerColumn } from './half-estimate.js';
import { type Half, halfCodes, settingsOf, turnedCodes } from './halves.js';
import { type PhaseSteps, phaseSteps } from './phase-steps.js';
import { requireCalibrationPowers, requireSubcarriers } from './power-check.js';
import { atCodes, type MeasuredHalf } from './relinearised-half.js';

/** Steps of the half-against-half scan, where the board has so many phases. */
const SCAN_STEPS = 8;
/** By how much two findings of one power differ that are two findings. */
const MOST_OFF = 1.5;

export interface PassPlan {
  readonly procedure: string;
  readonly pass: number;
  readonly board: Parameters<typeof settingsCodeword>[3];
  readonly rest: Omit<ElementSettings, 'phaseCode'>;
  readonly halves: readonly [Half, Half];
  readonly steps: PhaseSteps;
  readonly fullScalePower: number | null;
  /** By which the pass goes; the mean of all unless given. */
  readonly subcarrier?: number;
  /** That the UE must report; any number unless given. */
  readonly numSubcarriers?: number;
  /** Whether the first half's result becomes the second one's reference: where less is known beforehand. */
  readonly adapt: boolean;
}

/** Responses of all elements at one subcarrier or over the mean of all. */
interface AlignedHalves extends ElementResponses {
  readonly powerVariance: number;
  readonly meanPower: number;
  /** How far the scan and the halves disagree about the phase between them, rad, and what noise explains (one standard deviation). */
  readonly disagreementRad: number;
  readonly disagreementNoiseRad: number;
}

export interface PassResult extends AlignedHalves {
  /** Phase codes of the two halves' pilots and of the scan, as they were sent: what a bound of the design needs. */
  readonly codes: readonly Uint16Array[];
  readonly measured: readonly MeasuredHalf[];
  /** As received of the odd elements' test, the even ones' and the scan. */
  readonly powers: readonly [Powers, Powers, Powers];
  readonly bases: PassBases;
}

export function scanSteps(phaseBits: number): PhaseSteps {
  return phaseSteps(phaseBits, Math.min(SCAN_STEPS, 2 ** phaseBits));
}

/** So many times the steps of the scan are gone through: 8 slots on every board. */
export function scanRounds({ codes }: PhaseSteps): number {
  return SCAN_STEPS / codes.length;
}

/** Base codes of a pass: of the odd elements' test, of the even ones', and of the scan. */
interface PassBases {
  readonly odd: Uint16Array;
  readonly even: Uint16Array;
  readonly scan: Uint16Array;
}

/** @param expectedRad phase with which each element is expected at phase code 0, shape [numElements]. */
export function* hadamardPass(
  plan: PassPlan,
  expectedRad: Float64Array,
): Generator<PilotBatch, PassResult, Powers> {
  const { board, halves, steps, rest, adapt, procedure, pass } = plan;
  const { phaseBits } = board;
  const [odd, even] = halves;
  const codesSent: Uint16Array[] = [];
  const measure = function* (
    codes: readonly Uint16Array[],
    stage: string,
  ): Generator<PilotBatch, Powers, Powers> {
    codesSent.push(...codes);
    const powers: Powers = yield settingsOf(codes, rest).map((settings, k) =>
      settingsCodeword(procedure, `pass ${pass + 1}, ${stage}, pilot ${k + 1}`, settings, board),
    );
    requireCalibrationPowers(powers, plan.fullScalePower);
    if (plan.numSubcarriers !== undefined) requireSubcarriers(powers, plan.numSubcarriers);
    return powers;
  };
  const columnOf = ({ mean, perSubcarrier, numSubcarriers }: Powers): PowerColumn =>
    plan.subcarrier === undefined
      ? { values: mean, stride: 1, column: 0 }
      : { values: perSubcarrier, stride: numSubcarriers, column: plan.subcarrier };

  const base = nearestCodes(
    expectedRad.map((rad) => -rad),
    phaseBits,
  );
  const oddPowers = yield* measure(halfCodes(odd, steps, base, phaseBits), 'odd elements');
  const evenBase = base.slice();
  if (adapt) {
    const { response } = estimateHalf(odd, steps, columnOf(oddPowers));
    const codes = nearestCodes(
      response.re.map(
        (x, k) => (2 * Math.PI * base[odd.tested[k]!]!) / 2 ** phaseBits - Math.atan2(response.im[k]!, x),
      ),
      phaseBits,
    );
    for (const [k, n] of odd.tested.entries()) evenBase[n] = codes[k]!;
  }
  const evenPowers = yield* measure(halfCodes(even, steps, evenBase, phaseBits), 'even elements');
  const bases = { odd: base, even: evenBase };
  const told = tellHalves(plan, bases, columnOf(oddPowers), columnOf(evenPowers));
  const scanBase = nearestCodes(
    told.response.re.map(
      (x, n) => -Math.atan2(told.response.im[n]!, x) - (n % 2 === 0 ? told.before.rad : 0),
    ),
    phaseBits,
  );
  const scan = scanSteps(phaseBits);
  const turns = Array.from({ length: scanRounds(scan) }, () =>
    turnedCodes(odd.tested, scan, scanBase, phaseBits),
  ).flat();
  const scanPowers = yield* measure(turns, 'halves against each other');
  const column = columnOf(scanPowers);
  return {
    ...alignHalves(plan, told, scanBase, column),
    ...{ codes: codesSent, powers: [oddPowers, evenPowers, scanPowers], bases: { ...bases, scan: scanBase } },
    measured: [
      { half: odd, base, values: oddPowers.mean },
      { half: even, base: evenBase, values: evenPowers.mean },
    ],
  };
}

/** Both halves, each still relative to its own reference, and the phase between them as they tell it. */
interface ToldHalves {
  readonly response: ComplexVector;
  readonly first: HalfEstimate;
  readonly second: HalfEstimate;
  readonly offsets: readonly { readonly rad: number; readonly variance: number }[];
  readonly before: { readonly rad: number; readonly variance: number };
}

type Telling = Pick<PassPlan, 'board' | 'halves' | 'steps'>;

function tellHalves(
  { board, halves: [odd, even], steps }: Telling,
  bases: Omit<PassBases, 'scan'>,
  oddColumn: PowerColumn,
  evenColumn: PowerColumn,
): ToldHalves {
  const { phaseBits, numElements } = board;
  const response = complexVector(numElements);
  const second = estimateHalf(even, steps, evenColumn);
  place(response, even, second, bases.even, phaseBits);
  // The first half was told against the even elements at their base, the second against the odd ones at theirs.
  const evenSum = sumAt(response, even.tested, bases.odd, phaseBits);
  const first = rescaled(estimateHalf(odd, steps, oddColumn), evenSum);
  place(response, odd, first, bases.odd, phaseBits);
  const oddSum = sumAt(response, odd.tested, bases.even, phaseBits);
  const offsets = [
    { rad: argument(oddSum), variance: sumVariance(oddSum, odd, first) },
    { rad: -argument(evenSum), variance: sumVariance(evenSum, even, second) },
  ];
  return { response, first, second, offsets, before: weightedAngle(offsets) };
}

function alignHalves(
  { board: { phaseBits }, halves: [odd, even] }: Telling,
  { response, first, second, offsets, before }: ToldHalves,
  scanBase: Uint16Array,
  column: PowerColumn,
): AlignedHalves {
  const scan = scanSteps(phaseBits);
  const rounds = scanRounds(scan);
  const product = scanProduct(column, scan, rounds);
  const oddNow = sumAt(response, odd.tested, scanBase, phaseBits);
  const evenNow = sumAt(response, even.tested, scanBase, phaseBits);
  const scanned = {
    rad: argument(oddNow) - argument(evenNow) - argument(product),
    variance:
      (Math.max(first.powerVariance, second.powerVariance) * scan.noiseGain) /
        (2 * rounds * (product.re ** 2 + product.im ** 2)) +
      sumVariance(oddNow, odd, first) +
      sumVariance(evenNow, even, second),
  };
  const all = weightedAngle([...offsets, scanned]);
  turnElements(response, even.tested, all.rad);
  const variance = new Float64Array(response.re.length);
  // Both halves measure the same noise.
  const noise =
    (noiseOf(first) * odd.rows.order + noiseOf(second) * even.rows.order) /
    (odd.rows.order + even.rows.order);
  for (const [half, estimate] of [
    [odd, first],
    [even, second],
  ] as const) {
    const shared = (2 * estimate.meanPower * noise + noise * noise) / estimate.powerVariance;
    for (const n of half.tested) {
      const size = response.re[n]! ** 2 + response.im[n]! ** 2;
      // What the halves are not told against each other is shared by both.
      variance[n] = estimate.variance * shared + (size * all.variance) / 4;
    }
  }
  return {
    ...{ response, variance },
    powerVariance: (first.powerVariance + second.powerVariance) / 2,
    meanPower: (first.meanPower + second.meanPower) / 2,
    disagreementRad: Math.abs(wrapped(scanned.rad - before.rad)),
    disagreementNoiseRad: Math.sqrt(scanned.variance + before.variance),
  };
}

/** Variance of the noise, in units of power: powers s^2 + noise vary by 2 s^2 sigma^2 + sigma^4. */
function noiseOf({ meanPower, powerVariance }: HalfEstimate): number {
  return Math.sqrt(meanPower ** 2 + powerVariance) - meanPower;
}

/** What the powers of a pass say at one subcarrier. */
export function passAt(
  plan: Telling,
  { powers, bases }: Pick<PassResult, 'powers' | 'bases'>,
  subcarrier: number,
): ElementResponses {
  const [odd, even, scan] = powers.map(
    ({ perSubcarrier, numSubcarriers }): PowerColumn => ({
      ...{ values: perSubcarrier, stride: numSubcarriers, column: subcarrier },
    }),
  ) as [PowerColumn, PowerColumn, PowerColumn];
  return alignHalves(plan, tellHalves(plan, bases, odd, even), bases.scan, scan);
}

/**
 * A reference that all but cancels is as weak as what it is told from, and the two may be taken for each other. What its elements were
 * then found to add up to decides.
 */
function rescaled(estimate: HalfEstimate, { re, im }: { re: number; im: number }): HalfEstimate {
  const { response, variance, referencePower } = estimate;
  const power = re ** 2 + im ** 2;
  const ratio = referencePower / power;
  if (ratio < MOST_OFF && ratio > 1 / MOST_OFF) return estimate;
  const root = Math.sqrt(ratio);
  return {
    ...estimate,
    response: { re: response.re.map((x) => x * root), im: response.im.map((x) => x * root) },
    variance: variance * ratio,
    referencePower: power,
  };
}

/** Writes a half's responses, taken back to phase code 0 and turned, among those of all elements. */
function place(
  all: ComplexVector,
  { tested }: Half,
  { response }: HalfEstimate,
  base: Uint16Array,
  phaseBits: number,
): void {
  for (const [k, n] of tested.entries()) {
    const rad = -(2 * Math.PI * base[n]!) / 2 ** phaseBits;
    const [cos, sin] = [Math.cos(rad), Math.sin(rad)];
    all.re[n] = response.re[k]! * cos - response.im[k]! * sin;
    all.im[n] = response.re[k]! * sin + response.im[k]! * cos;
  }
}

function turnElements(all: ComplexVector, elements: Int32Array, rad: number): void {
  const [cos, sin] = [Math.cos(rad), Math.sin(rad)];
  for (const n of elements) {
    const [re, im] = [all.re[n]!, all.im[n]!];
    all.re[n] = re * cos - im * sin;
    all.im[n] = re * sin + im * cos;
  }
}

/** What some elements add up to at these codes. */
function sumAt(all: ComplexVector, elements: Int32Array, codes: Uint16Array, phaseBits: number) {
  const { re, im } = atCodes(all, codes, phaseBits);
  let [sumRe, sumIm] = [0, 0];
  for (const n of elements) {
    sumRe += re[n]!;
    sumIm += im[n]!;
  }
  return { re: sumRe, im: sumIm };
}

/** Of the phase of a sum over a half, rad^2. */
function sumVariance(sum: { re: number; im: number }, { tested }: Half, { variance }: HalfEstimate): number {
  return (tested.length * variance) / (sum.re ** 2 + sum.im ** 2);
}

function scanProduct(
  { values, stride, column }: PowerColumn,
  { weightRe, weightIm, codes }: PhaseSteps,
  rounds: number,
) {
  const numSteps = codes.length;
  let [re, im] = [0, 0];
  for (let k = 0; k < rounds * numSteps; k++) {
    const power = values[k * stride + column]! / rounds;
    re += weightRe[k % numSteps]! * power;
    im += weightIm[k % numSteps]! * power;
  }
  return { re, im };
}

function argument({ re, im }: { readonly re: number; readonly im: number }): number {
  return Math.atan2(im, re);
}

/** Mean of angles, each the surer the more it counts. */
function weightedAngle(angles: readonly { readonly rad: number; readonly variance: number }[]) {
  const re = angles.reduce((sum, { rad, variance }) => sum + Math.cos(rad) / variance, 0);
  const im = angles.reduce((sum, { rad, variance }) => sum + Math.sin(rad) / variance, 0);
  const weight = angles.reduce((sum, { variance }) => sum + 1 / variance, 0);
  return { rad: Math.atan2(im, re), variance: 1 / weight };
}

function wrapped(rad: number): number {
  return Math.atan2(Math.sin(rad), Math.cos(rad));
}
