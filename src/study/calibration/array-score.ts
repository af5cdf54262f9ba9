/** What a calibration found, held against what the array truly is. */

import { meanDirection } from '../../../calibration/procedures/calibration-result.js';
import type { ProcedureResult } from '../../campaign/calibration/calibration-settings.js';
import { delayResidualS, phaseResidual } from '../../campaign/calibration/true-elements.js';
import { wrappedRad } from '../../core/turns.js';
import type { ErringArray } from './erring-array.js';

const DEGREES = 180 / Math.PI;

/** Of an array of which all is known. */
export interface TrueArray {
  /** At phase code 0 and the carrier, mean over the codes, rad, shape [numElements]. */
  readonly carrierRad: Float64Array;
  /** With the first line's, s. */
  readonly delayS: Float64Array;
  /** 0 where an element is dead or stuck. */
  readonly gain: Float64Array;
  readonly follows: Uint8Array;
  readonly delayGain: Float64Array;
  readonly codeRad: readonly Float64Array[];
}

export function trueArray(
  { phaseErrorRad, gain, delayErrorS, lineErrorS, delayGainError, codeErrorRad }: ErringArray,
  broken: readonly number[],
  carrierHz: number,
): TrueArray {
  const isBroken = new Set(broken);
  const delayS = delayErrorS.map((s, n) => s + (lineErrorS[0]?.[n] ?? 0));
  return {
    carrierRad: phaseErrorRad.map(
      (rad, n) => rad + meanDirection(codeErrorRad[n]!) - 2 * Math.PI * carrierHz * delayS[n]!,
    ),
    delayS,
    gain: gain.map((size, n) => (isBroken.has(n) ? 0 : size)),
    follows: Uint8Array.from(gain, (_, n) => (isBroken.has(n) ? 0 : 1)),
    delayGain: delayGainError,
    codeRad: codeErrorRad,
  };
}

/** What was found, as phases at the carrier and the delays that they go with. */
export interface FoundErrors {
  readonly carrierRad: Float64Array;
  readonly delayS: Float64Array;
}

export function foundErrors({ result, more }: ProcedureResult, carrierHz: number): FoundErrors {
  const { phaseErrorRad, delayErrorS } = more;
  if (!phaseErrorRad || !delayErrorS) {
    return { carrierRad: result.phaseErrorRad, delayS: new Float64Array(result.phaseErrorRad.length) };
  }
  return {
    carrierRad: phaseErrorRad.map((rad, n) => rad - 2 * Math.PI * carrierHz * delayErrorS[n]!),
    delayS: delayErrorS,
  };
}

export interface FoundScore {
  /** Of the phases at the carrier, rms over the elements that follow and were not named, deg. */
  readonly residualDeg: number;
  /** Of the delays, beyond the mean of all, ps rms; null where none were looked for. */
  readonly delayResidualPs: number | null;
  /** Of the adjustable delay as a ratio, rms. */
  readonly delayGainResidual: number | null;
  /** Of single phase codes beyond their element, deg rms. */
  readonly codeResidualDeg: number | null;
  /** Elements of which 95 % intervals were given, and those whose truth is within: of the phase and of the gain. */
  readonly numIntervals: number;
  readonly numPhasesHeld: number;
  readonly numGainsHeld: number;
  /** Elements that do not follow and were not named, and that follow and were. */
  readonly numMissed: number;
  readonly numFalse: number;
}

export function scoreOf({ result, more }: ProcedureResult, found: FoundErrors, truth: TrueArray): FoundScore {
  const { elements, phaseErrorRad, phaseIntervalRad, gain, gainInterval } = result;
  const isKnown = (n: number) => elements.follows[n] === 1;
  const counts = (n: number) => truth.follows[n] === 1 && isKnown(n);
  const counted = [...truth.follows.keys()].filter(counts);
  const ofPhases = { phaseErrorRad: truth.carrierRad, gain: truth.gain, follows: truth.follows };
  const off = phaseErrorRad.map((rad, n) => rad - truth.carrierRad[n]!);
  const common = meanDirection(off, counts);
  const rmsGain = rootMeanSquare(counted.map((n) => truth.gain[n]!));
  const ofDelays = { ...ofPhases, delayErrorS: truth.delayS };
  return {
    residualDeg:
      DEGREES * phaseResidual(found.carrierRad, { ...ofPhases, delayErrorS: null }, isKnown).rmsRad,
    delayResidualPs: more.delayErrorS ? 1e12 * delayResidualS(more.delayErrorS, ofDelays) : null,
    delayGainResidual: more.delayGainError
      ? rootMeanSquare(counted.map((n) => more.delayGainError![n]! - truth.delayGain[n]!))
      : null,
    codeResidualDeg: more.codeErrorRad
      ? DEGREES * rootMeanSquare(counted.flatMap((n) => codesOff(more.codeErrorRad![n]!, truth.codeRad[n]!)))
      : null,
    numIntervals: counted.length,
    numPhasesHeld: counted.filter(
      (n) => Math.abs(wrappedRad((off[n]! - common) / (2 * Math.PI))) <= phaseIntervalRad[n]!,
    ).length,
    numGainsHeld: counted.filter((n) => Math.abs(gain[n]! - truth.gain[n]! / rmsGain) <= gainInterval[n]!)
      .length,
    numMissed: truth.follows.filter((follows, n) => follows === 0 && isKnown(n)).length,
    numFalse: truth.follows.filter((follows, n) => follows === 1 && !isKnown(n)).length,
  };
}

/** Beyond what is common to the codes of an element, rad, shape [numCodes]. */
function codesOff(foundRad: Float64Array, trueRad: Float64Array): number[] {
  const off = foundRad.map((rad, code) => rad - trueRad[code]!);
  const common = meanDirection(off);
  return Array.from(off, (rad) => wrappedRad((rad - common) / (2 * Math.PI)));
}

/**
 * Power of a beam focused by what was found over that of a beam focused by the truth, mean over the frequencies; elements that do not
 * follow count in neither.
 */
export function keptPower(
  found: FoundErrors,
  { carrierRad, delayS, gain }: TrueArray,
  frequenciesHz: Float64Array,
  carrierHz: number,
): number {
  const all = gain.reduce((sum, size) => sum + size, 0);
  const power = frequenciesHz.reduce((sum, hz) => {
    let [re, im] = [0, 0];
    for (const [n, size] of gain.entries()) {
      const turned = 2 * Math.PI * (hz - carrierHz) * (delayS[n]! - found.delayS[n]!);
      const rad = carrierRad[n]! - found.carrierRad[n]! - turned;
      re += size * Math.cos(rad);
      im += size * Math.sin(rad);
    }
    return sum + re * re + im * im;
  }, 0);
  return power / (frequenciesHz.length * all * all);
}

export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
