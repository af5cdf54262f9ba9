/** True time delays over the air: what each element, each fixed line and the adjustable delay is off (docs/model.md eq. 131). */
import type { ElementSettings } from '../../drivers/array-board.js';
import { requireWhole } from '../../src/core/arguments.js';
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import { wrappedRad } from '../../src/core/turns.js';
import { lastDelayCode } from '../../src/realisation/board-controls.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { PilotBatch, Sounding } from '../../src/sounding/sounding.js';
import { nearestCodes, restingSettings, settingsCodeword } from './calibration-pilots.js';
import { Z95 } from './calibration-result.js';
import { type CalibrationSetup, checkSetup, expectedPhaseRad, idealPhaseRad } from './calibration-setup.js';
import { fitDelay } from './delay-fit.js';
import { combined, correlation, type ElementResponses, turned } from './element-responses.js';
import { hadamardPass, type PassResult, passAt } from './hadamard-pass.js';
import { estimateHalf } from './half-estimate.js';
import { halfCodes, interleavedHalves } from './halves.js';
import { phaseSteps } from './phase-steps.js';
import { requireCalibrationPowers, requireSubcarriers } from './power-check.js';
import { atCodes } from './relinearised-half.js';

export interface DelaySetup extends CalibrationSetup {
  /** Of the subcarriers that the UE reports, ascending, evenly spaced; two or more. */
  readonly frequenciesHz: Float64Array;
}

export interface DelayOptions {
  /** Over line 1 and no adjustable delay; 2 unless given, of which the first finds phases to begin with. */
  readonly passes?: number;
  /** Whether the other fixed lines are measured too, N slots times the steps each; true unless given. */
  readonly lines?: boolean;
  /** Code at which the adjustable delay is measured, or null to leave it; the longest unless given. */
  readonly delayCode?: number | null;
}

export interface DelayResult {
  /** At the carrier, rad, shape [numElements], as a table has it: with `delayErrorS` off as well. */
  readonly phaseErrorRad: Float64Array;
  /** Beyond the mean of all, which nothing tells, s, shape [numElements]; the first line's error is part of it. */
  readonly delayErrorS: Float64Array;
  /** The truth lies within this of it for 95 %, s. */
  readonly delayIntervalS: Float64Array;
  /** Of each line against the first, s, shape [numLines][numElements]; null where they were not measured. */
  readonly lineErrorS: readonly Float64Array[] | null;
  /** Excess of the adjustable delay as a share of itself, shape [numElements]; null where it was not measured. */
  readonly delayGainError: Float64Array | null;
  readonly delayGainInterval: Float64Array | null;
  /** Delays are known up to multiples of this, s. */
  readonly ambiguityS: number;
  readonly numSlots: number;
}

/**
 * Each pass tells all elements at all subcarriers; lines and the adjustable delay are then tried by one half at a time, against the other
 * as it was: what changes is theirs alone.
 *
 * @throws as `hadamard`; UE_MISMATCH when the UE reports other subcarriers.
 */
export function* delays(setup: DelaySetup, options: DelayOptions = {}): Sounding<DelayResult> {
  checkSetup(setup);
  const { board, array, frequenciesHz, fullScalePower = null } = setup;
  const { passes = 2, lines = true } = options;
  requireWhole('passes', passes, 1, 100);
  const numSubcarriers = frequenciesHz.length;
  requireWhole('numSubcarriers', numSubcarriers, 2, 65_535);
  const { numElements, phaseBits } = board;
  const rest = restingSettings(board);
  const plan = {
    ...{ procedure: 'delays', board, rest, fullScalePower },
    halves: interleavedHalves(numElements),
    steps: phaseSteps(phaseBits, 4),
    subcarrier: nearestTo(frequenciesHz, array.carrierHz),
    numSubcarriers,
  };
  let found: ElementResponses[] = [];
  let atCarrier: ElementResponses | null = null;
  let expectedRad = expectedPhaseRad(setup);
  let numSlots = 0;
  let last: PassResult | null = null;
  for (let pass = 0; pass < passes; pass++) {
    last = yield* hadamardPass({ ...plan, pass, adapt: pass === 0 }, expectedRad);
    numSlots += last.codes.length;
    const now = Array.from(frequenciesHz, (_, m) => passAt(plan, last!, m));
    found = now.map((each, m) => combined(found[m] ?? null, each));
    atCarrier = found[plan.subcarrier]!;
    const { re, im } = atCarrier.response;
    expectedRad = re.map((x, n) => Math.atan2(im[n]!, x));
  }

  const bare = withoutWay(found, (m) => idealPhaseRad(setup, frequenciesHz[m]!));
  const fits = elementFits(bare, frequenciesHz, array.carrierHz);
  const meanS = fits.reduce((sum, { delayS }) => sum + delayS, 0) / numElements;
  const delayErrorS = Float64Array.from(fits, ({ delayS }) => delayS - meanS);

  const base = nearestCodes(
    expectedRad.map((rad) => -rad),
    phaseBits,
  );
  /** What the adjustable delay or the line adds beyond what it should, with its standard deviation, per element. */
  const excessOf = function* (
    change: Partial<ElementSettings>,
    nominalS: (n: number) => number,
    stage: string,
  ) {
    const response = found.map(() => complexVector(numElements));
    const variance = found.map(() => new Float64Array(numElements));
    for (const half of plan.halves) {
      const { tested, resting } = half;
      const own: Omit<ElementSettings, 'phaseCode'> = {
        ...rest,
        delayCode: changed(rest.delayCode, change.delayCode, tested),
        lineCode: changed(rest.lineCode, change.lineCode, tested),
      };
      const pilots: PilotBatch = halfCodes(half, plan.steps, base, phaseBits).map((phaseCode, k) =>
        settingsCodeword('delays', `${stage}, pilot ${k + 1}`, { phaseCode, ...own }, board),
      );
      const powers: Powers = yield pilots;
      requireCalibrationPowers(powers, fullScalePower);
      requireSubcarriers(powers, numSubcarriers);
      numSlots += pilots.length;
      for (const [m, { response: known, variance: ofKnown }] of found.entries()) {
        const column = { values: powers.perSubcarrier, stride: numSubcarriers, column: m };
        const estimate = estimateHalf(half, plan.steps, column);
        const reference = sumOver(atCodes(known, base, phaseBits), resting);
        const size = Math.hypot(reference.re, reference.im);
        for (const [k, n] of tested.entries()) {
          const [x, y] = [estimate.response.re[k]!, estimate.response.im[k]!];
          const [re, im] = [
            (x * reference.re - y * reference.im) / size,
            (x * reference.im + y * reference.re) / size,
          ];
          // Base codes and the element itself go off; the nominal delay comes back on.
          const rad =
            (-2 * Math.PI * base[n]!) / 2 ** phaseBits + wrappedRad(frequenciesHz[m]! * nominalS(n));
          const [a, b] = [re * Math.cos(rad) - im * Math.sin(rad), re * Math.sin(rad) + im * Math.cos(rad)];
          const [c, d] = [known.re[n]!, known.im[n]!];
          const own = Math.hypot(c, d);
          response[m]!.re[n] = (a * c + b * d) / own;
          response[m]!.im[n] = (b * c - a * d) / own;
          variance[m]![n] = estimate.variance + ofKnown[n]!;
        }
      }
    }
    const each = response.map((values, m) => ({ response: values, variance: variance[m]! }));
    return elementFits(each, frequenciesHz, array.carrierHz);
  };

  const numLines = board.delayLinesS?.length ?? 0;
  let lineErrorS: Float64Array[] | null = null;
  if (lines && numLines > 1) {
    const linesS = board.delayLinesS!;
    lineErrorS = [new Float64Array(numElements)];
    for (let l = 1; l < numLines; l++) {
      const lineCode = new Uint16Array(numElements).fill(l);
      const excess = yield* excessOf({ lineCode }, (n) => linesS[l]![n]! - linesS[0]![n]!, `line ${l + 1}`);
      lineErrorS.push(Float64Array.from(excess, ({ delayS }) => delayS));
    }
  }
  let gain: { readonly error: Float64Array; readonly interval: Float64Array } | null = null;
  const { delayCode = lastDelayCode(board) } = options;
  if (board.delayBits > 0 && delayCode !== null && delayCode > 0) {
    requireWhole('delayCode', delayCode, 1, 2 ** board.delayBits - 1);
    const addedS = delayCode * board.delayLsbS;
    const codes = new Uint16Array(numElements).fill(delayCode);
    const excess = yield* excessOf({ delayCode: codes }, () => addedS, `delay code ${delayCode}`);
    gain = {
      error: Float64Array.from(excess, ({ delayS }) => delayS / addedS),
      interval: Float64Array.from(excess, ({ delaySigmaS }) => (Z95 * delaySigmaS) / addedS),
    };
  }
  const stepHz = (frequenciesHz[numSubcarriers - 1]! - frequenciesHz[0]!) / (numSubcarriers - 1);
  return {
    phaseErrorRad: Float64Array.from(fits, ({ phaseRad }, n) => {
      const turns = phaseRad / (2 * Math.PI) + array.carrierHz * delayErrorS[n]!;
      return wrappedRad(turns);
    }),
    ...{ delayErrorS, lineErrorS },
    delayIntervalS: Float64Array.from(fits, ({ delaySigmaS }) => Z95 * delaySigmaS),
    delayGainError: gain?.error ?? null,
    delayGainInterval: gain?.interval ?? null,
    ...{ ambiguityS: 1 / stepHz, numSlots },
  };
}

function nearestTo(frequenciesHz: Float64Array, hz: number): number {
  return frequenciesHz.reduce(
    (best, each, m) => (Math.abs(each - hz) < Math.abs(frequenciesHz[best]! - hz) ? m : best),
    0,
  );
}

/** Codes at rest but for the elements under test. */
function changed(
  rest: Uint16Array | null,
  to: Uint16Array | null | undefined,
  tested: Int32Array,
): Uint16Array | null {
  if (rest === null || !to) return rest;
  const codes = rest.slice();
  for (const n of tested) codes[n] = to[n]!;
  return codes;
}

function sumOver({ re, im }: ComplexVector, elements: Int32Array) {
  let [x, y] = [0, 0];
  for (const n of elements) [x, y] = [x + re[n]!, y + im[n]!];
  return { re: x, im: y };
}

/** The way to the receiver taken off, and every subcarrier turned to agree with the one before: its common phase is free. */
function withoutWay(
  found: readonly ElementResponses[],
  wayRad: (m: number) => Float64Array,
): ElementResponses[] {
  let before: ComplexVector | null = null;
  return found.map(({ response, variance }, m) => {
    const way = wayRad(m);
    const own = {
      re: response.re.map((x, n) => x * Math.cos(way[n]!) + response.im[n]! * Math.sin(way[n]!)),
      im: response.im.map((y, n) => y * Math.cos(way[n]!) - response.re[n]! * Math.sin(way[n]!)),
    };
    const { re, im } = before === null ? { re: 1, im: 0 } : correlation(before, own);
    before = turned(own, -Math.atan2(im, re));
    return { response: before, variance };
  });
}

function elementFits(found: readonly ElementResponses[], frequenciesHz: Float64Array, carrierHz: number) {
  return Array.from(found[0]!.variance, (_, n) => {
    const own = {
      re: Float64Array.from(found, ({ response }) => response.re[n]!),
      im: Float64Array.from(found, ({ response }) => response.im[n]!),
    };
    const variance = Float64Array.from(found, (each) => each.variance[n]!);
    return fitDelay(own, variance, frequenciesHz, carrierHz);
  });
}
