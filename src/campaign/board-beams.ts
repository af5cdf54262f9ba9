/** What becomes of codewords on a given board: corrected for its calibration, quantised, radiated. */
import { type CalibrationTable, correctCodeword } from '../../calibration/calibration-table.js';
import type { BoardDescription } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import { type QuantisedCodeword, quantise } from '../codebook/quantize.js';
import { type Realisability, realisabilityOf } from '../codebook/realisability.js';
import { realisedCodeword } from '../codebook/realised.js';

/** Elements times codewords times frequencies that a look at realisability may cost: a fraction of a second. */
const MOST_TERMS = 2 ** 20;
const LEAST_FREQUENCIES = 8;

export class BoardBeams {
  readonly #board: BoardDescription;
  readonly #carrierHz: number;
  readonly #calibration: CalibrationTable | null;

  /** @param calibration errors of the board's elements; null = not known. */
  constructor(board: BoardDescription, carrierHz: number, calibration: CalibrationTable | null) {
    this.#board = board;
    this.#carrierHz = carrierHz;
    this.#calibration = calibration;
  }

  /** Throws BOARD_MISMATCH when the board cannot hold the codeword. */
  quantise(codeword: Codeword): QuantisedCodeword {
    return quantise(this.#corrected(codeword), this.#board, this.#carrierHz);
  }

  /** What the board radiates when it is told to send a codeword, as far as its description and calibration tell. */
  realise(codeword: Codeword): Codeword {
    const radiated = realisedCodeword(this.quantise(codeword).settings, this.#board);
    if (this.#calibration === null) return { ...codeword, ...radiated };
    const { phaseErrorRad, delayErrorS } = this.#calibration;
    const { phaseRad, delayS, amplitude } = radiated;
    return {
      ...codeword,
      amplitude,
      phaseRad: phaseRad.map((phase, n) => phase + phaseErrorRad[n]!),
      delayS: delayS !== null && delayErrorS !== null ? delayS.map((s, n) => s + delayErrorS[n]!) : delayS,
    };
  }

  /** @param frequenciesHz ascending; an even choice of them is looked at where there are too many. */
  realisability(codewords: readonly Codeword[], frequenciesHz: Float64Array): Realisability {
    const room = Math.floor(MOST_TERMS / (this.#board.numElements * codewords.length));
    const most = Math.max(LEAST_FREQUENCIES, room);
    const step = Math.ceil(frequenciesHz.length / most);
    const looked = frequenciesHz.filter((_, m) => m % step === 0 || m === frequenciesHz.length - 1);
    const corrected = codewords.map((codeword) => this.#corrected(codeword));
    return realisabilityOf(corrected, this.#board, this.#carrierHz, looked);
  }

  #corrected(codeword: Codeword): Codeword {
    return this.#calibration === null ? codeword : correctCodeword(codeword, this.#calibration);
  }
}
