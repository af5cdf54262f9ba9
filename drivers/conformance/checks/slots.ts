/** What becomes of the slots of a queue: SPEC 6.4, 7.2 to 7.5. */
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const LATCHED = 0;
const LATE = 1;
const MISSED = 2;
const BAD_INDEX = 3;
const QUEUE_FULL = 5;
const SLOT_ORDER = 6;
const NOT_LOADED = 7;
const MEMORY_FAULT = 5;
const SLOT_S = 0.01;
/** Slots that a human would call long: a line or a machine that stutters does not reach their end. */
const LONG_SLOT_S = 0.5;

export const SLOT_CHECKS: readonly Check[] = [
  {
    name: 'queues all of a request or nothing, with the right status',
    clauses: ['6.4'],
    items: [11],
    deadlineS: 30,
    notFor: ({ memoryDepth, queueDepth }) =>
      memoryDepth < 2 || queueDepth < 3 ? 'it has too few places for codewords or slots' : null,
    run: async (bench) => {
      const { memoryDepth, queueDepth } = bench.board;
      await bench.load(0, 1);
      const { hash, data } = bench.codeword(2);
      await bench.chunk({ index: 1, offset: 0, last: 0, hash, data: data.slice(0, 1) });
      const result = async (...slots: (readonly [number, number])[]) => {
        const { status, accepted, free } = await bench.queueResult(
          slots.map(([slot, index]) => ({ slot, index })),
        );
        return [status, accepted, queueDepth - free];
      };
      mustEqual(await result(), [0, 0, 0], '6.4', 'status, accepted and places taken of an empty list');
      mustEqual(
        await result([7, 0], [9, 0]),
        [0, 2, 2],
        '6.4',
        'status, accepted and places taken of two slots',
      );
      mustEqual(
        await result([9, 0]),
        [SLOT_ORDER, 0, 2],
        '6.4',
        'what comes of a slot that was queued already',
      );
      mustEqual(
        await result([8, 0]),
        [SLOT_ORDER, 0, 2],
        '6.4',
        'what comes of a slot before one that is queued',
      );
      mustEqual(await result([12, 0], [11, 0]), [SLOT_ORDER, 0, 2], '6.4', 'what comes of slots that fall');
      mustEqual(await result([12, 0], [12, 0]), [SLOT_ORDER, 0, 2], '6.4', 'what comes of a slot twice');
      mustEqual(
        await result([12, 0], [13, 1]),
        [NOT_LOADED, 0, 2],
        '6.4',
        'what comes of an index that is not valid',
      );
      if (memoryDepth < 65_535) {
        mustEqual(
          await result([12, 1], [13, memoryDepth]),
          [BAD_INDEX, 0, 2],
          '6.4',
          'what comes of an index beyond the memory and one not valid',
        );
        mustEqual(
          await result([12, memoryDepth], [11, 0]),
          [SLOT_ORDER, 0, 2],
          '6.4',
          'what comes of an index beyond the memory in slots that fall',
        );
      }
      mustEqual(await result([12, 0]), [0, 1, 3], '6.4', 'what comes of a slot after some that were refused');
    },
  },
  {
    name: 'takes as many slots as it says, and not one more',
    clauses: ['6.4'],
    items: [11],
    deadlineS: 120,
    run: async (bench) => {
      const { queueDepth } = bench.board;
      await bench.load(0, 1);
      const most = bench.entriesPerMessage;
      for (let first = 0; first < queueDepth; first += most) {
        const count = Math.min(most, queueDepth - first);
        await bench.queue(...Array.from({ length: count }, (_, k) => [first + k, 0] as const));
      }
      const { status, free } = await bench.queueResult([{ slot: queueDepth, index: 0 }]);
      mustEqual(
        [status, free],
        [QUEUE_FULL, 0],
        '6.4',
        'status and free of one slot more than the queue holds',
      );
    },
  },
  {
    name: 'latches every queued slot at its time with its codeword, and says so once, in order',
    clauses: ['7.2', '7.3', '7.5'],
    items: [12, 13],
    deadlineS: 30,
    run: async (bench) => {
      const { probe, board } = bench;
      const count = Math.min(2, board.memoryDepth);
      const hashes: bigint[] = [];
      for (let k = 0; k < count; k++) hashes.push(await bench.load(k, k + 1));
      // Every third slot is left out.
      const slots = Array.from(
        { length: Math.min(20, board.queueDepth) },
        (_, k) => 100 + k + Math.floor(k / 2),
      );
      await bench.queue(...slots.map((slot, k) => [slot, k % count] as const));
      const start = await bench.arm(100, SLOT_S);
      const receipts = await bench.receipts(...slots);
      await probe.wait(0.1);
      const { slotTicks } = { slotTicks: BigInt(bench.ticks(SLOT_S)) };
      for (const [k, { slot, index, hash, ticks, status }] of receipts.entries()) {
        mustEqual(status, LATCHED, '7.3', `the status of slot ${slot}`);
        mustEqual(
          [index, hash],
          [k % count, hashes[k % count]],
          '7.3',
          `index and hash in the receipt of slot ${slot}`,
        );
        const late = ticks - (start + BigInt(slot - 100) * slotTicks);
        must(late === 0n || late === 1n, '7.2', `slot ${slot} was latched ${late} ticks after its start`);
      }
      mustEqual(
        probe.receipts().map(({ slot }) => slot),
        slots,
        '7.5',
        'the slots of all receipts, in order,',
      );
      mustEqual(
        probe.faults().filter((code) => code < 6),
        [],
        '7.4',
        'the faults of slots that were latched',
      );
    },
  },
  {
    name: 'latches at once, and late, what comes within its slot',
    clauses: ['7.3'],
    items: [13],
    deadlineS: 30,
    run: async (bench) => {
      const { board } = bench;
      const hash = await bench.load(0, 1);
      const start = await bench.arm(0, LONG_SLOT_S);
      await bench.reach(start + BigInt(bench.ticks(0.1)));
      await bench.queue([0, 0]);
      const [receipt] = await bench.receipts(0);
      mustEqual(
        [receipt!.status, receipt!.hash],
        [LATE, hash],
        '7.3',
        'status and hash of a slot that was queued after its start',
      );
      const late = Number(receipt!.ticks - start) / board.clockRateHz;
      must(
        late > 0.09 && late < LONG_SLOT_S,
        '7.3',
        `a slot that was queued 0.1 s after its start was latched after ${late} s`,
      );
    },
  },
  {
    name: 'misses a slot that had ended before it was queued, without a fault',
    clauses: ['7.3', '7.4'],
    items: [13],
    deadlineS: 30,
    run: async (bench) => {
      const { probe } = bench;
      const hash = await bench.load(0, 1);
      const start = await bench.arm(10, SLOT_S);
      await bench.reach(start + BigInt(bench.ticks(5 * SLOT_S)));
      await bench.queue([11, 0]);
      const [receipt] = await bench.receipts(11);
      mustEqual(
        [receipt!.status, receipt!.hash],
        [MISSED, hash],
        '7.3',
        'status and hash of a slot that had ended before it was queued',
      );
      must(
        receipt!.ticks >= start + BigInt(bench.ticks(2 * SLOT_S)),
        '7.3',
        'a slot that had ended was found missed before its end',
      );
      mustEqual(
        probe.faults().filter((code) => code < 6),
        [],
        '7.4',
        'the faults of a slot that had ended',
      );
    },
  },
  {
    name: 'misses at Arm what is queued below the first slot, without a fault',
    clauses: ['7.2', '7.4'],
    items: [13],
    deadlineS: 30,
    notFor: ({ queueDepth }) => (queueDepth < 2 ? 'it queues one slot' : null),
    run: async (bench) => {
      const { probe } = bench;
      const hash = await bench.load(0, 1);
      await bench.queue([3, 0], [7, 0]);
      const start = await bench.arm(7, SLOT_S, 0.3);
      const [ended] = await bench.receipts(3);
      mustEqual(
        [ended!.status, ended!.hash],
        [MISSED, hash],
        '7.2',
        'status and hash of a slot below firstSlot',
      );
      must(ended!.ticks < start, '7.2', 'a slot below firstSlot was not found missed at Arm');
      const [latched] = await bench.receipts(7);
      mustEqual(latched!.status, LATCHED, '7.2', 'the status of firstSlot');
      mustEqual(
        probe.faults().filter((code) => code < 6),
        [],
        '7.4',
        'the faults of a slot below firstSlot',
      );
    },
  },
  {
    name: 'misses slots while muted, and those whose memory entry is invalid: with a fault only when not muted',
    clauses: ['6.11', '7.3', '7.4', '8.1'],
    items: [13, 15],
    deadlineS: 30,
    notFor: ({ memoryDepth, queueDepth }) =>
      memoryDepth < 2 || queueDepth < 3 ? 'it has too few places for codewords or slots' : null,
    run: async (bench) => {
      const { probe } = bench;
      const hash = await bench.load(0, 1);
      await bench.load(1, 2);
      await bench.queue([0, 0], [1, 1], [100, 1]);
      const other = bench.codeword(3);
      await bench.chunk({ index: 1, offset: 0, last: 0, hash: other.hash, data: other.data.slice(0, 1) });
      await probe.did('Mute', { muted: 1 });
      const start = await bench.arm(0, SLOT_S);
      const [muted, both] = await bench.receipts(0, 1);
      mustEqual(
        [muted!.status, muted!.hash, muted!.ticks - start],
        [MISSED, hash, 0n],
        '6.11',
        'status, hash and time of a slot that was muted',
      );
      mustEqual(
        [both!.status, both!.hash],
        [MISSED, 0n],
        '6.11',
        'status and hash of a slot that was muted and invalid',
      );
      mustEqual(
        probe.faults().filter((code) => code < 6),
        [],
        '7.4',
        'the faults of slots that were muted',
      );
      await probe.did('Mute', { muted: 0 });
      const [invalid] = await bench.receipts(100);
      mustEqual(
        [invalid!.status, invalid!.hash],
        [MISSED, 0n],
        '6.11',
        'status and hash of a slot that was invalid',
      );
      await probe.soon(() => probe.faults().includes(MEMORY_FAULT), 1);
      mustEqual(
        probe.faults().filter((code) => code < 6),
        [MEMORY_FAULT],
        '7.4',
        'the faults of a slot that was invalid',
      );
    },
  },
];
