/** What can go wrong in a firmware that gives its front ends codewords ahead, beside the checks of drivers/conformance. */
import type { Bench } from '../../drivers/conformance/bench.js';
import type { Check } from '../../drivers/conformance/check.js';
import { must, mustEqual } from '../../drivers/conformance/unmet.js';
import { contentHash, hashFromHex } from '../../firmware-protocol/content-hash.js';
import { packElementSettings } from '../../firmware-protocol/element-settings.js';

const LATCHED = 0;
const MISSED = 2;
const MEMORY_FAULT = 5;
const SLOT_S = 0.02;

export const MORE_CHECKS: readonly Check[] = [
  {
    name: 'takes back what it has prepared when it is muted, or when the codeword is no longer there',
    clauses: ['7.3', '7.4', '8.1'],
    items: [],
    deadlineS: 10,
    notFor: ({ memoryDepth, queueDepth }) =>
      memoryDepth < 2 || queueDepth < 4 ? 'it has too few places for codewords or slots' : null,
    run: async (bench) => {
      const { probe } = bench;
      const hash = await bench.load(0, 1);
      await bench.load(1, 2);
      await bench.queue([0, 0], [10, 0], [11, 1], [12, 0]);
      await bench.arm(0, SLOT_S);
      mustEqual((await bench.receipts(0))[0]!.status, LATCHED, '7.3', 'the status of a slot before Mute');
      await probe.did('Mute', { muted: 1 });
      const muted = await bench.receipts(10, 11, 12);
      mustEqual(
        muted.map(({ status }) => status),
        [MISSED, MISSED, MISSED],
        '8.1',
        'the status of slots that were prepared before Mute',
      );
      mustEqual(muted[0]!.hash, hash, '6.11', 'the hash of a slot that was muted');
      await probe.did('Mute', { muted: 0 });
      await bench.queue([40, 1], [41, 0]);
      const { hash: other, data } = bench.codeword(3);
      await bench.chunk({ index: 1, offset: 0, last: 0, hash: other, data: data.slice(0, 1) });
      const [gone, next] = await bench.receipts(40, 41);
      mustEqual(
        [gone!.status, gone!.hash],
        [MISSED, 0n],
        '7.3',
        'status and hash of a slot whose codeword went',
      );
      mustEqual([next!.status, next!.hash], [LATCHED, hash], '7.3', 'status and hash of the slot after it');
      await probe.soon(() => probe.faults().includes(MEMORY_FAULT), 1);
      must(probe.faults().includes(MEMORY_FAULT), '7.4', 'no Fault 5 came for a codeword that went');
    },
  },
  {
    name: 'repeats the newest receipt of a slot that came twice',
    clauses: ['6.9'],
    items: [],
    deadlineS: 10,
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      await bench.queue([5, 0]);
      await bench.arm(5, SLOT_S);
      mustEqual((await bench.receipts(5))[0]!.status, LATCHED, '7.3', 'the status of a slot');
      await probe.did('Stop', {});
      await probe.did('Mute', { muted: 1 });
      await bench.queue([5, 0]);
      await bench.arm(5, SLOT_S);
      await probe.until(() => probe.receipts().length === 2, '7.5', 'no second receipt came');
      await probe.begin();
      await probe.did('QueryReceipts', { firstSlot: 0, count: 100 });
      const [receipt] = await bench.receipts(5);
      mustEqual(receipt!.status, MISSED, '6.9', 'the status of the receipt that is repeated');
      mustEqual(probe.receipts().length, 1, '6.9', 'the number of receipts that are repeated');
    },
  },
  {
    name: 'completes a load of parameters whose session ends, and answers nobody',
    clauses: ['5.9', '6.18'],
    items: [],
    deadlineS: 10,
    notFor: ({ memoryDepth }, { expands }) =>
      !expands || memoryDepth < 4 ? 'it makes no codewords of parameters, or has too few places' : null,
    run: async (bench) => {
      const { probe, board } = bench;
      await probe.did('SetGeometry', {
        ...{ arrayElements: board.numElements, firstElement: 0, mirrored: 0, carrierHz: 1e9 },
        ...{ speedOfLight: 3e8, spacing: 0.15, spacingTurns: 0.5 },
      });
      const hash = straightAhead(bench);
      const still = { phaseSin: 0, phaseRing: 0, delaySin: 0, delayRing: 0, shift: 0 };
      const indices = [0, 1, 2, 3];
      probe.send('LoadSplits', {
        entries: indices.map((index) => ({ index, hash, corrected: 0, line: 0, ...still })),
      });
      // Before it has had more than its first turn.
      await probe.begin();
      const held = [];
      for (const index of indices) held.push(await bench.held(index));
      mustEqual(held, [hash, hash, hash, hash], '5.9', 'what is held of a load whose session ended');
      must(
        !probe.delivered.some(({ name }) => name === 'LoadSplitsResult'),
        '5.9',
        'a session is told of a load that another one asked for',
      );
    },
  },
];

/** Hash of the codeword without phases and delays, on line 0, whose delays are 0 here. */
function straightAhead({ board, format }: Bench): bigint {
  const fill = (bits: number, code: number) =>
    bits === 0 ? null : new Uint16Array(board.numElements).fill(code);
  const settings = {
    phaseCode: new Uint16Array(board.numElements),
    delayCode: fill(format.delayBits, 0),
    amplitudeCode: fill(format.amplitudeBits, 2 ** format.amplitudeBits - 1),
    lineCode: fill(format.lineBits, 0),
  };
  return hashFromHex(contentHash(packElementSettings(settings, format)));
}
