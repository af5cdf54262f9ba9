/** Before a run: what a board makes of the beams that it is to send, in numbers and in words. */

import type { Codeword } from '../codebook/codeword.js';
import { BeamloopError } from '../core/errors.js';
import { largest } from '../core/extremes.js';
import { plural } from '../core/plural.js';
import { type BoardControls, hasDelays, lastDelayCode } from './board-controls.js';
import { type QuantiseOptions, quantise, type RealisabilityReport } from './quantise.js';

/** A beam that loses more than 3 dB on a larger share of its subcarriers falls apart. */
const FALLS_APART_SHARE = 0.05;
const WORST_ROWS = 5;

interface PilotRealisability {
  readonly key: string;
  /** Of the codeword's delays, s. */
  readonly delaySpanS: number;
  /** What the fixed lines leave of it for the adjustable part, s. */
  readonly delayNeededS: number;
  readonly delayErrorMaxS: number;
  readonly clippedDelays: number;
  readonly delaysAsPhase: number;
  /** Error of phases at the carrier, rad. */
  readonly phaseErrorMaxRad: number;
  /** Worst over the frequencies, dB. */
  readonly gainLossDb: number;
  /** Of the power gain averaged over the frequencies, dB. */
  readonly meanGainLossDb: number;
  /** More than 3 dB are lost on more than 5 % of the frequencies. */
  readonly fallsApart: boolean;
}

export interface Realisability {
  readonly boardModel: string;
  readonly numElements: number;
  readonly phaseBits: number;
  /** 0 without an adjustable part. */
  readonly delayBits: number;
  readonly delayLsbS: number;
  /** Range of the adjustable part, s. */
  readonly delayAvailableS: number;
  readonly numLines: number;
  readonly pilots: readonly PilotRealisability[];
  /** Ready to print: one line on the board, one on all pilots, one for each of the worst. */
  readonly summary: readonly string[];
}

/**
 * Quantises every codeword and predicts its gain where it focuses.
 *
 * @param frequenciesHz the subcarriers, or as many of them as the time allows: the cost is their number times that of
 * elements and codewords.
 * @throws as `quantise`.
 */
export function realisabilityOf(
  codewords: readonly Codeword[],
  board: BoardControls,
  carrierHz: number,
  frequenciesHz: ArrayLike<number>,
  options: Pick<QuantiseOptions, 'carrierIntoPhase'> = {},
): Realisability {
  const pilots = codewords.map((codeword) =>
    rowOf(codeword.key, quantise(codeword, board, carrierHz, { ...options, frequenciesHz }).report),
  );
  const described = {
    boardModel: board.model,
    numElements: board.numElements,
    phaseBits: board.phaseBits,
    delayBits: board.delayBits,
    delayLsbS: board.delayBits === 0 ? 0 : board.delayLsbS,
    delayAvailableS: lastDelayCode(board) * board.delayLsbS,
    numLines: board.delayLinesS?.length ?? 0,
    pilots,
  };
  return { ...described, summary: summaryOf(described, hasDelays(board)) };
}

/**
 * Refuses beams whose delays lie beyond the board's range, unless clipping is allowed.
 *
 * @throws PLAN_REFUSED with the delays needed and available and the pilot that needs most.
 */
export function requireRealisable(
  realisability: Realisability,
  { allowClipping }: { readonly allowClipping: boolean },
): void {
  const { pilots, numElements } = realisability;
  const lost = ({ clippedDelays, delaysAsPhase }: PilotRealisability) => clippedDelays + delaysAsPhase;
  const clipped = pilots.filter((row) => lost(row) > 0);
  if (allowClipping || clipped.length === 0) return;
  const worst = clipped.reduce((a, b) => (neededS(b) > neededS(a) ? b : a));
  throw new BeamloopError('PLAN_REFUSED', {
    what:
      `Pilot ${worst.key} needs delays over ${nanoseconds(neededS(worst))} ${availableWords(realisability)}: ` +
      `${lost(worst)} of ${numElements} elements would be clipped` +
      (clipped.length === 1 ? '' : ` (so would some of ${plural(clipped.length - 1, 'other pilot')})`),
    todo: 'Use a board with more range or lines made for these pilots, or set allowClipping: true under board',
  });
}

/** Of the adjustable part, or of all delays where the board has none. */
function neededS({ delaysAsPhase, delaySpanS, delayNeededS }: PilotRealisability): number {
  return delaysAsPhase > 0 ? delaySpanS : delayNeededS;
}

function availableWords({ delayBits, numLines, delayAvailableS }: Realisability): string {
  const beside = numLines === 0 ? '' : `beside the nearest of ${plural(numLines, 'fixed line')} `;
  if (delayBits > 0)
    return `${beside}and the board's adjustable delays range over ${nanoseconds(delayAvailableS)}`;
  return numLines === 0 ? 'and the board has none' : `${beside}and the board has no adjustable delays`;
}

function rowOf(key: string, report: RealisabilityReport): PilotRealisability {
  const { delaySpanS, delayNeededS, delayErrorMaxS, clippedDelays, delaysAsPhase } = report;
  const { phaseErrorMaxRad, gainLossDb, meanGainLossDb, lostShare } = report;
  return {
    ...{ key, delaySpanS, delayNeededS, delayErrorMaxS, clippedDelays, delaysAsPhase, phaseErrorMaxRad },
    ...{ gainLossDb, meanGainLossDb, fallsApart: lostShare > FALLS_APART_SHARE },
  };
}

function summaryOf(board: Omit<Realisability, 'summary'>, delays: boolean): string[] {
  const { pilots } = board;
  if (pilots.length === 0) return ['No pilots to realise'];
  const most = (of: (row: PilotRealisability) => number) => largest(pilots.map(of));
  const apart = pilots.filter((row) => row.fallsApart).length;
  const clipped = pilots.filter((row) => row.clippedDelays > 0).length;
  const lines = [
    `board: phase ${board.phaseBits} bits; ${delayWords(board, delays)}`,
    `pilots: ${pilots.length}; delays span ${nanoseconds(most((row) => row.delaySpanS))}` +
      (delays
        ? `, of which ${nanoseconds(most((row) => row.delayNeededS))} for the adjustable part; ` +
          `largest delay error ${picoseconds(most((row) => row.delayErrorMaxS))}${clipped > 0 ? ' where none is clipped' : ''}`
        : ''),
    `gain where they focus: ${decibels(most((row) => row.meanGainLossDb))} lost on average, ` +
      `${decibels(most((row) => row.gainLossDb))} at the worst subcarrier of the worst pilot`,
  ];
  if (clipped > 0) lines.push(`${plural(clipped, 'pilot')} with delays beyond the board's range`);
  if (!delays && most((row) => row.delaysAsPhase) > 0) {
    lines.push('delays are replaced by phases that are right at the carrier only');
  }
  if (apart > 0) lines.push(`${plural(apart, 'pilot')} of ${pilots.length} fall apart over the band`);
  const worst = [...pilots].sort((a, b) => b.meanGainLossDb - a.meanGainLossDb).slice(0, WORST_ROWS);
  return [...lines, ...worst.map(pilotWords)];
}

function delayWords(
  { delayBits, delayLsbS, delayAvailableS, numLines }: Omit<Realisability, 'summary'>,
  delays: boolean,
): string {
  if (!delays) return 'no delays';
  const lines = numLines === 0 ? [] : [plural(numLines, 'fixed line')];
  const adjustable =
    delayBits === 0
      ? []
      : [`delays in ${delayBits} bits of ${picoseconds(delayLsbS)} up to ${nanoseconds(delayAvailableS)}`];
  return [...lines, ...adjustable].join(', ');
}

function pilotWords(row: PilotRealisability): string {
  const clipped = row.clippedDelays === 0 ? '' : ` apart from ${plural(row.clippedDelays, 'clipped delay')}`;
  return (
    `  ${row.key}: loses ${decibels(row.meanGainLossDb)} on average, ${decibels(row.gainLossDb)} at worst; ` +
    `delay error up to ${picoseconds(row.delayErrorMaxS)}${clipped}, phase error up to ` +
    `${((row.phaseErrorMaxRad * 180) / Math.PI).toFixed(1)} degrees${row.fallsApart ? '; falls apart' : ''}`
  );
}

function nanoseconds(seconds: number): string {
  return `${(seconds * 1e9).toFixed(1)} ns`;
}

function picoseconds(seconds: number): string {
  return `${(seconds * 1e12).toFixed(2)} ps`;
}

/** Rounding can make a perfect beam's loss negative by next to nothing. */
function decibels(lossDb: number): string {
  return `${Math.max(0, lossDb).toFixed(2)} dB`;
}
