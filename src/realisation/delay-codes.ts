/**
 * How a board realises the delays of a codeword: per element one of its fixed lines, plus an adjustable part where there
 * is one (docs/model.md eq. 39 and 40).
 */
import { smallest } from '../core/extremes.js';
import { type BoardControls, hasDelays, lastDelayCode } from './board-controls.js';
import { NearestLine } from './nearest-line.js';

export interface RealisedDelays {
  /** Null on boards with fewer than two lines. */
  readonly lineCode: Uint16Array | null;
  /** Null on boards without an adjustable part. */
  readonly delayCode: Uint16Array | null;
  /** Delay that the codes amount to, s, shape [numElements]; null on boards without delays. */
  readonly realisedS: Float64Array | null;
  /** Common shift that was added to the codeword's delays first, s: it changes no power. */
  readonly shiftS: number;
  /** Largest error but for clipped delays, s. */
  readonly errorMaxS: number;
  /** Elements whose delay lies beyond what the board can do. */
  readonly clipped: number;
  /** Elements whose delay is lost because the board has no delays. */
  readonly asPhase: number;
  /** Range that the adjustable part would need on the lines chosen, s. */
  readonly restSpanS: number;
}

const REFINEMENTS = 30;
/** A shift by less changes nothing, s. */
const LEAST_STEP_S = 1e-18;
/** Delays are not told apart within this, s: 0.1 degrees at 30 GHz. */
const RESOLUTION_S = 1e-14;
/** Of two lines that fit, a later one is taken for less than this share of the squared rounding error of the first. */
const CLEARLY_BETTER = 0.25;

/**
 * Nearest delays that the board can set, after the best common shift.
 *
 * A line that the whole codeword fits on wins; of several the first, unless rounding does clearly less harm on another. The
 * shift then makes the smallest adjustable delay 0; on boards without lines it is none if all delays are in range as they
 * are. Where no single line fits, the shift minimises the sum of squares of what is missing, every element taking its nearest
 * line.
 *
 * @param delayS shape [numElements]; null for a codeword of phases only.
 * @param toleranceS what a board of fixed lines alone may be off without the delay counting as clipped.
 */
export function realiseDelays(
  delayS: Float64Array | null,
  board: BoardControls,
  toleranceS: number,
): RealisedDelays {
  const { numElements, delayLsbS, delayBits } = board;
  if (!hasDelays(board)) {
    const asPhase = delayS?.reduce((count, delay) => count + (delay === 0 ? 0 : 1), 0) ?? 0;
    return {
      ...{ lineCode: null, delayCode: null, realisedS: null, shiftS: 0, errorMaxS: 0, clipped: 0 },
      ...{ asPhase, restSpanS: 0 },
    };
  }
  const wantedS = delayS ?? new Float64Array(numElements);
  const linesS = board.delayLinesS ?? [new Float64Array(numElements)];
  const lastCode = lastDelayCode(board);
  const rangeS = lastCode * delayLsbS;
  const { delayStepS } = board;
  const { shiftS, lineCode } =
    board.delayLinesS === null
      ? withoutLines(wantedS, rangeS)
      : chooseLines(wantedS, linesS, delayLsbS, rangeS);
  const delayCode = new Uint16Array(numElements);
  const realisedS = new Float64Array(numElements);
  let errorMaxS = 0;
  let clipped = 0;
  let restMinS = Number.POSITIVE_INFINITY;
  let restMaxS = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < numElements; n++) {
    const lineS = linesS[lineCode[n]!]![n]!;
    const restS = wantedS[n]! + shiftS - lineS;
    restMinS = Math.min(restMinS, restS);
    restMaxS = Math.max(restMaxS, restS);
    const stepS = delayStepS === undefined ? delayLsbS : delayStepS[n]!;
    const nearest = delayBits === 0 ? 0 : Math.round(restS / stepS);
    const code = Math.min(Math.max(nearest, 0), lastCode);
    delayCode[n] = code;
    realisedS[n] = lineS + code * stepS;
    const errorS = Math.abs(restS - code * stepS);
    if (delayBits === 0 ? errorS > toleranceS : nearest !== code) clipped++;
    else errorMaxS = Math.max(errorMaxS, errorS);
  }
  return {
    lineCode: board.lineBits === 0 ? null : lineCode,
    delayCode: delayBits === 0 ? null : delayCode,
    ...{ realisedS, shiftS, errorMaxS, clipped, asPhase: 0, restSpanS: restMaxS - restMinS },
  };
}

interface LineChoice {
  readonly shiftS: number;
  readonly lineCode: Uint16Array;
}

/** All delays as they are if they are in range; else the earliest element has none, and the latest ones are clipped. */
function withoutLines(wantedS: Float64Array, rangeS: number): LineChoice {
  const firstS = wantedS.reduce((a, b) => Math.min(a, b));
  const lastS = wantedS.reduce((a, b) => Math.max(a, b));
  const shiftS = firstS < 0 || lastS > rangeS ? -firstS : 0;
  return { shiftS, lineCode: new Uint16Array(wantedS.length) };
}

function chooseLines(
  wantedS: Float64Array,
  linesS: readonly Float64Array[],
  stepS: number,
  rangeS: number,
): LineChoice {
  const starts = linesS.map((line) => shiftOnto(wantedS, line, rangeS));
  const all = (line: number) => ({
    shiftS: starts[line]!.shiftS,
    lineCode: new Uint16Array(wantedS.length).fill(line),
  });
  const fitting = starts.flatMap(({ fits }, line) => (fits ? [line] : []));
  if (fitting.length === 1) return all(fitting[0]!);
  if (fitting.length > 1) {
    const squares = fitting.map((line) =>
      roundingSquares(wantedS, linesS[line]!, starts[line]!.shiftS, stepS),
    );
    const least = squares.indexOf(smallest(squares));
    return all(fitting[squares[least]! < CLEARLY_BETTER * squares[0]! ? least : 0]!);
  }
  const nearest = new NearestLine(linesS);
  return starts
    .map(({ centreS }, home) => refine(wantedS, linesS, nearest, rangeS, home, centreS))
    .reduce((a, b) => (b.squares < a.squares || (b.squares === a.squares && b.strays < a.strays) ? b : a));
}

/** The shift that brings the codeword onto one line, and the one that lies in the middle of all that elements ask for. */
function shiftOnto(wantedS: Float64Array, lineS: Float64Array, rangeS: number) {
  let lowS = Number.NEGATIVE_INFINITY;
  let highS = Number.POSITIVE_INFINITY;
  let sumS = 0;
  for (let n = 0; n < wantedS.length; n++) {
    const offsetS = lineS[n]! - wantedS[n]!;
    lowS = Math.max(lowS, offsetS);
    highS = Math.min(highS, offsetS + rangeS);
    sumS += offsetS;
  }
  const centreS = sumS / wantedS.length + rangeS / 2;
  return { fits: lowS <= highS + RESOLUTION_S, shiftS: rangeS === 0 ? centreS : lowS, centreS };
}

/** Sum of squares of what rounding to whole steps leaves, s^2. */
function roundingSquares(wantedS: Float64Array, lineS: Float64Array, shiftS: number, stepS: number): number {
  return wantedS.reduce((sum, delayS, n) => {
    const restS = delayS + shiftS - lineS[n]!;
    return sum + (stepS === 0 ? 0 : (restS - stepS * Math.round(restS / stepS)) ** 2);
  }, 0);
}

interface RefinedChoice extends LineChoice {
  /** Of what is missing, s^2; what is within the resolution does not count. */
  readonly squares: number;
  /** Elements on another line than they started from. */
  readonly strays: number;
}

/** Alternates between the nearest line of every element and the shift that is best for these lines. */
function refine(
  wantedS: Float64Array,
  linesS: readonly Float64Array[],
  nearest: NearestLine,
  rangeS: number,
  home: number,
  startS: number,
): RefinedChoice {
  let { best, stepS } = nearestLines(wantedS, linesS, nearest, rangeS, home, startS);
  let shiftS = startS;
  for (let round = 0; round < REFINEMENTS && Math.abs(stepS) > LEAST_STEP_S; round++) {
    shiftS += stepS;
    const next = nearestLines(wantedS, linesS, nearest, rangeS, home, shiftS);
    stepS = next.stepS;
    if (next.best.squares <= best.squares) best = next.best;
  }
  return best;
}

/** The nearest line of every element after a shift (`home` unless another is nearer), and the Newton step to the shift that is best for these lines. */
function nearestLines(
  wantedS: Float64Array,
  linesS: readonly Float64Array[],
  nearest: NearestLine,
  rangeS: number,
  home: number,
  shiftS: number,
): { readonly best: RefinedChoice; readonly stepS: number } {
  const lineCode = new Uint16Array(wantedS.length);
  let sumS = 0;
  let squares = 0;
  let strays = 0;
  let numOutside = 0;
  for (let n = 0; n < wantedS.length; n++) {
    const delayS = wantedS[n]! + shiftS;
    let line = home;
    let missingS = beyond(delayS - linesS[home]![n]!, rangeS);
    const other = nearest.of(n, delayS, rangeS);
    const otherS = beyond(delayS - linesS[other]![n]!, rangeS);
    if (Math.abs(missingS) - Math.abs(otherS) > RESOLUTION_S) [line, missingS] = [other, otherS];
    lineCode[n] = line;
    sumS += missingS;
    if (missingS !== 0 || rangeS === 0) numOutside++;
    if (line !== home) strays++;
    squares += Math.max(0, missingS ** 2 - RESOLUTION_S ** 2);
  }
  return { best: { shiftS, lineCode, squares, strays }, stepS: -sumS / Math.max(1, numOutside) };
}

/** How far a delay lies outside [0, range], s, with its sign. */
function beyond(delayS: number, rangeS: number): number {
  return delayS < 0 ? delayS : Math.max(0, delayS - rangeS);
}
