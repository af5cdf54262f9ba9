/** Reliable delivery: SPEC 5.1 to 5.7. */
import type { Check } from '../check.js';
import { HOST_WINDOW, type Probe } from '../probe.js';
import { must, mustEqual } from '../unmet.js';

const MUTE = 0x07;
const UNMUTED = Uint8Array.of(0);
const ACK_DELAY_S = 5e-3;
/** The longest time between two copies: RTO at its most. */
const RTO_MAX_S = 0.5;
/** By doubling it grows to no more. */
const RTO_BACKED_OFF_MAX_S = 0.1;
const QUIET_S = 0.05;
const WRAP = 65_536;

export const DELIVERY_CHECKS: readonly Check[] = [
  {
    name: 'delivers in order and once, whatever order and however often frames come',
    clauses: ['5.2', '5.3', '6'],
    items: [5],
    deadlineS: 20,
    run: async ({ probe }) => {
      const first = probe.nextSequence;
      const before = probe.delivered.length;
      const numbers = Array.from({ length: 12 }, () => probe.takeNumber());
      for (const number of [...numbers.toReversed(), numbers[0]!, numbers[5]!, ...numbers]) {
        probe.frame(MUTE, number, UNMUTED);
      }
      const answered = () =>
        probe.delivered.slice(before).flatMap(({ value }) => ('request' in value ? [value.request] : []));
      await probe.soon(() => answered().length >= numbers.length, 3);
      await probe.wait(QUIET_S);
      mustEqual(answered(), numbers, '5.3', `requests answered, of ${numbers.length} from ${first} on`);
    },
  },
  {
    name: 'keeps frames within its window and drops those beyond',
    clauses: ['5.3', '5.4'],
    items: [5],
    deadlineS: 10,
    run: async ({ probe, board: { window } }) => {
      await probe.wait(QUIET_S);
      const next = probe.nextSequence;
      const last = (next + window - 1) & 0xffff;
      if (window > 1) {
        const bitmap = 2 ** (window - 2);
        probe.frame(MUTE, last, UNMUTED);
        await mustAck(probe, { next, bitmap }, 'the last frame of the window, the first of which is missing');
        probe.frame(MUTE, (next + window) & 0xffff, UNMUTED);
        await mustAck(probe, { next, bitmap }, 'a frame beyond the window');
      }
      for (let k = 0; k < window; k++) probe.frame(MUTE, probe.takeNumber(), UNMUTED);
      const all = () => probe.answerTo(last) !== undefined;
      await probe.until(all, '5.3', 'a frame that was kept was not delivered');
    },
  },
  {
    name: 'acknowledges in time, and at once around a gap',
    clauses: ['5.4'],
    items: [6],
    deadlineS: 10,
    run: async ({ probe, board: { window } }) => {
      await probe.wait(QUIET_S);
      const sentAtS = probe.clock.nowS();
      const acks = () => probe.heard.slice(before).filter(({ message }) => message?.name === 'Ack');
      let before = probe.heard.length;
      probe.frame(MUTE, probe.takeNumber(), UNMUTED);
      await probe.until(() => acks().length > 0, '5.4', 'a frame was not acknowledged', 1);
      mustBeWithin(acks()[0]!.atS - sentAtS, ACK_DELAY_S + probe.slackS, 'an Ack');
      await probe.wait(QUIET_S);
      before = probe.heard.length;
      const numbers = Array.from({ length: Math.min(8, window) }, () => probe.takeNumber());
      for (const number of numbers) probe.frame(MUTE, number, UNMUTED);
      if (numbers.length === 8) {
        const eighthAtS = probe.clock.nowS();
        await probe.until(() => acks().length > 0, '5.4', 'eight frames were not acknowledged', 1);
        mustBeWithin(acks()[0]!.atS - eighthAtS, 1e-3 + probe.slackS, 'the Ack of the eighth frame');
      }
      await probe.wait(QUIET_S);
      before = probe.heard.length;
      probe.frame(MUTE, numbers[0]!, UNMUTED);
      const duplicateAtS = probe.clock.nowS();
      await probe.until(() => acks().length > 0, '5.4', 'a duplicate was not acknowledged', 1);
      mustBeWithin(acks()[0]!.atS - duplicateAtS, 1e-3 + probe.slackS, 'the Ack of a duplicate');
    },
  },
  {
    name: 'repeats what is not acknowledged, and nothing that is',
    clauses: ['5.6', '5.7'],
    items: [7],
    deadlineS: 20,
    run: async ({ probe }) => {
      await probe.wait(QUIET_S);
      probe.acking = false;
      const before = probe.heard.length;
      const request = probe.takeNumber();
      probe.frame(MUTE, request, UNMUTED);
      const copies = () => probe.heard.slice(before).filter(({ sequence }) => sequence > 0);
      await probe.until(() => copies().length > 0, '6', 'Mute was not answered', 1);
      await probe.wait(2);
      const times = copies().map(({ atS }) => atS);
      must(
        times.length > 3,
        '5.6',
        `an answer that is not acknowledged came ${times.length} times within 2 s`,
      );
      times.slice(1).forEach((atS, k) => {
        const most =
          (k === 0 ? RTO_MAX_S : Math.max(RTO_BACKED_OFF_MAX_S, times[1]! - times[0]!)) + probe.slackS;
        must(
          atS - times[k]! <= 1.01 * most,
          '5.6',
          `copy ${k + 2} came after ${atS - times[k]!} s, not ${most} s`,
        );
      });
      const [one] = copies();
      for (const copy of copies())
        mustEqual([copy.sequence, ...copy.payload], [one!.sequence, ...one!.payload], '5.2', 'a copy');
      probe.acking = true;
      probe.acknowledge();
      await probe.wait(QUIET_S);
      const settled = probe.heard.length;
      await probe.wait(0.7);
      const after = probe.heard.slice(settled).filter(({ sequence }) => sequence > 0);
      mustEqual(after.length, 0, '5.6', 'the number of copies after the Ack');
    },
  },
  {
    name: 'repeats receipts until they are acknowledged',
    clauses: ['5.6', '7.5'],
    items: [7, 13],
    deadlineS: 20,
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      await bench.arm(0, 5e-3);
      await bench.queue([1, 0]);
      // Until here all is acknowledged; the receipt is not.
      probe.acking = false;
      const copies = () =>
        probe.of('Receipts').filter(({ entries }) => entries.some(({ slot }) => slot === 1));
      await probe.until(
        () => copies().length >= 3,
        '5.6',
        'a receipt that is not acknowledged did not come three times',
      );
      probe.acking = true;
      probe.acknowledge();
    },
  },
  {
    name: 'sends again at once what an Ack shows missing, and heeds no Ack of what it never sent',
    clauses: ['5.5', '5.6'],
    items: [7],
    deadlineS: 10,
    run: async ({ probe }) => {
      await probe.wait(QUIET_S);
      probe.acking = false;
      const before = probe.heard.length;
      const requests = [0, 1, 2].map(() => probe.takeNumber());
      for (const request of requests) probe.frame(MUTE, request, UNMUTED);
      const frames = () => probe.heard.slice(before).filter(({ sequence }) => sequence > 0);
      await probe.until(() => frames().length >= 3, '6', 'three requests were not answered', 1);
      const first = frames()[0]!.sequence;
      probe.send('Ack', { next: (first + 300) & 0xffff, bitmap: 0 });
      // Both later ones have arrived.
      const shownFrom = probe.heard.length;
      const shownAtS = probe.clock.nowS();
      await probe.wait(3e-3);
      probe.send('Ack', { next: first, bitmap: 0b11 });
      const again = () => probe.heard.slice(shownFrom).filter(({ sequence }) => sequence === first);
      await probe.until(() => again().length > 0, '5.6', 'what an Ack shows missing was not sent again', 1);
      mustBeWithin(again()[0]!.atS - shownAtS, 15e-3 + 2 * probe.slackS, 'what an Ack shows missing', '5.6');
      await probe.wait(0.7);
      // What the board sent before the Ack reached it may still be on its way.
      const others = probe.heard
        .slice(shownFrom)
        .filter(
          ({ sequence, atS }) =>
            sequence > 0 && sequence !== first && atS > shownAtS + 2 * probe.slackS + QUIET_S,
        );
      mustEqual(others.length, 0, '5.6', 'the number of copies of frames that an Ack shows arrived');
      probe.acking = true;
      probe.acknowledge();
    },
  },
  {
    name: "keeps to the host's window",
    clauses: ['5.5', '6.1'],
    items: [5],
    deadlineS: 10,
    run: async ({ probe, board }) => {
      await probe.begin({ window: 2 });
      await probe.did('Mute', { muted: 0 });
      await probe.wait(QUIET_S);
      probe.acking = false;
      const before = probe.heard.length;
      for (let k = 0; k < Math.min(6, board.window); k++) probe.frame(MUTE, probe.takeNumber(), UNMUTED);
      await probe.wait(0.3);
      const numbers = new Set(
        probe.heard.slice(before).flatMap(({ sequence }) => (sequence > 0 ? [sequence] : [])),
      );
      probe.acking = true;
      probe.acknowledge();
      must(numbers.size <= 2, '5.5', `${numbers.size} frames were underway in a window of 2`);
    },
  },
  {
    name: 'answers every request of as many as it acknowledges',
    clauses: ['5.3', '5.4', '6'],
    items: [5],
    deadlineS: 30,
    run: async (bench) => {
      const { probe } = bench;
      const codeword = bench.codeword(1);
      const data = codeword.data.subarray(0, Math.min(49, codeword.data.length));
      const last = data.length === codeword.data.length ? 1 : 0;
      const numbers: number[] = [];
      for (let k = 0; k < 3 * HOST_WINDOW; k++) {
        numbers.push(probe.send('LoadCodeword', { index: 0, offset: 0, last, hash: codeword.hash, data }));
      }
      const left = () => numbers.filter((number) => probe.answerTo(number) === undefined);
      for (let round = 0; round < 30 && left().length > 0; round++) {
        // What found no room comes again, when the board has had time to read what was sent before: it says something to every frame.
        for (let heard = -1; left().length > 0 && probe.heard.length > heard; ) {
          heard = probe.heard.length;
          await probe.soon(() => left().length === 0, 0.2);
        }
        for (const number of left()) {
          probe.send('LoadCodeword', { index: 0, offset: 0, last, hash: codeword.hash, data }, number);
        }
      }
      mustEqual(left(), [], '6', 'requests without an answer');
    },
  },
  {
    name: 'goes on across the wrap of the numbers',
    clauses: ['5.2'],
    items: [5],
    deadlineS: 900,
    long: true,
    run: async ({ probe, board }) => {
      const from = probe.nextSequence;
      const batch = Math.min(8, board.window);
      for (let sent = 0; sent < WRAP + batch; sent += batch) {
        probe.forget();
        const numbers = Array.from({ length: batch }, () => probe.takeNumber());
        const left = () => numbers.filter((number) => probe.answerTo(number) === undefined);
        for (let round = 0; round < 10 && left().length > 0; round++) {
          for (const number of left()) probe.frame(MUTE, number, UNMUTED);
          await probe.soon(() => left().length === 0, 0.2);
        }
        must(
          left().length === 0,
          '5.2',
          `request ${left()[0]} was not answered, ${sent} after request ${from}`,
        );
      }
    },
  },
];

async function mustAck(probe: Probe, wanted: { next: number; bitmap: number }, to: string): Promise<void> {
  const before = probe.heard.length;
  await probe.until(() => probe.of('Ack', before).length > 0, '5.4', `no Ack came for ${to}`, 1);
  mustEqual(probe.of('Ack', before).at(-1), wanted, '5.4', `the Ack for ${to}`);
}

function mustBeWithin(foundS: number, mostS: number, what: string, clause = '5.4'): void {
  must(
    foundS <= mostS,
    clause,
    `${what} came after ${(foundS * 1e3).toFixed(1)} ms, not ${(mostS * 1e3).toFixed(1)} ms`,
  );
}
