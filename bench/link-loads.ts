/** What is put on a link to measure it: codewords to a board, or bytes to whoever sends them back. */
import type { PackedCodeword } from '../drivers/array-board.js';
import type { NativeBoard } from '../drivers/boards/native-board.js';
import type { Transport } from '../drivers/transports/transport.js';
import { Random } from '../src/core/random.js';

export const NUM_CODEWORDS = 1000;
const NUM_ROUNDS = 3;
/** What 32 frames of such codewords are: the echo has as much underway as the link. */
const ECHO_CHUNK_BYTES = 4096;
const ECHO_CHUNKS_UNDERWAY = 4;
const ECHO_BYTES = 8 * 1024 * 1024;

export interface Loaded {
  readonly bytesPerS: number;
  readonly codewordBytes: number;
}

/** Bytes of codewords that the board confirmed per second, best of several rounds. Closes the board. */
export async function loadingBytesPerS(board: NativeBoard): Promise<Loaded> {
  let bytesPerS = 0;
  let codewordBytes = 0;
  for (let round = 0; round < NUM_ROUNDS; round++) {
    const codewords = randomCodewords(board, round);
    codewordBytes = codewords[0]!.bytes.length;
    const start = performance.now();
    await board.load(codewords);
    const durationS = (performance.now() - start) / 1e3;
    bytesPerS = Math.max(bytesPerS, (NUM_CODEWORDS * codewordBytes) / durationS);
  }
  const { codewordsLoaded } = board.linkStatistics();
  await board.close();
  if (codewordsLoaded !== NUM_ROUNDS * NUM_CODEWORDS)
    throw new Error(`${codewordsLoaded} codewords were loaded`);
  return { bytesPerS, codewordBytes };
}

function randomCodewords(board: NativeBoard, seed: number): PackedCodeword[] {
  const random = new Random(seed);
  const { numElements, phaseBits, amplitudeBits } = board.description;
  const codes = (bits: number) => Uint16Array.from({ length: numElements }, () => random.integer(2 ** bits));
  return Array.from({ length: NUM_CODEWORDS }, () =>
    board.pack({
      phaseCode: codes(phaseBits),
      delayCode: null,
      lineCode: null,
      amplitudeCode: amplitudeBits === 0 ? null : codes(amplitudeBits),
    }),
  );
}

/** Bytes per second to the other end and back, with nothing on top of the transport. Closes it. */
export async function echoBytesPerS(transport: Transport): Promise<number> {
  let received = 0;
  let onBytes = () => {};
  await transport.open({
    onBytes: (bytes) => {
      received += bytes.length;
      onBytes();
    },
    onClosed: () => {},
  });
  const chunk = new Uint8Array(ECHO_CHUNK_BYTES).fill(0x55);
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let sent = 0;
    onBytes = () => {
      while (sent < ECHO_BYTES && sent - received < ECHO_CHUNKS_UNDERWAY * ECHO_CHUNK_BYTES) {
        sent += chunk.length;
        void transport.write(chunk);
      }
      if (received >= ECHO_BYTES) resolve();
    };
    onBytes();
  });
  const durationS = (performance.now() - start) / 1e3;
  await transport.close();
  return ECHO_BYTES / durationS;
}
