/** What becomes of codewords on a given board: corrected for its calibration, quantised, radiated. */
import {
  type CalibrationTable,
  calibratedBoard,
  correctCodeword,
  radiatedCodeword,
  requireCalibrationOf,
} from '../../calibration/calibration-table.js';
import type { BoardDescription } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import { type QuantisedCodeword, quantise } from '../codebook/quantize.js';
import { type Realisability, realisabilityOf } from '../codebook/realisability.js';

/** Elements times codewords times frequencies that a look at realisability may cost: the board waits meanwhile. */
const MOST_TERMS = 2 ** 22;
const LEAST_FREQUENCIES = 8;

export class BoardBeams {
  readonly #board: BoardDescription;
  /** The board with its fixed lines as they are, as far as that is known. */
  readonly #known: BoardDescription;
  readonly #carrierHz: number;
  readonly #calibration: CalibrationTable | null;

  /**
   * @param calibration errors of the board's elements; null = not known.
   * @throws BOARD_MISMATCH when the table is not of this board.
   */
  constructor(board: BoardDescription, carrierHz: number, calibration: CalibrationTable | null) {
    if (calibration !== null) requireCalibrationOf(board, calibration);
    this.#board = board;
    this.#known = calibration === null ? board : calibratedBoard(board, calibration);
    this.#carrierHz = carrierHz;
    this.#calibration = calibration;
  }

  /** Throws BOARD_MISMATCH when the board cannot hold the codeword. */
  quantise(codeword: Codeword): QuantisedCodeword {
    return quantise(this.#corrected(codeword), this.#known, this.#carrierHz);
  }

  /** What the board radiates when it is told to send a codeword, as far as its description and calibration tell. */
  realise(codeword: Codeword): Codeword {
    const { settings } = this.quantise(codeword);
    return { ...codeword, ...radiatedCodeword(settings, this.#board, this.#calibration) };
  }

  /** @param frequenciesHz ascending; an even choice of them is looked at where there are too many. */
  realisability(codewords: readonly Codeword[], frequenciesHz: Float64Array): Realisability {
    const room = Math.floor(MOST_TERMS / (this.#board.numElements * codewords.length));
    const most = Math.max(LEAST_FREQUENCIES, room);
    const step = Math.ceil(frequenciesHz.length / most);
    const looked = frequenciesHz.filter((_, m) => m % step === 0 || m === frequenciesHz.length - 1);
    const corrected = codewords.map((codeword) => this.#corrected(codeword));
    return realisabilityOf(corrected, this.#known, this.#carrierHz, looked);
  }

  #corrected(codeword: Codeword): Codeword {
    return this.#calibration === null ? codeword : correctCodeword(codeword, this.#calibration);
  }
}
