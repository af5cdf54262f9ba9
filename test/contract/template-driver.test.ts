/** The driver of templates against the board that is emulated from the same file, on virtual time: faults, answers that come late, lines that trigger. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TemplateDriver } from '../../drivers/boards/template/template-driver.js';
import type { ReplyFaults } from '../../drivers/emulator/own/reply-faults.js';
import { TemplateBoard } from '../../drivers/emulator/own/template-board.js';
import { parseTemplate } from '../../drivers/template/template-file.js';
import type { Transport, TransportListener } from '../../drivers/transports/transport.js';
import { BeamloopError } from '../../src/core/errors.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';

const TEXT = readFileSync('scenarios/boards/text-board.yaml', 'utf8');
const BYTES = readFileSync('scenarios/boards/bytes-board.yaml', 'utf8');
const NO_FAULTS: ReplyFaults = { lost: 0, garbled: 0, late: 0, lateBy: 0.2, wrongChecksum: 0 };

/** A driver and its board, with nothing but their bytes and lines between them. */
function rig(text: string, replies: Partial<ReplyFaults> = {}, seed = 1) {
  const clock = new VirtualClock();
  const template = parseTemplate(text, 'b.yaml');
  let listener: TransportListener | null = null;
  const lines: string[] = [];
  const sent: string[] = [];
  const board = new TemplateBoard({
    template,
    serialNumber: 'S-7',
    replies: { ...NO_FAULTS, ...replies },
    seed,
    timers: clock.timers,
    toHost: (chunk) => listener?.onBytes(chunk),
  });
  const transport: Transport = {
    name: 'rig',
    open: async (given) => {
      listener = given;
    },
    write: async (bytes) => {
      sent.push(Buffer.from(bytes).toString('latin1'));
      board.receive(bytes);
    },
    setLines: async (given) => {
      lines.push(JSON.stringify(given));
      if (given.rts === true) board.trigger();
    },
    close: async () => {
      listener = null;
    },
  };
  const driver = new TemplateDriver({ template, transport, clock, openTimeoutS: 1 });
  return { clock, driver, board, template, transport, lines, sent, during: clock.during.bind(clock) };
}

const never = Number.POSITIVE_INFINITY;
const settings = (phase: number, amplitude: number | null) => ({
  phaseCode: Uint16Array.from({ length: 8 }, (_, n) => (phase + n) % 64),
  amplitudeCode: amplitude === null ? null : new Uint16Array(8).fill(amplitude),
  delayCode: null,
  lineCode: null,
});
const codeOf = (error: unknown) =>
  error instanceof BeamloopError ? `${error.code}: ${error.message}` : String(error);

it('greets a board, and has it radiate what was written when it is applied', async () => {
  const { driver, board, during } = rig(TEXT);
  expect(await during(driver.open(() => {}))).toEqual({
    model: 'text panel 8',
    serialNumber: 'S-7',
    firmware: 'emulator 1.0',
  });
  expect(await during(driver.write(settings(5, 31), never))).toBe('acknowledged');
  expect([...board.state.phaseCode]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(await during(driver.apply!(never))).toBe('applied');
  expect([...board.state.phaseCode]).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  expect(await during(driver.mute(true))).toBe('acknowledged');
  expect(board.state.isMuted).toBe(true);
});

it('speaks bytes with a checksum to each element, by the names that its wiring gives them', async () => {
  const { driver, board, during, sent } = rig(BYTES);
  await during(driver.open(() => {}));
  expect(await during(driver.write(settings(3, null), never))).toBe('acknowledged');
  expect([...board.state.phaseCode]).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  // Start, command, element 7 of the board, phase 3; CRC-16/MODBUS, low byte first, from an independent implementation.
  expect(Buffer.from(sent.find((each) => each.startsWith('\xa5\x10\x07'))!, 'latin1').toString('hex')).toBe(
    'a5100703611c',
  );
});

it.each([
  ['answers that do not come', { lost: 0.3 }],
  ['garbage in place of answers', { garbled: 0.3 }],
  ['answers that come late', { late: 0.3, lateBy: 0.09 }],
  ['answers with a wrong checksum', { wrongChecksum: 0.3 }],
  ['all of them', { lost: 0.1, garbled: 0.1, late: 0.2, lateBy: 0.09, wrongChecksum: 0.1 }],
])('never says more than is so, with %s', async (_, replies) => {
  for (const text of [TEXT, BYTES]) {
    const { driver, board, during } = rig(text, replies, 3);
    let silent = 0;
    let answered = 0;
    await during(driver.open(() => {}));
    for (let k = 0; k < 60; k++) {
      const wanted = settings(k, text === TEXT ? 31 : null);
      try {
        const written = await during(driver.write(wanted, never));
        const word = driver.apply === undefined ? written : await during(driver.apply(never));
        answered++;
        expect(word).not.toBe('sent');
        // What was answered for is so: an answer of before never passes for this one's.
        expect([...board.state.phaseCode]).toEqual([...wanted.phaseCode]);
      } catch (error) {
        if (!(error instanceof BeamloopError)) throw error;
        expect(['BOARD_SILENT', 'BOARD_REFUSED']).toContain(error.code);
        silent++;
      }
    }
    // Eight commands for a codeword are begun again after each silence, and one that is late is followed by others.
    expect(answered).toBeGreaterThan(text === BYTES && 'late' in replies ? 1 : 10);
    const { retries, garbled } = driver.statistics();
    expect(retries + silent).toBeGreaterThan(0);
    if ('garbled' in replies) expect(garbled).toBeGreaterThan(0);
  }
});

it('begins a codeword again whose board was silent in its middle, and never repeats what puts one in force', async () => {
  const bytes = rig(BYTES, { lost: 0.15 }, 5);
  await bytes.during(bytes.driver.open(() => {}));
  bytes.sent.length = 0;
  await bytes.during(bytes.driver.write(settings(3, null), never));
  const elements = bytes.sent.filter((each) => each[1] === '\x10').map((each) => each.charCodeAt(2));
  // The board calls them 7, 6, … 0: all of them at the end, without one that was sent twice.
  expect(elements.length).toBeGreaterThan(8);
  expect(elements.slice(-8)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);

  const text = rig(TEXT);
  await text.during(text.driver.open(() => {}));
  await text.during(text.driver.write(settings(3, 31), never));
  // Its power goes, and while it starts it hears nothing; then it would answer for codes that are all 0.
  text.board.reset();
  text.sent.length = 0;
  await expect(text.during(text.driver.apply!(never))).rejects.toMatchObject({ code: 'BOARD_SILENT' });
  expect(text.sent).toEqual(['LATCH\r\n']);
  await text.during(text.clock.sleep(0.2));
  await text.during(text.driver.isThere!());
});

it('says sent, and no more, of a board that does not answer', async () => {
  const mutely = TEXT.replace(/answers:[\s\S]*?when: range \}\n/, '')
    .replace(/, means: applied/, '')
    .replace(/hello:.*\n/, '');
  const { driver, board, during, clock } = rig(mutely);
  expect(driver.facts.words).toMatchObject({ write: 'sent', apply: 'sent' });
  expect(await during(driver.open(() => {}))).toMatchObject({ serialNumber: 'unknown' });
  const beganS = clock.nowS();
  expect(await during(driver.write(settings(1, 31), never))).toBe('sent');
  // Not before the last bit has left a line of 115200 bit/s.
  expect(clock.nowS() - beganS).toBeGreaterThanOrEqual(
    (('SET '.length + 8 * 5 - 1 + 2) * 10) / 115_200 - 1e-9,
  );
  expect(await during(driver.apply!(never))).toBe('sent');
  await during(clock.sleep(0.1));
  expect([...board.state.phaseCode]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it('greets a board that answers its greeting and nothing else', async () => {
  const shy = TEXT.replace(/answers:[\s\S]*?when: range \}\n/, '').replace(/, means: applied/, '');
  const { driver, during } = rig(shy);
  expect(await during(driver.open(() => {}))).toMatchObject({ serialNumber: 'S-7' });
  expect(await during(driver.write(settings(1, 31), never))).toBe('sent');
});

it('tells what an error of the board means, and that a board which answers otherwise is none', async () => {
  const { driver, during } = rig(TEXT);
  await during(driver.open(() => {}));
  const beyond = { ...settings(0, 31), amplitudeCode: new Uint16Array(8).fill(77) };
  expect(await during(driver.write(beyond, never).catch(codeOf))).toMatch(
    /^BOARD_REFUSED: .*ERR|with an error: there is no such element or code/,
  );

  const dead = rig(TEXT, { lost: 1 });
  expect(await dead.during(dead.driver.open(() => {}).catch(codeOf))).toMatch(
    /^NOT_A_BOARD: .*did not answer '\*IDN\?'/,
  );
  const noisy = rig(TEXT, { garbled: 1 });
  expect(await noisy.during(noisy.driver.open(() => {}).catch(codeOf))).toMatch(/^NOT_A_BOARD/);
});

const TRIGGERED = TEXT.replace(/apply: .*\n/, 'trigger: { line: rts, active: on, pulse: 2 ms }\n');

it('pulls a line that triggers: up when the slot begins, down after the pulse', async () => {
  const { driver, board, during, lines } = rig(TRIGGERED);
  await during(driver.open(() => {}));
  expect(lines.splice(0)).toEqual(['{"rts":false}']);
  await during(driver.write(settings(9, 31), never));
  expect(board.state.phaseCode[0]).toBe(0);
  expect(await during(driver.apply!(never))).toBe('applied');
  expect(board.state.phaseCode[0]).toBe(9);
  // The next step waits for the end of the pulse.
  await during(driver.write(settings(10, 31), never));
  expect(lines).toEqual(['{"rts":true}', '{"rts":false}']);
});

it('refuses a line that triggers on a port without lines', () => {
  const template = parseTemplate(TRIGGERED, 'b.yaml');
  const { transport } = rig(TEXT);
  const { setLines: _, ...without } = transport;
  expect(() => new TemplateDriver({ template, transport: without })).toThrow(/PORT_FAILED|has no such lines/);
});

const TABLE = TEXT.replace(
  /write:[\s\S]*?apply: .*\n/,
  `table:
  depth: 4
  first: 1
  store: { send: "MEM {index} {each}", each: "{phase:deg.1}/{amplitude:rel.3}", between: " ", ok: "STORED {index}" }
  select: { send: "GO {index:03d}", means: applied }
`,
);

it('keeps codewords in the table of a board that has one, and selects them there', async () => {
  const { driver, board, during, sent } = rig(TABLE);
  expect(driver.facts).toMatchObject({
    tableDepth: 4,
    appliesApart: false,
    words: { store: 'acknowledged', select: 'applied' },
  });
  await during(driver.open(() => {}));
  await during(driver.store!(0, settings(1, 31)));
  await during(driver.store!(3, settings(20, 15)));
  expect(await during(driver.select!(3, never))).toBe('applied');
  expect([...board.state.phaseCode]).toEqual([20, 21, 22, 23, 24, 25, 26, 27]);
  expect(board.state.amplitudeCode![7]).toBe(15);
  expect(sent.some((each) => each.startsWith('MEM 1 5.6/1.000 11.3/1.000'))).toBe(true);
  expect(sent).toContain('GO 004\r\n');
});
