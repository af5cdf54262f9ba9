/** Frames, damage and malformed input: SPEC 3, 5.11, 6.13, 9.3. */
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import type { Check } from '../check.js';
import type { Probe } from '../probe.js';
import { quietLine } from '../quiet-line.js';
import { must, mustEqual } from '../unmet.js';

const MUTE = 0x07;
const MUTE_RESULT = 0x87;
const READ_CLOCK = 0x08;
const UNKNOWN_REQUEST = 0x33;
const UNKNOWN_DATAGRAM = 0x55;
const MALFORMED_FAULT = 6;
/** Long enough for anything that a board does at once, and for an Ack. */
const QUIET_S = 0.05;

export const FRAME_CHECKS: readonly Check[] = [
  {
    name: 'describes itself',
    clauses: ['6.1'],
    items: [1],
    deadlineS: 10,
    run: async ({ board, codewordBytes }) => {
      mustEqual(board.versionMajor, 1, '6.1', 'the major version in Welcome');
      must(
        board.model !== '' && board.serialNumber !== '',
        '6.1',
        'Welcome has no model or no serial number',
      );
      must(codewordBytes <= 65_535, '4.1', `a codeword has ${codewordBytes} bytes`);
    },
  },
  {
    name: 'sends frames in their one form, each with both delimiters',
    clauses: ['3.1', '3.2', '3.3', '3.4'],
    items: [1],
    deadlineS: 20,
    run: async (bench) => {
      const { probe } = bench;
      // What the line still held from before may begin in the middle of a frame.
      await quietLine(probe, QUIET_S);
      probe.forget();
      const { numBad } = probe;
      await bench.load(0, 1);
      await probe.telemetry();
      await probe.askRaw(UNKNOWN_REQUEST, new Uint8Array(1));
      await probe.ask('QueryReceipts', { firstSlot: 0, count: 65_535 });
      await quietLine(probe, QUIET_S);
      mustEqual(probe.numBad - numBad, 0, '3.5', 'the number of frames of the board that cannot be decoded');
      for (const { message, type } of probe.heard) {
        must(message !== null, '6', `the payload of a message of type ${type} does not follow its layout`);
      }
      const wanted = probe.heard.flatMap((frame) => [...encodeFrame(frame)]);
      const { bytes } = probe;
      must(
        bytes.length === wanted.length && wanted.every((byte, k) => byte === bytes[k]),
        '3.4',
        `the board sent ${bytes.length} bytes for frames whose form has ${wanted.length}, or others`,
      );
    },
  },
  {
    name: 'takes every form of a good frame',
    clauses: ['3.3', '3.4', '3.6'],
    items: [1, 2],
    deadlineS: 20,
    run: async ({ probe, board }) => {
      await probe.begin({}, 0xc0debeef);
      const example = '00 04 08 EF BE 01 09 78 56 34 12 EC E3 24 0D 00';
      const bytes = Uint8Array.from(example.split(' '), (pair) => Number.parseInt(pair, 16));
      await mustAnswerClock(probe, () => probe.raw(bytes), 0x12345678, 'the frame of 3.6');
      for (const byte of bytes) probe.raw(Uint8Array.of(byte));
      await mustAnswerClock(probe, () => probe.raw(bytes), 0x12345678, 'the same twice, once byte by byte');
      const many = Uint8Array.of(0, 0, 0, ...bytes, 0, 0);
      await mustAnswerClock(probe, () => probe.raw(many), 0x12345678, 'a frame among many delimiters');
      if (board.maxPayload < 250) return;
      const { frame, sequence } = frameOf254(probe);
      // The block of 0x01 after the block of 0xFF, which senders leave away.
      probe.raw(Uint8Array.of(...frame.subarray(0, -1), 1, 0));
      await probe.until(
        () => probe.answerTo(sequence) !== undefined,
        '3.3',
        'a frame with a superfluous block 0x01 was not taken',
      );
    },
  },
  {
    name: 'decodes every good frame after any damage, and obeys no damaged one',
    clauses: ['3.5'],
    items: [2],
    deadlineS: 30,
    run: async ({ probe }) => {
      const mute = encodeFrame({
        type: MUTE,
        session: probe.session & 0xffff,
        sequence: probe.nextSequence,
        payload: Uint8Array.of(1),
      });
      const flipped = mute.slice();
      flipped[flipped.length - 3]! ^= 0x40;
      if (flipped[flipped.length - 3] === 0) flipped[flipped.length - 3] = 1;
      const damages = [
        flipped,
        mute.subarray(0, mute.length - 3),
        Uint8Array.of(0xff),
        Uint8Array.of(0, 5, 1, 2, 0),
        Uint8Array.of(0, 9, 1, 2, 3, 0),
        new Uint8Array(1100).fill(0x41),
        new Uint8Array(5000).fill(0xff),
        Uint8Array.from({ length: 300 }, (_, k) => (k * 151 + 7) & 0xff),
      ];
      for (const [k, damage] of damages.entries()) {
        probe.raw(damage);
        await mustAnswerClock(
          probe,
          (token) => sendClock(probe, token),
          1000 + k,
          `a good frame after damage ${k + 1}`,
        );
      }
      await probe.wait(QUIET_S);
      must(probe.answerTo(probe.nextSequence) === undefined, '3.5', 'a damaged request was carried out');
      mustEqual((await probe.telemetry()).flags & 1, 0, '3.5', 'the flag of a mute that came damaged');
    },
  },
  {
    name: 'drops frames of another session, without Ack',
    clauses: ['5.11'],
    items: [3],
    deadlineS: 10,
    run: async ({ probe }) => {
      await probe.wait(QUIET_S);
      const before = probe.heard.length;
      probe.frame(MUTE, probe.nextSequence, Uint8Array.of(1), probe.session ^ 1);
      probe.frame(READ_CLOCK, 0, Uint8Array.of(1, 2, 3, 4), probe.session ^ 1);
      await probe.wait(QUIET_S);
      mustBeSilent(probe, before, '5.11', 'a frame of another session');
    },
  },
  {
    name: 'drops frames of the wrong direction, without Ack',
    clauses: ['3.7'],
    items: [3],
    deadlineS: 10,
    run: async ({ probe }) => {
      await probe.wait(QUIET_S);
      const before = probe.heard.length;
      probe.frame(MUTE_RESULT, probe.nextSequence, Uint8Array.of(1, 0, 0));
      await probe.wait(QUIET_S);
      mustBeSilent(probe, before, '3.7', "a frame of a board's type");
    },
  },
  {
    name: 'refuses what it does not know or cannot read, and does nothing else',
    clauses: ['6.13', '9.3'],
    items: [16],
    deadlineS: 20,
    run: async ({ probe }) => {
      const unknown = await probe.askRaw(UNKNOWN_REQUEST, Uint8Array.of(1, 2, 3));
      mustEqual(
        [unknown.name, unknown.value],
        ['Refused', { request: unknown.value.request, status: 1, type: UNKNOWN_REQUEST }],
        '6.13',
        'the answer to an unknown request',
      );
      const malformed = [Uint8Array.of(2), new Uint8Array(0), Uint8Array.of(1, 0)];
      for (const payload of malformed) {
        const answer = await probe.askRaw(MUTE, payload);
        mustEqual(
          [answer.name, answer.value],
          ['Refused', { request: answer.value.request, status: 2, type: MUTE }],
          '6.13',
          `the answer to Mute with the payload [${payload}]`,
        );
      }
      mustEqual((await probe.telemetry()).flags & 1, 0, '6.13', 'the flag of a mute that was refused');
      const tooMany = await probe.askRaw(0x04, Uint8Array.of(0xff, 0xff));
      mustEqual(
        [tooMany.name, tooMany.value.status],
        ['Refused', 2],
        '9.3',
        'the answer to a list of 65535 entries that are not there',
      );
    },
  },
  {
    name: 'reports malformed datagrams, once a second at most, and passes over unknown ones',
    clauses: ['9.2', '9.3'],
    items: [16],
    deadlineS: 10,
    run: async ({ probe }) => {
      for (let k = 0; k < 5; k++) {
        probe.frame(UNKNOWN_DATAGRAM, 0, Uint8Array.of(1));
        probe.frame(READ_CLOCK, 0, Uint8Array.of(1));
      }
      const reports = () => probe.faults().filter((code) => code === MALFORMED_FAULT).length;
      await probe.until(() => reports() > 0, '9.3', 'a malformed ReadClock raised no Fault 6');
      await probe.wait(0.3);
      mustEqual(reports(), 1, '9.2', 'the number of Faults 6 for five malformed datagrams at once');
    },
  },
  {
    name: 'takes payloads of the length that it says, and drops longer ones without Ack',
    clauses: ['3.5', '6.1'],
    items: [2, 16],
    deadlineS: 10,
    run: async ({ probe, board: { maxPayload } }) => {
      const answer = await probe.askRaw(UNKNOWN_REQUEST, new Uint8Array(maxPayload).fill(0x5a));
      mustEqual(
        [answer.name, answer.value.status],
        ['Refused', 1],
        '6.1',
        `the answer to an unknown request of ${maxPayload} bytes`,
      );
      if (maxPayload === 1024) return;
      await probe.wait(QUIET_S);
      const before = probe.heard.length;
      probe.frame(UNKNOWN_REQUEST, probe.nextSequence, new Uint8Array(maxPayload + 1).fill(0x5a));
      await probe.wait(QUIET_S);
      mustBeSilent(probe, before, '3.5', 'a payload longer than maxPayload');
    },
  },
];

/** Telemetry comes by itself. */
function mustBeSilent(probe: Probe, from: number, clause: string, to: string): void {
  const answers = probe.heard.slice(from).filter(({ message }) => message?.name !== 'Telemetry');
  must(answers.length === 0, clause, `${to} is answered with ${answers[0]?.message?.name ?? 'a frame'}`);
}

function sendClock(probe: Probe, token: number): void {
  probe.send('ReadClock', { token });
}

async function mustAnswerClock(
  probe: Probe,
  send: (token: number) => void,
  token: number,
  what: string,
): Promise<void> {
  const before = probe.heard.length;
  send(token);
  await probe.until(
    () => probe.of('ClockReading', before).some((each) => each.token === token),
    '3.5',
    `${what} was not answered`,
    1,
  );
}

/** An unknown request that ends, before COBS, exactly after 254 bytes without a zero, in the session 0xC0DEBEEF. */
function frameOf254(probe: Probe): { frame: Uint8Array; sequence: number } {
  const sequence = probe.takeNumber();
  const session = probe.session & 0xffff;
  for (let fill = 1; ; fill++) {
    const payload = new Uint8Array(250).fill(fill);
    const frame = encodeFrame({ type: UNKNOWN_REQUEST, session, sequence, payload });
    // The last zero is the high byte of the number; none of the CRC may be one.
    if (frame.length === 262 && frame[6] === 0xff) return { frame, sequence };
  }
}
