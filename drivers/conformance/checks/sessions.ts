/** Sessions, versions, board time, mute and watchdog: SPEC 2.3, 5.8 to 5.11, 6.7, 6.8, 6.10, 8, 10. */
import { HELLO_MAGIC } from '../../../firmware-protocol/messages/hello.js';
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const HELLO = 0x01;
const WATCHDOG_FAULT = 1;
const POWER_UP_FAULT = 7;
const MUTED = 1;
const ARMED = 2;
const LATCHED = 0;
const MISSED = 2;
const QUIET_S = 0.05;
/** Slot clocks of these checks start so late that nothing of them begins. */
const FAR_S = 30;

const fewSlots: Check['notFor'] = ({ queueDepth }) =>
  queueDepth < 3 ? 'it queues fewer than three slots' : null;

export const SESSION_CHECKS: readonly Check[] = [
  {
    name: 'resumes a session without loss when it is greeted again',
    clauses: ['5.9', '5.10'],
    items: [8],
    deadlineS: 10,
    run: async ({ probe }) => {
      probe.acking = false;
      const request = probe.send('QueueSlots', { entries: [] });
      await probe.until(() => probe.answerTo(request) !== undefined, '6', 'QueueSlots was not answered');
      const answer = probe.heard.findLast(({ message }) => message?.name === 'QueueSlotsResult')!;
      // Right after a copy, so that the next one by itself is far.
      let before = probe.heard.length;
      const again = () => probe.heard.slice(before).some(({ sequence }) => sequence === answer.sequence);
      await probe.until(again, '5.6', 'what was not acknowledged did not come again', 1);
      before = probe.heard.length;
      const { resumed } = await probe.hello();
      mustEqual(resumed, 1, '5.9', 'resumed, in a session in which requests were answered,');
      const atOnceS = 1e-2 + probe.slackS;
      await probe.until(again, '5.10', 'what was not acknowledged did not come again at once', atOnceS);
      probe.acking = true;
      probe.acknowledge();
      await probe.did('QueueSlots', { entries: [] });
    },
  },
  {
    name: 'does not resume a session in which nothing was said',
    clauses: ['5.9'],
    items: [8],
    deadlineS: 10,
    run: async ({ probe }) => {
      probe.acking = false;
      mustEqual((await probe.begin()).resumed, 0, '5.9', 'resumed, in a new session,');
      mustEqual((await probe.hello()).resumed, 0, '5.9', 'resumed, in a session with nothing but Hello,');
      probe.acking = true;
    },
  },
  {
    name: 'starts both directions at 1 in a new session, and forgets what the old one was to hear',
    clauses: ['5.2', '5.9'],
    items: [8],
    deadlineS: 10,
    run: async ({ probe }) => {
      probe.acking = false;
      for (let k = 0; k < 3; k++) probe.send('Mute', { muted: 0 });
      await probe.soon(() => probe.delivered.at(-1)?.name === 'MuteResult', 1);
      await probe.begin();
      probe.acking = true;
      await probe.did('QueueSlots', { entries: [] });
      await probe.wait(0.3);
      const old = probe.delivered.filter(({ name }) => name === 'MuteResult');
      mustEqual(old.length, 0, '5.9', 'the number of answers to requests of the session before');
    },
  },
  {
    name: 'keeps memory, queue and slot clock in a new session',
    clauses: ['5.9'],
    items: [8],
    deadlineS: 20,
    run: async (bench) => {
      const { probe, board } = bench;
      const hash = await bench.load(0, 3);
      await bench.queue([5, 0]);
      await bench.arm(0, 1e-2, FAR_S);
      const { bootId } = await probe.begin();
      mustEqual(bootId, board.bootId, '6.1', 'bootId in another session');
      mustEqual(await bench.held(0), hash, '5.9', 'the codeword at index 0');
      const { queueDepth, flags } = await probe.telemetry();
      mustEqual(queueDepth, 1, '5.9', 'the number of slots that are queued');
      mustEqual(flags & ARMED, ARMED, '5.9', 'the flag that says that it is armed');
      const { free } = await bench.queueResult([]);
      mustEqual(free, board.queueDepth - 1, '6.4', 'free, with one slot queued,');
    },
  },
  {
    name: 'mutes an armed board in a new session until that arms or unmutes it',
    clauses: ['5.9', '8.1'],
    items: [8],
    deadlineS: 30,
    notFor: fewSlots,
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      for (const lifts of ['Mute', 'Arm'] as const) {
        await probe.did('Stop', {});
        await bench.queue([2, 0], [900, 0]);
        const start = await bench.arm(0, 0.1, 0.3);
        await probe.begin();
        mustEqual(
          (await probe.telemetry()).flags,
          ARMED | MUTED,
          '8.1',
          'the flags of an armed board in a new session',
        );
        await bench.reach(start + BigInt(bench.ticks(0.25)));
        const [held] = await bench.receipts(2);
        mustEqual(
          held!.status,
          MISSED,
          '8.1',
          'the status of a slot that came while the new session had not armed',
        );
        if (lifts === 'Mute') await probe.did('Mute', { muted: 0 });
        else await bench.arm(890, 0.01);
        mustEqual((await probe.telemetry()).flags & MUTED, 0, '8.1', `the flag of the mute after ${lifts}`);
        if (lifts === 'Mute') continue;
        const [free] = await bench.receipts(900);
        mustEqual(free!.status, LATCHED, '8.1', 'the status of a slot after Arm');
      }
    },
  },
  {
    name: 'leaves the output as it is where a session is resumed, or the board is not armed',
    clauses: ['5.9', '8.1'],
    items: [8],
    deadlineS: 20,
    run: async (bench) => {
      const { probe } = bench;
      await probe.begin();
      mustEqual(
        (await probe.telemetry()).flags,
        0,
        '8.1',
        'the flags of a board that is not armed, in a new session,',
      );
      await bench.arm(0, 1e-2, FAR_S);
      mustEqual((await probe.hello()).resumed, 1, '5.9', 'resumed');
      mustEqual(
        (await probe.telemetry()).flags,
        ARMED,
        '8.1',
        'the flags of an armed board whose session was resumed',
      );
      await probe.did('Stop', {});
    },
  },
  {
    name: 'answers another major version with session 0, and changes nothing',
    clauses: ['5.9', '10.1'],
    items: [9],
    deadlineS: 10,
    run: async ({ probe }) => {
      const payload = new Uint8Array(20).fill(0xee);
      new DataView(payload.buffer).setUint32(0, HELLO_MAGIC, true);
      payload[4] = 9;
      const before = probe.heard.length;
      probe.frame(HELLO, 0, payload, 5);
      await probe.until(
        () => probe.of('Welcome', before).length > 0,
        '10.1',
        'a Hello of version 9 was not answered',
        1,
      );
      mustEqual(
        probe.of('Welcome', before)[0]!.session,
        0,
        '10.1',
        'the session in the Welcome for version 9',
      );
      await probe.did('QueueSlots', { entries: [] });
    },
  },
  {
    name: 'drops a malformed Hello, which does not feed the watchdog',
    clauses: ['5.9', '5.11', '9.3'],
    items: [15, 16],
    deadlineS: 10,
    run: async ({ probe }) => {
      await probe.begin({ watchdogMs: 300 });
      await probe.did('Mute', { muted: 0 });
      const before = probe.heard.length;
      const hello = new Uint8Array(13);
      const view = new DataView(hello.buffer);
      view.setUint32(0, HELLO_MAGIC, true);
      hello[4] = 1;
      view.setUint32(6, probe.session, true);
      // A window of 0 frames does not exist.
      view.setUint16(11, 300, true);
      probe.acking = false;
      const barked = () => probe.faults().includes(WATCHDOG_FAULT);
      for (let k = 0; k < 14 && !barked(); k++) {
        probe.frame(HELLO, 0, hello);
        probe.frame(HELLO, 0, Uint8Array.of(1, 2, 3));
        await probe.wait(0.05);
      }
      probe.acking = true;
      must(
        barked(),
        '5.11',
        'a malformed Hello counted as a good frame: the watchdog (300 ms) stayed quiet for 700 ms',
      );
      mustEqual(probe.of('Welcome', before).length, 0, '5.9', 'the number of answers to malformed Hellos');
    },
  },
  {
    name: 'counts a time that rises across sessions at its rate',
    clauses: ['2.3', '6.8', '7.7'],
    items: [17],
    deadlineS: 10,
    run: async ({ probe, board, rig }) => {
      const first = await probe.readClock();
      const beganS = rig.clock.nowS();
      await probe.wait(0.5);
      await probe.begin();
      const endedS = rig.clock.nowS();
      const second = await probe.readClock();
      must(first.receivedTicks <= first.sentTicks, '6.8', 'sentTicks lies before receivedTicks');
      const foundS = Number(second.receivedTicks - first.sentTicks) / board.clockRateHz;
      const wantedS = endedS - beganS;
      must(
        Math.abs(foundS - wantedS) < 0.01 * wantedS + 4 * probe.slackS + 2e-3,
        '2.3',
        `the board counted ${foundS} s within ${wantedS} s`,
      );
    },
  },
  {
    name: 'sends its condition on request and once a second',
    clauses: ['6.10'],
    items: [17],
    deadlineS: 10,
    run: async ({ probe }) => {
      await probe.telemetry();
      const before = probe.heard.length;
      await probe.wait(3.5);
      const unasked = probe.of('Telemetry', before).length;
      must(unasked === 3 || unasked === 4, '6.10', `Telemetry came ${unasked} times within 3.5 s`);
    },
  },
  {
    name: 'stays muted while Mute says so, in a later session too',
    clauses: ['6.7', '8.1'],
    items: [15],
    deadlineS: 20,
    notFor: fewSlots,
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      await probe.did('Mute', { muted: 1 });
      mustEqual((await probe.telemetry()).flags & MUTED, MUTED, '6.7', 'the flag of the mute after Mute');
      await probe.begin();
      await bench.queue([0, 0], [500, 0]);
      await bench.arm(0, 1e-2);
      const [muted] = await bench.receipts(0);
      mustEqual(
        muted!.status,
        MISSED,
        '8.1',
        'the status of a slot while Mute was in force, also after Arm,',
      );
      await probe.did('Mute', { muted: 0 });
      mustEqual(
        (await probe.telemetry()).flags & MUTED,
        0,
        '6.7',
        'the flag of the mute after it was lifted',
      );
      await probe.did('Stop', {});
      await bench.queue([0, 0]);
      await bench.arm(0, 1e-2);
      // The same slot again: its newer receipt.
      await probe.until(
        () => probe.receipts().filter(({ slot }) => slot === 0).length > 1,
        '7.5',
        'no receipt came',
      );
      mustEqual(
        probe.receipts().findLast(({ slot }) => slot === 0)!.status,
        LATCHED,
        '8.1',
        'the status of a slot after unmuting',
      );
    },
  },
  {
    name: 'mutes when the host is silent for the watchdog time, and unmutes at the next good frame',
    clauses: ['8.2'],
    items: [15],
    deadlineS: 20,
    notFor: fewSlots,
    run: async (bench) => {
      const { probe } = bench;
      await bench.load(0, 1);
      await probe.hello({ watchdogMs: 300 });
      await bench.queue([0, 0], [30, 0], [60, 0]);
      const start = await bench.arm(0, 0.02);
      const silentFromS = probe.clock.nowS();
      probe.acking = false;
      const fault = () =>
        probe.heard.find(({ message }) => message?.name === 'Fault' && message.value.code === WATCHDOG_FAULT);
      await probe.soon(() => fault() !== undefined, 1);
      const found = fault();
      must(found !== undefined, '8.2', 'the watchdog (300 ms) raised no Fault 1 within 1 s of silence');
      const afterS = found.atS - silentFromS;
      must(
        afterS > 0.28 - probe.slackS && afterS < 0.4 + probe.slackS,
        '8.2',
        `Fault 1 came after ${afterS} s of silence, not 0.3 s`,
      );
      mustEqual(
        found.message!.name === 'Fault' && found.message!.value.detail,
        300,
        '9.2',
        'the detail of Fault 1',
      );
      // Slot 30 begins 0.6 s after slot 0.
      await probe.wait(0.7);
      probe.acking = true;
      probe.acknowledge();
      mustEqual((await probe.telemetry()).flags, ARMED, '8.2', 'the flags after the first good frame');
      const feed = async () => {
        for (let k = 0; k < 20; k++) {
          await probe.wait(0.1);
          if ((await bench.now()) > start + BigInt(bench.ticks(61 * 0.02))) return;
        }
      };
      await feed();
      const statuses = (await bench.receipts(0, 30, 60)).map(({ status }) => status);
      mustEqual(
        statuses,
        [LATCHED, MISSED, LATCHED],
        '8.2',
        'the status of slots before, during and after the silence',
      );
      await probe.hello({ watchdogMs: 0 });
      const before = probe.delivered.length;
      await probe.wait(0.7);
      const later = probe.delivered.slice(before).filter(({ name }) => name === 'Fault');
      mustEqual(later.length, 0, '8.2', 'the number of faults with the watchdog off');
    },
  },
  {
    name: 'forgets all at power-up but who it is, and says so until a host has heard it',
    clauses: ['5.9', '8.3', '9.2'],
    items: [17],
    deadlineS: 60,
    needs: 'powerCycle',
    run: async (bench) => {
      const { probe, board } = bench;
      await bench.load(0, 1);
      await bench.queue([5, 0]);
      await bench.arm(0, 1e-2, FAR_S);
      await probe.wait(2);
      const before = await bench.now();
      await probe.powerCycle();
      const from = probe.heard.length;
      probe.frame(0x08, 0, Uint8Array.of(1, 2, 3, 4));
      await probe.wait(QUIET_S);
      mustEqual(probe.heard.length - from, 0, '5.9', 'the number of frames before the first Hello');
      probe.acking = false;
      const welcome = await probe.begin();
      must(welcome.bootId !== board.bootId, '8.3', 'bootId is the same after power-up');
      mustEqual(welcome.serialNumber, board.serialNumber, '6.1', 'the serial number after power-up');
      // It is not acknowledged, and must come again in the next session.
      await probe.wait(QUIET_S);
      probe.acking = true;
      await probe.begin();
      await probe.until(() => probe.delivered.length > 0, '5.9', 'no Fault 7 came after power-up');
      const [first] = probe.delivered;
      mustEqual(
        first!.name === 'Fault' && first!.value.code,
        POWER_UP_FAULT,
        '5.9',
        'the code of the first reliable frame after power-up',
      );
      mustEqual(await bench.held(0), null, '8.3', 'the codeword at index 0 after power-up');
      const { queueDepth, flags } = await probe.telemetry();
      mustEqual([queueDepth, flags], [0, 0], '8.3', 'slots queued and flags after power-up');
      must((await bench.now()) < before, '8.3', 'board time does not begin at 0 at power-up');
      await probe.begin();
      await probe.did('QueueSlots', { entries: [] });
      must(
        !probe.faults().includes(POWER_UP_FAULT),
        '5.9',
        'Fault 7 came again in a session after the one that acknowledged it',
      );
    },
  },
];
