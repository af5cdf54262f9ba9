/** What the elements of an emulated array truly are, to hold a calibration against. */
import type { Radiate } from '../../../calibration/board-beams.js';
import { restingSettings } from '../../../calibration/procedures/calibration-pilots.js';
import { meanDirection } from '../../../calibration/procedures/calibration-result.js';
import { wrappedRad } from '../../core/turns.js';
import type { BoardControls } from '../../realisation/board-controls.js';

/** An element's errors may differ from code to code: these many codes, evenly spaced, stand for all of them. */
const MOST_CODES = 64;
/** An element that turns with its codes less than this part of what it radiates does not follow them. */
const LEAST_FOLLOWING = 0.5;

export interface TrueElements {
  /** Phase that each adds to what it is told, at the carrier, mean over its codes, rad, shape [numElements]. */
  readonly phaseErrorRad: Float64Array;
  /** What each radiates of its share of the power, amplitude, shape [numElements]. */
  readonly gain: Float64Array;
  /** 0 where an element is dead or stuck, shape [numElements]. */
  readonly follows: Uint8Array;
  /** Excess delay with the first line and no adjustable delay, s, shape [numElements]; null of a board that cannot delay. */
  readonly delayErrorS: Float64Array | null;
}

/** @param radiate what the array radiates for element settings. */
export function trueElements(board: BoardControls, carrierHz: number, radiate: Radiate): TrueElements {
  const { numElements, phaseBits, delayLinesS } = board;
  const firstLineS = delayLinesS?.[0];
  const rest = restingSettings(board);
  const numCodes = 2 ** phaseBits;
  const step = Math.max(1, numCodes / MOST_CODES);
  const share = 1 / Math.sqrt(numElements);
  const [re, im, size] = [0, 1, 2].map(() => new Float64Array(numElements)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let numTold = 0;
  let delayS: Float64Array | null = null;
  for (let code = 0; code < numCodes; code += step, numTold++) {
    const weights = radiate({ phaseCode: new Uint16Array(numElements).fill(code), ...rest });
    delayS = weights.delayS;
    const [cos, sin] = [Math.cos((2 * Math.PI * code) / numCodes), Math.sin((2 * Math.PI * code) / numCodes)];
    for (let n = 0; n < numElements; n++) {
      const [x, y] = [weights.re[n]! / share, weights.im[n]! / share];
      re[n]! += x * cos + y * sin;
      im[n]! += y * cos - x * sin;
      size[n]! += Math.hypot(x, y);
    }
  }
  const delayErrorS = (delayS as Float64Array | null)?.map((s, n) => s - (firstLineS?.[n] ?? 0)) ?? null;
  return {
    delayErrorS,
    phaseErrorRad: re.map((x, n) =>
      wrappedRad(Math.atan2(im[n]!, x) / (2 * Math.PI) - carrierHz * (delayErrorS?.[n] ?? 0)),
    ),
    gain: size.map((sum) => sum / numTold),
    follows: Uint8Array.from(re, (x, n) => (Math.hypot(x, im[n]!) > LEAST_FOLLOWING * size[n]! ? 1 : 0)),
  };
}

export interface PhaseResidual {
  readonly rmsRad: number;
  readonly worstRad: number;
  /** Whose it is, from 0; -1 where there is none. */
  readonly worstElement: number;
  /** Elements that are compared. */
  readonly numElements: number;
}

/** By how much phase errors differ from true ones, but for the phase common to all elements that follow. */
export function phaseResidual(
  foundRad: Float64Array,
  { phaseErrorRad, follows }: TrueElements,
  isKnown: (n: number) => boolean,
): PhaseResidual {
  const difference = foundRad.map((rad, n) => rad - phaseErrorRad[n]!);
  const counts = (n: number) => follows[n] === 1 && isKnown(n);
  const commonRad = meanDirection(difference, counts);
  let [sum, numElements, worstRad, worstElement] = [0, 0, 0, -1];
  for (const [n, rad] of difference.entries()) {
    if (!counts(n)) continue;
    const left = Math.abs(wrappedRad((rad - commonRad) / (2 * Math.PI)));
    sum += left * left;
    numElements += 1;
    if (left > worstRad) [worstRad, worstElement] = [left, n];
  }
  return { rmsRad: Math.sqrt(sum / Math.max(1, numElements)), worstRad, worstElement, numElements };
}

/** By how much delays differ from true ones, but for the delay common to all elements that follow, s rms. */
export function delayResidualS(foundS: Float64Array, { delayErrorS, follows }: TrueElements): number {
  const differenceS = [...foundS].flatMap((s, n) => (follows[n] === 1 ? [s - (delayErrorS?.[n] ?? 0)] : []));
  const meanS = differenceS.reduce((sum, s) => sum + s, 0) / differenceS.length;
  return Math.sqrt(differenceS.reduce((sum, s) => sum + (s - meanS) ** 2, 0) / differenceS.length);
}
