/** Boards of a rate study: what they make of codewords, and what the host knows of it (docs/model.md eq. 77). */

import { selectorBits } from '../../../drivers/array-board.js';
import type { Codeword } from '../../codebook/codeword.js';
import { BeamloopError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import type { BoardControls } from '../../realisation/board-controls.js';
import { distinctLines } from '../../realisation/delay-lines.js';
import { quantise } from '../../realisation/quantise.js';
import { realisedCodeword } from '../../realisation/realised.js';
import type { RateStudy } from './rate-file.js';

type HardwareSection = NonNullable<RateStudy['hardware']>[number];

/** One board: an entry of the study file with one value of each of its lists. */
export interface Hardware {
  readonly label: string;
  /** Null = phases as the codewords want them. */
  readonly phaseBits: number | null;
  /** Of the adjustable part of delays. */
  readonly delayBits: number | null;
  readonly delayRangeS: number;
  /** A fixed line per pilot and one of no delay; without lines and delay bits, delays are as codewords want them. */
  readonly lines: boolean;
  /** Rms of every line's delay at every element; of every element's delay without lines. */
  readonly delayErrorS: number;
  /** Whether the host knows these errors. */
  readonly calibrated: boolean;
  readonly carrierIntoPhase: boolean;
}

/** The hardware of the file in its order; one ideal board where it names none. */
export function hardwareOf({ hardware }: RateStudy): (Hardware | null)[] {
  return hardware?.flatMap(expand) ?? [null];
}

function expand(section: HardwareSection): Hardware[] {
  const { label, lines, calibrated, carrierIntoPhase } = section;
  return (section.phaseBits ?? [null]).flatMap((phaseBits) =>
    (section.delayBits ?? [null]).flatMap((delayBits) =>
      section.delayError.map((delayErrorS) => ({
        ...{ label, phaseBits, delayBits, delayRangeS: section.delayRange ?? 0 },
        ...{ lines, delayErrorS, calibrated, carrierIntoPhase },
      })),
    ),
  );
}

/** What one board makes of codewords. */
export interface StudyBoard {
  /** What it radiates, errors included. */
  radiate(codeword: Codeword): Codeword;
  /** What the host believes that it radiates. */
  realise(codeword: Codeword): Codeword;
}

/** Radiates codewords as they are. */
export const IDEAL_BOARD: StudyBoard = {
  radiate: (codeword) => codeword,
  realise: (codeword) => codeword,
};

/** Close enough to phases without quantisation: errors below 1e-4 rad. */
const MANY_BITS = 16;

/**
 * Builds a board that can send these pilots.
 *
 * @param seed of the board's errors: the same draws for every rms, line by line and element by element.
 * @throws BAD_ARGUMENT when the pilots' delays are beyond the adjustable range.
 */
export function buildBoard(
  hardware: Hardware | null,
  pilots: readonly Codeword[],
  carrierHz: number,
  seed: number,
): StudyBoard {
  if (hardware === null || isIdeal(hardware)) return IDEAL_BOARD;
  const board = new ImperfectBoard(hardware, pilots, carrierHz, seed);
  if (hardware.delayBits !== null) for (const pilot of pilots) board.requireRange(pilot);
  return board;
}

function isIdeal({ phaseBits, delayBits, lines, delayErrorS }: Hardware): boolean {
  return phaseBits === null && delayBits === null && !lines && delayErrorS === 0;
}

class ImperfectBoard implements StudyBoard {
  readonly #hardware: Hardware;
  readonly #carrierHz: number;
  /** Delays of the lines, s, shape [numLines][numElements]; null = a line of its own for every codeword. */
  readonly #linesS: readonly Float64Array[] | null;
  /** What is wrong with each line, s, shape [numLines][numElements]. */
  readonly #errorsS: readonly Float64Array[];

  constructor(hardware: Hardware, pilots: readonly Codeword[], carrierHz: number, seed: number) {
    const noDelays = new Float64Array(pilots[0]!.phaseRad.length);
    this.#hardware = hardware;
    this.#carrierHz = carrierHz;
    this.#linesS = hardware.lines
      ? distinctLines([...pilots.map(delaysOf), noDelays])
      : hardware.delayBits === null
        ? null
        : [noDelays];
    this.#errorsS = (this.#linesS ?? [noDelays]).map((_, line) => {
      const random = new Random(seed, 'line', line);
      return noDelays.map(() => hardware.delayErrorS * random.normal());
    });
  }

  radiate(codeword: Codeword): Codeword {
    const { settings } = this.#told(codeword);
    return { ...codeword, ...realisedCodeword(settings, this.#controls(codeword, true)) };
  }

  realise(codeword: Codeword): Codeword {
    const { settings, known } = this.#told(codeword);
    return { ...codeword, ...realisedCodeword(settings, known) };
  }

  /** @throws BAD_ARGUMENT unless the adjustable part reaches all delays of the codeword. */
  requireRange(codeword: Codeword): void {
    const { label, delayRangeS } = this.#hardware;
    const { clippedDelays, delayNeededS } = this.#told(codeword).report;
    if (clippedDelays === 0) return;
    const ns = (delayS: number) => `${Number((1e9 * delayS).toPrecision(4))} ns`;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Pilot ${codeword.key} needs delays over ${ns(delayNeededS)}; board '${label}' has ${ns(delayRangeS)}`,
      todo: 'Give a larger delayRange, or fixed lines',
    });
  }

  /** The codes that the host sends, by what it knows of the board. */
  #told(codeword: Codeword) {
    const { calibrated, carrierIntoPhase } = this.#hardware;
    const known = this.#controls(codeword, calibrated);
    return { known, ...quantise(codeword, known, this.#carrierHz, { carrierIntoPhase }) };
  }

  #controls(codeword: Codeword, withErrors: boolean): BoardControls {
    const { label, phaseBits, delayBits, delayRangeS } = this.#hardware;
    const nominalS = this.#linesS ?? [delaysOf(codeword)];
    return {
      model: label,
      numElements: codeword.phaseRad.length,
      phaseBits: phaseBits ?? MANY_BITS,
      delayBits: delayBits ?? 0,
      delayLsbS: delayBits === null ? 0 : delayRangeS / (2 ** delayBits - 1),
      delayRangeS,
      amplitudeBits: 0,
      lineBits: selectorBits(nominalS.length),
      delayLinesS: withErrors
        ? nominalS.map((line, k) => line.map((delayS, n) => delayS + this.#errorsS[k]![n]!))
        : nominalS,
    };
  }
}

function delaysOf({ phaseRad, delayS }: Codeword): Float64Array {
  return delayS ?? new Float64Array(phaseRad.length);
}
