/** Codewords as the points that they focus on, against the same codewords element by element, over a paced serial line. */
import type { NativeBoard } from '../drivers/boards/native-board.js';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { SerialTransport } from '../drivers/transports/serial.js';
import { LinearArray } from '../src/array/linear-array.js';
import { PolarCodebook } from '../src/codebook/polar.js';
import { startEmulatedBoard } from '../src/emulation/start-emulated-board.js';
import { quantise } from '../src/realisation/quantise.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';

const BAUD = 3_000_000;
const NUM_CODEWORDS = 1000;
const ARRAY = new LinearArray({ numElements: 512, carrierHz: 100e9 });

interface Loading {
  readonly codewordsPerS: number;
  readonly bytesPerCodeword: number;
}

/** All confirmed by a board in a process of its own. */
async function loading(asPoints: boolean): Promise<Loading> {
  const emulated = await startEmulatedBoard({ model: { baud: BAUD }, realtime: true });
  const transport = new SerialTransport({ port: emulated.path, baudRate: BAUD });
  const board = await openNativeBoard({ transport, baudRate: BAUD });
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
    await emulated.close();
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

export const codewordParameters: Benchmark = {
  name: 'codeword-parameters',
  async run(): Promise<BenchRow[]> {
    const points = await loading(true);
    const settings = await loading(false);
    const what = `loading ${NUM_CODEWORDS} codewords of 512 elements as points, confirmed, at ${BAUD / 1e6} Mbaud`;
    return [
      comparison({
        ...{ what, value: points.codewordsPerS, unit: 'codewords/s' },
        ...{ alternative: 'the same element by element', alternativeValue: settings.codewordsPerS },
      }),
      comparison({
        ...{ what: `${what}: sent for each`, value: points.bytesPerCodeword, unit: 'bytes' },
        ...{ alternative: 'the same element by element', alternativeValue: settings.bytesPerCodeword },
        target: { of: 'ratio', atMost: 0.1 },
      }),
    ];
  },
};
