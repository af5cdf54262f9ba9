/** Codeword memory and fixed lines: SPEC 4, 6.2, 6.3, 6.14. */
import { contentHash, hashFromHex } from '../../../firmware-protocol/content-hash.js';
import type { Bench } from '../bench.js';
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const OK = 0;
const MALFORMED = 2;
const BAD_INDEX = 3;
const HASH_MISMATCH = 4;
const BAD_CODE = 11;
/** Elements of one LineDelays. */
const MOST_ELEMENTS = 240;

export const MEMORY_CHECKS: readonly Check[] = [
  {
    name: 'takes codewords whose packing and hash are right, and no others',
    clauses: ['4.1', '4.3', '6.2', '6.3'],
    items: [4, 10],
    deadlineS: 30,
    run: async (bench) => {
      const { board, codewordBytes } = bench;
      const hashes = [];
      const count = Math.min(3, board.memoryDepth);
      for (let k = 0; k < count; k++) hashes.push(await bench.load(k, k + 1));
      for (let k = 0; k < count; k++)
        mustEqual(await bench.held(k), hashes[k], '6.3', `the hash of index ${k}`);
      const { hash, data } = bench.codeword(5);
      mustEqual(
        await bench.loadStatus(0, { hash: hash ^ 1n, data }),
        HASH_MISMATCH,
        '6.2',
        'the status of a load with a wrong hash',
      );
      mustEqual(await bench.held(0), null, '6.2', 'the codeword at the index of a failed load');
      const { phaseBits, delayBits, amplitudeBits, lineBits } = bench.format;
      const bits = board.numElements * (phaseBits + delayBits + amplitudeBits + lineBits);
      if (bits === 8 * codewordBytes) return;
      const padded = data.slice();
      padded[codewordBytes - 1]! |= 0x80;
      const status = await bench.loadStatus(0, { hash: hashFromHex(contentHash(padded)), data: padded });
      mustEqual(status, HASH_MISMATCH, '6.2', 'the status of a load with padding bits that are not zero');
    },
  },
  {
    name: 'holds a codeword as valid only from its last chunk on, of the right length',
    clauses: ['6.2'],
    items: [10],
    deadlineS: 30,
    run: async (bench) => {
      const { hash, data } = bench.codeword(2);
      await bench.load(0, 1);
      const chunk = (offset: number, end: number, last: 0 | 1, index = 0) =>
        bench.chunk({ index, offset, last, hash, data: data.slice(offset, end) });
      const half = halfOf(bench);
      mustEqual(await chunk(0, half, 0), OK, '6.2', 'the status of a first chunk');
      mustEqual(await bench.held(0), null, '6.2', 'the codeword at an index whose load is unfinished');
      mustEqual(
        await chunk(0, half, 1),
        HASH_MISMATCH,
        '6.2',
        'the status of a last chunk of too short a codeword',
      );
      mustEqual(await bench.held(0), null, '6.2', 'the codeword after a load that was too short');
      await chunk(0, half, 0);
      const long = new Uint8Array(bench.chunkBytes).fill(1);
      if (half + long.length > data.length) {
        const status = await bench.chunk({ index: 0, offset: half, last: 0, hash, data: long });
        mustEqual(status, MALFORMED, '6.2', 'the status of data beyond the packed length');
      }
      mustEqual(await bench.loadStatus(0, { hash, data }), OK, '6.2', 'the status of a good load');
      const { memoryDepth } = bench.board;
      if (memoryDepth === 65_535) return;
      await chunk(0, half, 0);
      mustEqual(
        await chunk(0, half, 0, memoryDepth),
        BAD_INDEX,
        '6.2',
        'the status of a load beyond the memory',
      );
      mustEqual(
        await chunk(half, half + 1, 0),
        OK,
        '6.2',
        'the status of a chunk after one beyond the memory',
      );
    },
  },
  {
    name: 'takes chunks only of the one load that is unfinished, in order, of one hash',
    clauses: ['6.2'],
    items: [10],
    deadlineS: 30,
    notFor: ({ memoryDepth }) => (memoryDepth < 2 ? 'it has one place for a codeword' : null),
    run: async (bench) => {
      const { hash, data } = bench.codeword(3);
      const half = halfOf(bench);
      const first = (index: number) =>
        bench.chunk({ index, offset: 0, last: 0, hash, data: data.slice(0, half) });
      const second = (index: number, itsHash = hash, from = half) =>
        bench.chunk({ index, offset: from, last: 0, hash: itsHash, data: data.slice(from, from + 1) });
      await first(0);
      mustEqual(await second(0, hash ^ 1n), MALFORMED, '6.2', 'the status of a chunk with another hash');
      mustEqual(await second(0), MALFORMED, '6.2', 'the status of a chunk after one that was refused');
      await first(0);
      mustEqual(
        await second(0, hash, half + 1),
        MALFORMED,
        '6.2',
        'the status of a chunk that leaves bytes out',
      );
      await first(0);
      await first(1);
      mustEqual(await second(0), MALFORMED, '6.2', 'the status of a chunk whose load another index ended');
      await first(0);
      mustEqual(await second(0), OK, '6.2', 'the status of a second chunk');
    },
  },
  {
    name: 'holds codewords at the first, the last and far places of its memory, each its own',
    clauses: ['6.1', '6.2', '6.3'],
    items: [10],
    deadlineS: 120,
    notFor: ({ memoryDepth }) => (memoryDepth < 2 ? 'it has one place for a codeword' : null),
    run: async (bench) => {
      const { memoryDepth, phaseBits } = bench.board;
      // Memory that is not there shows at an end, or is that of an index with one bit less.
      const powers = Array.from({ length: 16 }, (_, bit) => 2 ** bit).filter((at) => at < memoryDepth - 1);
      const places = [0, memoryDepth - 1, ...powers.toReversed()].slice(0, 2 ** phaseBits);
      const hashes: bigint[] = [];
      for (const [seed, at] of places.entries()) hashes.push(await bench.load(at, seed));
      for (const [k, at] of places.entries()) {
        const what = `the hash at index ${at}, of ${memoryDepth}, after ${places.length} loads`;
        mustEqual(await bench.held(at), hashes[k], '6.1', what);
      }
    },
  },
  {
    name: 'ends an unfinished load with its session, and not when that is resumed',
    clauses: ['5.9', '6.2'],
    items: [8, 10],
    deadlineS: 20,
    run: async (bench) => {
      const { probe } = bench;
      const { hash, data } = bench.codeword(4);
      const half = halfOf(bench);
      const begin = () => bench.chunk({ index: 0, offset: 0, last: 0, hash, data: data.slice(0, half) });
      const goOn = () =>
        bench.chunk({ index: 0, offset: half, last: 0, hash, data: data.slice(half, half + 1) });
      await begin();
      await probe.hello();
      mustEqual(await goOn(), OK, '6.2', 'the status of a chunk after the session was resumed');
      await begin();
      await probe.begin();
      mustEqual(await goOn(), MALFORMED, '6.2', 'the status of a chunk whose load an earlier session began');
    },
  },
  {
    name: 'refuses questions beyond its memory',
    clauses: ['6.3'],
    items: [10],
    deadlineS: 10,
    run: async ({ probe, board: { memoryDepth } }) => {
      const wanted = Math.min(100, memoryDepth);
      const all = await probe.did('QueryMemory', { firstIndex: memoryDepth - wanted, count: wanted });
      mustEqual(
        all.name === 'MemoryContents' && all.value.entries.length,
        wanted,
        '6.3',
        'the number of entries told',
      );
      const beyond = await probe.ask('QueryMemory', { firstIndex: memoryDepth - wanted + 1, count: wanted });
      mustEqual(
        [beyond.value.status, beyond.name === 'MemoryContents' && beyond.value.entries.length],
        [BAD_INDEX, 0],
        '6.3',
        'status and number of entries beyond the memory',
      );
    },
  },
  {
    name: 'refuses codewords with codes beyond its reach',
    clauses: ['4.4', '4.5', '6.2'],
    items: [18],
    deadlineS: 20,
    run: async (bench) => {
      const { board, numLines } = bench;
      const { delayBits, lineBits } = bench.format;
      const most =
        delayBits === 0 || board.delayLsbFs === 0 ? 0 : Number(board.delayRangeFs / BigInt(board.delayLsbFs));
      if (delayBits > 0 && most < 2 ** delayBits - 1) {
        mustEqual(
          await bench.loadStatus(0, bench.codeword(1, { delayCode: most })),
          OK,
          '4.4',
          'the status of the longest delay',
        );
        mustEqual(
          await bench.loadStatus(0, bench.codeword(1, { delayCode: most + 1 })),
          BAD_CODE,
          '4.4',
          'the status of a delay beyond the range',
        );
      }
      if (lineBits > 0) {
        mustEqual(
          await bench.loadStatus(0, bench.codeword(1, { lineCode: numLines - 1 })),
          OK,
          '4.5',
          'the status of the last line',
        );
      }
      if (lineBits > 0 && numLines < 2 ** lineBits) {
        mustEqual(
          await bench.loadStatus(0, bench.codeword(1, { lineCode: numLines })),
          BAD_CODE,
          '4.5',
          'the status of a line that does not exist',
        );
        mustEqual(await bench.held(0), null, '6.2', 'the codeword after a load that was refused');
      }
    },
  },
  {
    name: 'tells its fixed lines in parts of any size, and nothing beyond',
    clauses: ['6.14'],
    items: [18],
    deadlineS: 30,
    notFor: ({ versionMinor }) => (versionMinor < 1 ? 'it is of version 1.0' : null),
    run: async (bench) => {
      const { probe, board, numLines } = bench;
      const ask = async (line: number, firstElement: number, count: number) => {
        const answer = await probe.ask('ReadLines', { line, firstElement, count });
        must(answer.name === 'LineDelays', '6.14', `ReadLines is answered with ${answer.name}`);
        mustEqual(answer.value.numLines, numLines, '6.14', 'numLines');
        mustEqual(
          [answer.value.line, answer.value.firstElement],
          [line, firstElement],
          '6.14',
          'line and firstElement of the answer',
        );
        return answer.value;
      };
      mustEqual(
        (await ask(numLines, 0, 1)).status,
        BAD_INDEX,
        '6.14',
        'the status of a line that does not exist',
      );
      if (numLines === 0) return;
      const { numElements } = board;
      const count = Math.min(MOST_ELEMENTS, numElements);
      const whole = (await ask(numLines - 1, 0, count)).delays;
      mustEqual(whole.length, count, '6.14', 'the number of delays told');
      const part = (await ask(numLines - 1, 1, Math.min(3, count - 1))).delays;
      mustEqual(
        part,
        whole.slice(1, 1 + part.length),
        '6.14',
        'a part of the delays, compared with all of them,',
      );
      const beyond = await ask(0, numElements - 1, 2);
      mustEqual(
        [beyond.status, beyond.delays.length],
        [BAD_INDEX, 0],
        '6.14',
        'status and number of delays beyond the elements',
      );
    },
  },
];

/** Where a codeword is cut in two so that either part fits one chunk, if the board takes so much, and more bytes follow. */
function halfOf({ codewordBytes, chunkBytes }: Bench): number {
  return Math.max(1, Math.min(Math.floor(codewordBytes / 2), chunkBytes));
}
