/** What becomes of codewords on a given board: corrected for its calibration, quantised, radiated. */

import type { BoardDescription, ElementErrors, ElementSettings } from '../drivers/array-board.js';
import type { ElementBeam } from '../src/channel/wideband/response.js';
import type { Codeword } from '../src/codebook/codeword.js';
import { gainLossesDb, meanLossDb } from '../src/realisation/gain-loss.js';
import { type QuantisedCodeword, quantise } from '../src/realisation/quantise.js';
import { type Realisability, realisabilityOf } from '../src/realisation/realisability.js';
import type { Radiated } from '../src/realisation/realised.js';
import {
  type CalibrationTable,
  calibratedBoard,
  correctCodeword,
  radiatedCodeword,
  requireCalibrationOf,
  silentElements,
} from './calibration-table.js';

import { exactSettings } from './procedures/calibration-pilots.js';

/** Elements times codewords times frequencies that a look at realisability may cost: the board waits meanwhile. */
const MOST_TERMS = 2 ** 22;
const LEAST_FREQUENCIES = 8;

/** What a beam loses of the mean power where it focuses, dB. */
export interface BeamLoss {
  readonly quantisationDb: number;
  /** Beyond that, by the board's errors; null where nobody knows them. */
  readonly hardwareDb: number | null;
}

export interface BoardBeamsOptions {
  /** Whether amplitudes make up for what elements radiate too much, on boards with steps of amplitude: the weakest sets the level. False unless given. */
  readonly equaliseGains?: boolean;
}

/** What an array radiates for element settings, its errors included. */
export type Radiate = (settings: ElementSettings) => ElementBeam;

export class BoardBeams {
  readonly #board: BoardDescription;
  /** The board with its fixed lines as they are, as far as that is known. */
  readonly #known: BoardDescription;
  readonly #carrierHz: number;
  readonly #calibration: CalibrationTable | null;
  /** Factor on amplitudes, shape [numElements]; null where the board has no amplitudes or nothing is to be made up for. */
  readonly #amplitudeFactor: Float64Array | null;

  /**
   * @param calibration errors of the board's elements; null = not known. Elements that it calls dead or stuck are switched off where the
   * board can.
   * @throws BOARD_MISMATCH when the table is not of this board.
   */
  constructor(
    board: BoardDescription,
    carrierHz: number,
    calibration: CalibrationTable | null,
    { equaliseGains = false }: BoardBeamsOptions = {},
  ) {
    if (calibration !== null) requireCalibrationOf(board, calibration);
    this.#board = board;
    this.#known = calibration === null ? board : calibratedBoard(board, calibration);
    this.#carrierHz = carrierHz;
    this.#calibration = calibration;
    this.#amplitudeFactor =
      calibration === null || board.amplitudeBits === 0
        ? null
        : amplitudeFactor(calibration, equaliseGains && board.amplitudeBits > 1);
  }

  /** Throws BOARD_MISMATCH when the board cannot hold the codeword. */
  quantise(codeword: Codeword): QuantisedCodeword {
    const exact = exactSettings(codeword);
    if (exact !== undefined) {
      const { report } = quantise(codeword, this.#board, this.#carrierHz);
      return { settings: exact, parameters: undefined, report };
    }
    const quantised = quantise(this.#corrected(codeword), this.#known, this.#carrierHz);
    return this.#canMake(codeword) ? quantised : { ...quantised, parameters: undefined };
  }

  /** What codewords are corrected for before they are settings; null: for nothing. */
  get errors(): ElementErrors | null {
    return this.#calibration;
  }

  /** What the board radiates when it is told to send a codeword, as far as its description and calibration tell. */
  realise(codeword: Codeword): Codeword {
    const { settings } = this.quantise(codeword);
    return { ...codeword, ...radiatedCodeword(settings, this.#board, this.#calibration) };
  }

  /** @param frequenciesHz ascending; an even choice of them is looked at where there are too many. */
  realisability(codewords: readonly Codeword[], frequenciesHz: Float64Array): Realisability {
    const looked = this.#affordable(frequenciesHz, codewords.length);
    const corrected = codewords.map((codeword) => this.#corrected(codeword));
    return realisabilityOf(corrected, this.#known, this.#carrierHz, looked);
  }

  /**
   * @param frequenciesHz as of `realisability`.
   * @param radiate what the board radiates for element settings, its errors included; undefined where nobody knows.
   */
  losses(
    codewords: readonly Codeword[],
    frequenciesHz: Float64Array,
    radiate: Radiate | undefined,
  ): BeamLoss[] {
    const looked = this.#affordable(frequenciesHz, codewords.length);
    return codewords.map((codeword) => {
      const quantisationDb = meanLossDb(gainLossesDb(codeword, this.realise(codeword), looked));
      if (radiate === undefined) return { quantisationDb, hardwareDb: null };
      const radiated = elementsOf(radiate(this.quantise(codeword).settings));
      return {
        quantisationDb,
        hardwareDb: meanLossDb(gainLossesDb(codeword, radiated, looked)) - quantisationDb,
      };
    });
  }

  #affordable(frequenciesHz: Float64Array, numCodewords: number): Float64Array {
    const room = Math.floor(MOST_TERMS / (this.#board.numElements * numCodewords));
    const step = Math.ceil(frequenciesHz.length / Math.max(LEAST_FREQUENCIES, room));
    return frequenciesHz.filter((_, m) => m % step === 0 || m === frequenciesHz.length - 1);
  }

  /** A board knows its lines as they should be, and gives no delays to codewords of phases. */
  #canMake({ delayS }: Codeword): boolean {
    if (this.#calibration === null) return true;
    const { lineErrorS, delayErrorS, delayGainError, codeErrorRad } = this.#calibration;
    if (lineErrorS !== null || delayGainError !== null || codeErrorRad !== null) return false;
    return delayErrorS === null || delayS !== null;
  }

  #corrected(codeword: Codeword): Codeword {
    if (this.#calibration === null) return codeword;
    const corrected = correctCodeword(codeword, this.#calibration);
    const factor = this.#amplitudeFactor;
    return factor === null
      ? corrected
      : { ...corrected, amplitude: factor.map((x, n) => x * (codeword.amplitude?.[n] ?? 1)) };
  }
}

/** Null where all elements are to radiate as they are told. */
function amplitudeFactor(table: CalibrationTable, equalise: boolean): Float64Array | null {
  const silent = silentElements(table);
  const { gain, phaseErrorRad } = table;
  if (silent.size === 0 && (gain === null || !equalise)) return null;
  const level =
    equalise && gain !== null
      ? gain.reduce((least, x, n) => (silent.has(n) ? least : Math.min(least, x)), Infinity)
      : 1;
  return phaseErrorRad.map((_, n) => {
    if (silent.has(n)) return 0;
    return equalise && gain !== null ? level / gain[n]! : 1;
  });
}

/** An element beam as phases and amplitudes, those of a perfect one being 1. */
function elementsOf({ re, im, delayS }: ElementBeam): Radiated {
  const share = 1 / Math.sqrt(re.length);
  return {
    phaseRad: re.map((x, n) => Math.atan2(im[n]!, x)),
    amplitude: re.map((x, n) => Math.hypot(x, im[n]!) / share),
    delayS,
  };
}
