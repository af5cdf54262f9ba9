/** The slot clock, and the receipts that it leaves: SPEC 6.5, 6.6, 6.9, 7.2, 7.5, 7.6. */
import { itemsPerMessage } from '../../../firmware-protocol/layout.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';
import type { Bench } from '../bench.js';
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const LATCHED = 0;
const QUEUE_FULL = 5;
const BAD_TIMING = 8;
const NO_CAPABILITY = 10;
const SLOT_S = 0.01;
/** Slots that a human would call long: a line or a machine that stutters does not reach their end. */
const LONG_SLOT_S = 0.5;
const LOG_QUEUES = 4;
const RECEIPTS_S = 5;

export const SLOT_CLOCK_CHECKS: readonly Check[] = [
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
