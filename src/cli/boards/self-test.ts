/** What a board and the way to it are able to: measured, not asked. */
import type { BoardDescription, PackedCodeword } from '../../../drivers/array-board.js';
import type { NativeBoard } from '../../../drivers/boards/native-board.js';
import { monotonicClock } from '../../core/clock.js';
import { Random } from '../../core/random.js';

/** Of them the one that tells the board's time best counts. */
const READINGS_PER_END = 50;

export interface BoardTest {
  /** From a question for the time to its answer, s. */
  readonly roundTripS: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly most: number;
  };
  readonly numRoundTrips: number;
  readonly load: {
    readonly numCodewords: number;
    readonly codewordBytes: number;
    /** From handing over one codeword to its confirmation, alone on the link, s. */
    readonly oneS: { readonly p50: number; readonly p99: number };
    /** Per codeword when all are handed over at once, s. */
    readonly perCodewordS: number;
    /** Bytes of codewords that the board confirmed per second then. */
    readonly goodputBytesPerS: number;
  };
  /** How much faster than this machine's the board's clock runs, in parts per million, and what the bound of it is. */
  readonly clockDrift: { readonly ppm: number; readonly withinPpm: number };
  readonly retransmissions: number;
  readonly corruptFrames: number;
}

export interface TestSize {
  readonly numRoundTrips: number;
  /** At most as many as the memory holds are loaded. */
  readonly numCodewords: number;
  /** Between the readings of the clock at least, s. */
  readonly clockS: number;
}

/** Takes some seconds. Rejects with the signal's reason. */
export async function selfTest(
  board: NativeBoard,
  { numRoundTrips, numCodewords, clockS }: TestSize,
  signal: AbortSignal,
): Promise<BoardTest> {
  const first = await narrowest(board, signal);
  const roundTrips: number[] = [];
  for (let k = 0; k < numRoundTrips; k++) {
    signal.throwIfAborted();
    roundTrips.push(await timed(() => board.readBoardTime()));
  }
  const load = await loading(board, Math.min(numCodewords, board.description.memoryDepth), signal);
  await monotonicClock.sleep(Math.max(0, first.atS + clockS - monotonicClock.nowS()), signal);
  const last = await narrowest(board, signal);
  const { retransmissions, corruptFrames } = board.linkStatistics();
  return {
    roundTripS: {
      p50: percentile(roundTrips, 0.5),
      p90: percentile(roundTrips, 0.9),
      p99: percentile(roundTrips, 0.99),
      most: percentile(roundTrips, 1),
    },
    numRoundTrips,
    load,
    clockDrift: drift(first, last),
    retransmissions,
    corruptFrames,
  };
}

async function loading(board: NativeBoard, count: number, signal: AbortSignal): Promise<BoardTest['load']> {
  // New ones at every call, or the board would hold them already.
  const random = new Random(Math.floor(Math.random() * 2 ** 32));
  const alone = randomCodewords(board, count, random);
  const times: number[] = [];
  for (const codeword of alone) {
    signal.throwIfAborted();
    times.push(await timed(() => board.load([codeword])));
  }
  const together = randomCodewords(board, count, random);
  const allS = await timed(() => board.load(together));
  const codewordBytes = together[0]!.bytes.length;
  return {
    numCodewords: count,
    codewordBytes,
    oneS: { p50: percentile(times, 0.5), p99: percentile(times, 0.99) },
    perCodewordS: allS / count,
    goodputBytesPerS: (count * codewordBytes) / allS,
  };
}

function randomCodewords(board: NativeBoard, count: number, random: Random): PackedCodeword[] {
  const { description } = board;
  return Array.from({ length: count }, () => board.pack(randomSettings(description, random)));
}

/** Phases at random; every element at its largest amplitude, least delay and first line. */
function randomSettings(description: BoardDescription, random: Random) {
  const { numElements, phaseBits, amplitudeBits, delayBits, lineBits } = description;
  const fill = (bits: number, code: number) => (bits === 0 ? null : new Uint16Array(numElements).fill(code));
  return {
    phaseCode: Uint16Array.from({ length: numElements }, () => random.integer(2 ** phaseBits)),
    amplitudeCode: fill(amplitudeBits, 2 ** amplitudeBits - 1),
    delayCode: fill(delayBits, 0),
    lineCode: fill(lineBits, 0),
  };
}

/** The board's time as an interval, at a time of this machine, s. */
interface Reading {
  readonly atS: number;
  readonly loS: number;
  readonly hiS: number;
}

async function narrowest(board: NativeBoard, signal: AbortSignal): Promise<Reading> {
  let best: Reading | null = null;
  for (let k = 0; k < READINGS_PER_END; k++) {
    signal.throwIfAborted();
    await board.readBoardTime();
    const atS = monotonicClock.nowS();
    const reading = { atS, ...board.boardTime() };
    if (best === null || reading.hiS - reading.loS < best.hiS - best.loS) best = reading;
  }
  return best!;
}

/** Both bounds hold whatever the delays of the link were. */
function drift(first: Reading, last: Reading): BoardTest['clockDrift'] {
  const passedS = last.atS - first.atS;
  const least = (last.loS - first.hiS) / passedS - 1;
  const most = (last.hiS - first.loS) / passedS - 1;
  return { ppm: ((least + most) / 2) * 1e6, withinPpm: ((most - least) / 2) * 1e6 };
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startS = monotonicClock.nowS();
  await task();
  return monotonicClock.nowS() - startS;
}

/** The least value that this part of them does not exceed. */
function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

export function testAsText(port: string, test: BoardTest): string {
  const { roundTripS, load, clockDrift } = test;
  const ms = (seconds: number) => `${figure(seconds * 1e3)} ms`;
  const lines: [string, string][] = [
    ['port', port],
    [
      'round trip',
      `${ms(roundTripS.p50)} median, ${ms(roundTripS.p90)} 90 %, ${ms(roundTripS.p99)} 99 %, ${ms(roundTripS.most)} at most, of ${test.numRoundTrips}`,
    ],
    [
      'one codeword',
      `${ms(load.oneS.p50)} median, ${ms(load.oneS.p99)} 99 %, of ${load.numCodewords}, loaded alone`,
    ],
    [
      'many codewords',
      `${ms(load.perCodewordS)} each, ${figure(load.goodputBytesPerS / 1e6)} MB/s of codewords of ${load.codewordBytes} bytes`,
    ],
    [
      'clock drift',
      `${figure(clockDrift.ppm)} ppm, within ${figure(clockDrift.withinPpm)} ppm, against this machine's`,
    ],
    ['link', `${test.retransmissions} retransmissions, ${test.corruptFrames} corrupt frames`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(16)}${value}\n`).join('');
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
