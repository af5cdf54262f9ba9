/** What can go wrong in a firmware that gives its front ends codewords ahead, beside the checks of drivers/conformance. */
import type { Check } from '../../drivers/conformance/check.js';
import { must, mustEqual } from '../../drivers/conformance/unmet.js';

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
];
