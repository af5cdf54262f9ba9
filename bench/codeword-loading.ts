/** 1000 codewords of 512 elements into a board, as the points that they focus on or element by element. */
import type { NativeBoard } from '../drivers/boards/native-board.js';
import { LinearArray } from '../src/array/linear-array.js';
import { PolarCodebook } from '../src/codebook/polar.js';
import { quantise } from '../src/realisation/quantise.js';

export const NUM_CODEWORDS = 1000;
const ARRAY = new LinearArray({ numElements: 512, carrierHz: 100e9 });

export interface Loading {
  readonly codewordsPerS: number;
  readonly bytesPerCodeword: number;
}

/** All confirmed. Closes the board. */
export async function loading(board: NativeBoard, asPoints: boolean): Promise<Loading> {
  try {
    const codewords = packed(board);
    if (asPoints) {
      const { numElements, carrierHz, speedOfLightMPerS } = ARRAY;
      await board.describeArray(
        { arrayElements: numElements, firstElement: 0, mirrored: false, carrierHz, speedOfLightMPerS },
        null,
      );
    }
    const bytesBefore = board.linkStatistics().bytesSent;
    const startedMs = performance.now();
    await board.load(codewords);
    const durationS = (performance.now() - startedMs) / 1e3;
    const numMade = board.codewordsExpanded();
    if (numMade !== (asPoints ? NUM_CODEWORDS : 0)) throw new Error(`the board made ${numMade} codewords`);
    return {
      codewordsPerS: NUM_CODEWORDS / durationS,
      bytesPerCodeword: (board.linkStatistics().bytesSent - bytesBefore) / NUM_CODEWORDS,
    };
  } finally {
    await board.close();
  }
}

function packed(board: NativeBoard) {
  const polar = new PolarCodebook(ARRAY, { numRings: 6 });
  return Array.from({ length: NUM_CODEWORDS }, (_, k) => {
    const codeword = polar.codeword(polar.indexOf(3 * k));
    const { settings, parameters } = quantise(codeword, board.description, ARRAY.carrierHz);
    return board.pack(settings, parameters);
  });
}
