/**
 * The reference firmware against every rule of drivers/conformance: compiled with the sanitizers of addresses and undefined
 * behaviour, through the real serialport.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { Probe } from '../../drivers/conformance/probe.js';
import { monotonicClock } from '../../src/core/clock.js';
import { runChecks } from './conformance.js';
import { PosixBoard } from './posix-board.js';
import { CHECKED_SIZES, type Sizes } from './sizes.js';
import { IS_FULL, make, requireTools } from './toolchain.js';

/** Checks that run at once, each with a board of its own. */
const AT_ONCE = 12;

const BOARDS: Readonly<Record<string, Sizes>> = {
  'with every kind of control': CHECKED_SIZES,
  ...(IS_FULL && {
    'with nothing but phases, and no trigger': {
      AMPLITUDE_BITS: 0,
      HAS_TRIGGER: 0,
      WINDOW: 32,
      MAX_PAYLOAD: 1024,
    },
    'with little memory': { ...CHECKED_SIZES, MEMORY_DEPTH: 1, QUEUE_DEPTH: 1, MAX_PAYLOAD: 64, WINDOW: 1 },
    'with 512 elements': {
      NUM_ELEMENTS: 512,
      MEMORY_DEPTH: 1024,
      QUEUE_DEPTH: 1024,
      WINDOW: 32,
      OUTBOX_BYTES: 32_768,
    },
  }),
};

const WATCHDOG_S = 0.6;
const SLOT_S = 0.1;
const NUM_SLOTS = CHECKED_SIZES.QUEUE_DEPTH!;
const LATCHED = 0;
const MISSED = 2;

/** Checks that no time of the line stands in the way of. */
const ON_SLOW_LINE = [
  'describes itself',
  'takes every form of a good frame',
  'delivers in order and once, whatever order and however often frames come',
  'repeats what is not acknowledged, and nothing that is',
  'counts a time that rises across sessions at its rate',
  'takes codewords whose packing and hash are right, and no others',
  'latches every queued slot at its time with its codeword, and says so once, in order',
  'keeps the last receipts, and repeats them in order, in a later session too',
];

describe.each(Object.entries(BOARDS))('the firmware, %s', (name, sizes) => {
  const checks = CHECKS.filter(({ long }) => !long || (IS_FULL && sizes === CHECKED_SIZES));
  let verdicts: Map<string, Verdict>;
  let folder: string;

  beforeAll(async () => {
    requireTools('make', 'cc');
    folder = await make('sanitized', sizes);
    verdicts = await runChecks(checks, () => PosixBoard.start(folder), AT_ONCE);
  });

  it.each(checks)('$name', (check) => {
    const verdict = verdicts.get(check.name)!;
    if (verdict.outcome === 'skipped') expect(check.notFor, `${name}: ${verdict.why}`).toBeDefined();
    else expect(verdict).toEqual({ outcome: 'conforms' });
    if (sizes === CHECKED_SIZES) expect(verdict.outcome).toBe('conforms');
  });

  if (sizes !== CHECKED_SIZES) return;

  it('keeps session, memory and time while the host closes its port and opens it again', async () => {
    const board = await PosixBoard.start(folder);
    const rig = board.rig();
    const probe = new Probe(rig);
    await probe.open();
    const { bootId } = await probe.begin();
    await probe.did('Mute', { muted: 1 });
    const before = (await probe.readClock()).sentTicks;
    await rig.transport.close();
    // Telemetry comes meanwhile, and nobody reads it.
    await probe.wait(1.2);
    await probe.open();
    const { resumed, bootId: later } = await probe.hello();
    expect({ resumed, bootId: later }).toEqual({ resumed: 1, bootId });
    await probe.did('QueueSlots', { entries: [] });
    expect((await probe.telemetry()).flags & 1).toBe(1);
    expect((await probe.readClock()).sentTicks).toBeGreaterThan(before);
    await probe.close();
    await board.end();
  });

  // Where the machine stands still for as long as the watchdog waits, that fires before its time.
  it('is muted by its watchdog when the program that drives it is killed', { retry: 3 }, async () => {
    const codewordBytes = Math.ceil((9 * (5 + 3 + 2 + 2)) / 8);
    let told = Buffer.alloc(0);
    const onAir = (bytes: Buffer) => {
      told = Buffer.concat([told, bytes]);
    };
    const latchedNs = () =>
      Array.from({ length: Math.floor(told.length / (8 + codewordBytes)) }, (_, k) =>
        told.readBigUInt64LE(k * (8 + codewordBytes)),
      );
    const board = await PosixBoard.start(folder, { onAir });
    const args = [board.path, WATCHDOG_S, NUM_SLOTS, SLOT_S].map(String);
    const host = fork(fileURLToPath(new URL('./silent-host.js', import.meta.url)), args);
    const ended = once(host, 'close');
    await Promise.race([
      once(host, 'message'),
      ended.then(([status]) => Promise.reject(new Error(`the host ended with ${status}`))),
    ]);
    // Longer than the watchdog would wait for a host that says nothing.
    await expect.poll(() => latchedNs().length * SLOT_S).toBeGreaterThan(1.5 * WATCHDOG_S);
    host.kill('SIGKILL');
    await ended;
    const killedNs = process.hrtime.bigint();
    await monotonicClock.sleep(NUM_SLOTS * SLOT_S - Number(killedNs - latchedNs()[0]!) / 1e9);
    const numLatched = latchedNs().length;
    const silentS = Number(latchedNs().at(-1)! - killedNs) / 1e9;
    expect(silentS).toBeLessThan(WATCHDOG_S + board.rig().slackS);
    expect(silentS).toBeGreaterThan(WATCHDOG_S / 2 - SLOT_S);
    expect(numLatched).toBeLessThan(NUM_SLOTS - 1);

    const probe = new Probe(board.rig());
    await probe.open();
    await probe.begin();
    await probe.did('QueryReceipts', { firstSlot: 0, count: NUM_SLOTS });
    await probe.soon(() => probe.receipts().length === NUM_SLOTS, 5);
    const statuses = Array.from({ length: NUM_SLOTS }, (_, slot) => (slot < numLatched ? LATCHED : MISSED));
    expect(probe.receipts().map(({ status }) => status)).toEqual(statuses);
    await probe.close();
    await board.end();
  });

  const onSlowLine = checks.filter(({ name: check }) => ON_SLOW_LINE.includes(check));
  it.runIf(IS_FULL)('does the same on a line of 115200 bit/s', async () => {
    const start = () => PosixBoard.start(folder, { baud: 115_200 });
    const slow = await runChecks(onSlowLine, start, AT_ONCE);
    expect(slow.size).toBe(ON_SLOW_LINE.length);
    expect([...slow.values()].filter(({ outcome }) => outcome !== 'conforms')).toEqual([]);
  });

  it('says what it does not understand', () => {
    const run = (...args: string[]) => spawnSync(path.join(folder, 'beamboard'), args, { encoding: 'utf8' });
    expect(run('--boot', 'x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('x is no number'),
    });
    expect(run('--baud')).toMatchObject({ status: 2, stderr: expect.stringContaining('usage: beamboard') });
  });
});
