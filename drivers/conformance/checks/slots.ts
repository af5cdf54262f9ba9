/** Queue, slot clock, latches and receipts: SPEC 6.4 to 6.6, 6.9, 6.11, 7. */
import { itemsPerMessage } from '../../../firmware-protocol/layout.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';
import type { Bench } from '../bench.js';
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const LATCHED = 0;
const LATE = 1;
const MISSED = 2;
const BAD_INDEX = 3;
const QUEUE_FULL = 5;
const SLOT_ORDER = 6;
const NOT_LOADED = 7;
const BAD_TIMING = 8;
const NO_CAPABILITY = 10;
const MEMORY_FAULT = 5;
const SLOT_S = 0.01;
/** Slots that a human would call long: a line or a machine that stutters does not reach their end. */
const LONG_SLOT_S = 0.5;
const LOG_QUEUES = 4;
const RECEIPTS_S = 5;

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
  {
    name: 'refuses to arm for what it cannot keep, and leaves the clock as it is then',
    clauses: ['6.5'],
    items: [12],
    deadlineS: 30,
    run: async (bench) => {
      const { board } = bench;
      await bench.load(0, 1);
      const start = await bench.arm(0, SLOT_S, 0.5);
      const now = await bench.now();
      mustEqual(
        await bench.armStatus({ startTicks: now > 10n ? now - 10n : 0n }),
        BAD_TIMING,
        '6.5',
        'the status of a start that has passed',
      );
      const switchTicks = Math.floor((board.switchTimeNs * board.clockRateHz) / 1e9);
      if (switchTicks >= 1) {
        const status = await bench.armStatus({
          startTicks: now + BigInt(bench.ticks(60)),
          slotTicks: switchTicks,
        });
        mustEqual(status, BAD_TIMING, '6.5', 'the status of slots that do not exceed the switch time');
      }
      await bench.queue([1, 0]);
      const [receipt] = await bench.receipts(1);
      const late = receipt!.ticks - (start + BigInt(bench.ticks(SLOT_S)));
      must(
        late === 0n || late === 1n,
        '6.5',
        `a slot came ${late} ticks after its time, after Arms that were refused`,
      );
    },
  },
  {
    name: 'begins anew when it is armed again, with the slots that are queued',
    clauses: ['7.2'],
    items: [12],
    deadlineS: 30,
    run: async (bench) => {
      await bench.load(0, 1);
      await bench.queue([50, 0]);
      await bench.arm(0, LONG_SLOT_S);
      const start = await bench.arm(49, SLOT_S);
      const [receipt] = await bench.receipts(50);
      mustEqual(
        receipt!.status,
        LATCHED,
        '7.2',
        'the status of a slot that was queued before the second Arm',
      );
      const late = receipt!.ticks - (start + BigInt(bench.ticks(SLOT_S)));
      must(late === 0n || late === 1n, '7.2', `it came ${late} ticks after its time by the second Arm`);
    },
  },
  {
    name: 'forgets its queue when stopped: no receipts, and the same slots can be queued again',
    clauses: ['6.6'],
    items: [13],
    deadlineS: 30,
    notFor: ({ queueDepth }) => (queueDepth < 2 ? 'it queues one slot' : null),
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      await bench.queue([7, 0], [8, 0]);
      await bench.arm(7, SLOT_S, 0.4);
      const answer = await probe.did('Stop', {});
      mustEqual(
        answer.name === 'StopResult' && answer.value.dropped,
        2,
        '6.6',
        'the number of slots dropped',
      );
      mustEqual((await probe.telemetry()).flags, 0, '6.6', 'the flags after Stop');
      await probe.wait(0.6);
      mustEqual(probe.receipts().length, 0, '6.6', 'the number of receipts for slots that were dropped');
      await bench.queue([7, 0]);
      await bench.arm(7, SLOT_S);
      mustEqual(
        (await bench.receipts(7))[0]!.status,
        LATCHED,
        '6.6',
        'the status of a slot that was queued again',
      );
      await probe.wait(0.1);
      mustEqual(probe.receipts().length, 1, '6.6', 'the number of receipts for one slot queued after Stop');
    },
  },
  {
    name: 'keeps the last receipts, and repeats them in order, in a later session too',
    clauses: ['6.9', '7.5'],
    items: [14],
    deadlineS: 300,
    run: async (bench) => {
      const { probe, board } = bench;
      const total = LOG_QUEUES * board.queueDepth;
      const first = await endedSlots(bench);
      const most = bench.entriesPerMessage;
      for (let k = 0; k < total; k += most) {
        const count = Math.min(most, total - k);
        await bench.queue(...Array.from({ length: count }, (_, j) => [first + k + j, 0] as const));
        await probe.until(
          () => probe.receipts().length >= k + count,
          '7.5',
          'receipts of slots that had ended did not come',
          RECEIPTS_S,
        );
      }
      const original = probe.receipts();
      await probe.begin();
      const answer = await probe.did('QueryReceipts', { firstSlot: first, count: Math.min(total, 65_535) });
      const asked = original.slice(0, Math.min(total, 65_535));
      mustEqual(
        answer.name === 'QueryReceiptsResult' && answer.value.found,
        asked.length,
        '6.9',
        'the number of receipts found',
      );
      await probe.soon(() => probe.receipts().length >= asked.length, RECEIPTS_S);
      mustEqual(probe.receipts(), asked, '6.9', 'what is repeated in a later session');
      const two = await probe.did('QueryReceipts', { firstSlot: first + 1, count: 2 });
      mustEqual(
        two.name === 'QueryReceiptsResult' && two.value.found,
        Math.min(2, total - 1),
        '6.9',
        'the number found for two slots',
      );
    },
  },
  {
    name: 'accepts no slot whose receipt could push one out of the log that was not acknowledged',
    clauses: ['7.5'],
    items: [14],
    deadlineS: 300,
    notFor: ({ queueDepth, window, maxPayload }) => {
      const perMessage = Math.min(itemsPerMessage(QueueSlots, maxPayload), queueDepth);
      const messages = Math.ceil((LOG_QUEUES * queueDepth) / perMessage) + 2;
      return messages > window ? 'its log holds more than can be asked for unacknowledged' : null;
    },
    run: async (bench) => {
      const { probe, board } = bench;
      const capacity = LOG_QUEUES * board.queueDepth;
      const first = await endedSlots(bench);
      const most = bench.entriesPerMessage;
      probe.acking = false;
      const requests: number[] = [];
      for (let k = 0; k <= capacity + most; k += most) {
        const entries = Array.from({ length: most }, (_, j) => ({ slot: first + k + j, index: 0 }));
        requests.push(probe.send('QueueSlots', { entries }));
        await probe.wait(0.02);
      }
      probe.acking = true;
      probe.acknowledge();
      const answered = () => requests.every((request) => probe.answerTo(request) !== undefined);
      await probe.until(
        answered,
        '6',
        'requests that were sent without acknowledging anything were not answered',
      );
      const results = requests.map(
        (request) => probe.answerTo(request)!.value as { status: number; accepted?: number },
      );
      const accepted = results.reduce((sum, each) => sum + (each.accepted ?? 0), 0);
      must(
        accepted <= capacity,
        '7.5',
        `${accepted} slots were accepted with no receipt acknowledged; the log need hold ${capacity}`,
      );
      mustEqual(
        results.at(-1)!.status,
        QUEUE_FULL,
        '7.5',
        'the status of slots whose receipts the log has no room for',
      );
      await probe.until(
        () => probe.receipts().length >= accepted,
        '7.5',
        'receipts did not come',
        RECEIPTS_S,
      );
      await probe.wait(0.1);
      await bench.queue([first + 10 * capacity, 0]);
    },
  },
  {
    name: 'waits for its trigger, or says that it has none',
    clauses: ['6.5', '7.6'],
    items: [12],
    deadlineS: 20,
    run: async (bench) => {
      const { probe, rig } = bench;
      await bench.load(0, 1);
      await bench.queue([5, 0]);
      const status = await bench.armStatus({ mode: 1, firstSlot: 5 });
      must(status === 0 || status === NO_CAPABILITY, '6.5', `Arm in mode 1 has the status ${status}`);
      if (status === NO_CAPABILITY) {
        const tooShort = await bench.armStatus({ mode: 1, firstSlot: 5, slotTicks: 1 });
        mustEqual(tooShort, NO_CAPABILITY, '6.5', 'the status of slots that are too short, in mode 1,');
        return;
      }
      await probe.wait(0.3);
      mustEqual(probe.receipts().length, 0, '7.6', 'the number of receipts before the trigger');
      if (rig.trigger === undefined) return;
      const before = await bench.now();
      rig.trigger();
      const [receipt] = await bench.receipts(5);
      must(
        receipt!.ticks >= before && receipt!.status === LATCHED,
        '7.6',
        'firstSlot was not latched at the trigger',
      );
    },
  },
];

/** Loads a codeword at index 0 and arms; returns the first of very many slots that have ended by the time this resolves. */
async function endedSlots(bench: Bench): Promise<number> {
  await bench.load(0, 1);
  // Below firstSlot, slots have ended (7.2).
  await bench.arm(4_000_000_000, SLOT_S);
  return 1000;
}
