import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PackedCodeword } from '../drivers/array-board.js';
import type { NativeBoard } from '../drivers/boards/native-board.js';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { SerialTransport } from '../drivers/transports/serial.js';
import { Random } from '../src/core/random.js';
import { startEmulatedBoard } from '../src/emulation/start-emulated-board.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';

const BAUD = 3_000_000;
/** Start bit, 8 data bits, stop bit. */
const LINE_BYTES_PER_S = BAUD / 10;
const NUM_CODEWORDS = 1000;
const NUM_ROUNDS = 3;
/** What 32 frames of such codewords are: the echo has as much underway as the link. */
const ECHO_CHUNK_BYTES = 4096;
const ECHO_CHUNKS_UNDERWAY = 4;
const ECHO_BYTES = 8 * 1024 * 1024;

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

/** Bytes of codewords that the board confirmed per second, best of several rounds; a board in a process of its own. */
async function loadingBytesPerS(paced: boolean): Promise<{ bytesPerS: number; codewordBytes: number }> {
  const emulated = await startEmulatedBoard({ model: { baud: BAUD }, realtime: paced });
  const transport = new SerialTransport({ port: emulated.path, baudRate: BAUD });
  const board = await openNativeBoard({ transport, baudRate: paced ? BAUD : null });
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
  await emulated.close();
  if (codewordsLoaded !== NUM_ROUNDS * NUM_CODEWORDS)
    throw new Error(`${codewordsLoaded} codewords were loaded`);
  return { bytesPerS, codewordBytes };
}

/** Bytes per second to a process behind a pseudo-terminal and back, with nothing on top of serialport. */
async function echoBytesPerS(): Promise<number> {
  const child = fork(fileURLToPath(new URL('./pty-echo.js', import.meta.url)));
  const [path] = (await once(child, 'message')) as [string];
  const transport = new SerialTransport({ port: path, baudRate: BAUD });
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
  child.disconnect();
  return ECHO_BYTES / durationS;
}

export const linkGoodput: Benchmark = {
  name: 'link-goodput',
  async run(): Promise<BenchRow[]> {
    const echo = await echoBytesPerS();
    const paced = await loadingBytesPerS(true);
    const unpaced = await loadingBytesPerS(false);
    const what = `loading ${NUM_CODEWORDS} codewords of ${paced.codewordBytes} bytes`;
    const toMegabytes = 1e-6;
    return [
      comparison({
        what: `${what}, confirmed, through serialport and a pseudo-terminal paced at ${BAUD / 1e6} Mbaud`,
        value: paced.bytesPerS * toMegabytes,
        unit: 'MB/s of codewords',
        alternative: 'the line rate, every byte of it',
        alternativeValue: LINE_BYTES_PER_S * toMegabytes,
        target: { of: 'ratio', atLeast: 0.9 },
      }),
      comparison({
        what: `${what}, the same`,
        value: paced.bytesPerS * toMegabytes,
        unit: 'MB/s',
        alternative: 'a raw pseudo-terminal echo, not paced',
        alternativeValue: echo * toMegabytes,
      }),
      comparison({
        what: `${what}, not paced (virtual time)`,
        value: unpaced.bytesPerS * toMegabytes,
        unit: 'MB/s',
        alternative: 'a raw pseudo-terminal echo, not paced',
        alternativeValue: echo * toMegabytes,
      }),
    ];
  },
};
