/** The native board driver against emulated boards that misbehave, and against things that are no boards. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SlotEntry } from '../../drivers/array-board.js';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { encodePayload } from '../../firmware-protocol/codec.js';
import { encodeFrame, FrameDecoder } from '../../firmware-protocol/frame.js';
import { Welcome } from '../../firmware-protocol/messages/hello.js';
import { LoadCodeword } from '../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../firmware-protocol/messages/queue-slots.js';
import { ManualClock } from '../fixtures/manual-clock.js';
import {
  armSoon,
  BAUD,
  type BoardRig,
  connect,
  type EmulatedRig,
  loopbackRig,
  ptyRig,
  until,
} from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const rigs: BoardRig[] = [];
const boards: NativeBoard[] = [];
afterEach(async () => {
  for (const board of boards.splice(0)) await board.close();
  for (const rig of rigs.splice(0)) await rig.close();
});

async function connected(making: Promise<EmulatedRig>, options: Parameters<typeof connect>[1] = {}) {
  const rig = await making;
  rigs.push(rig);
  const board = await connect(rig, options);
  boards.push(board);
  return { rig, board, watcher: new BoardWatcher(board) };
}

const SLOT_S = 1e-3;

describe('native board', () => {
  it('brings every codeword, slot and receipt through noise, a stall, and the cable pulled and put back', async () => {
    const noise = { drop: 0.0004, flip: 0.0003, duplicate: 0.0003 };
    const { rig, board, watcher } = await connected(
      ptyRig({ faults: { ...NO_FAULTS, toBoard: noise, toHost: noise, fragmentBytes: 50 } }),
    );
    const codewords = randomCodewords(board, 60, 1);
    await board.load(codewords);
    const entries: SlotEntry[] = Array.from({ length: 600 }, (_, slot) => ({
      slot,
      hash: codewords[slot % codewords.length]!.hash,
    }));
    await board.queue(entries);
    await armSoon(board, 0, SLOT_S);
    await until(() => watcher.receipts.length > 50);
    rig.emulated.stall(0.3);
    await until(() => watcher.receipts.length > 100);
    rig.emulated.unplug(0.3);
    await until(() => watcher.links.includes('up'));
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.slots).toEqual(entries.map((entry) => entry.slot));
    expect(watcher.receipts.map((receipt) => receipt.hash)).toEqual(entries.map((entry) => entry.hash));
    expect(watcher.links).toEqual(['down', 'up']);
    expect(watcher.resets).toBe(0);
    const statistics = board.linkStatistics();
    expect(statistics).toMatchObject({ codewordsLoaded: 60, reconnects: 1 });
    expect(statistics.retransmissions).toBeGreaterThan(0);
    expect(statistics.corruptFrames).toBeGreaterThan(0);
  });

  it('goes on with a load that the cable interrupted, without loading anything twice', async () => {
    const { rig, board, watcher } = await connected(ptyRig());
    const codewords = randomCodewords(board, 300, 2);
    const loading = board.load(codewords);
    await until(() => board.linkStatistics().codewordsLoaded > 50);
    rig.emulated.unplug(0.1);
    await loading;
    expect(board.linkStatistics().codewordsLoaded).toBe(300);
    await until(() => watcher.links.includes('up'));
    expect(watcher.links).toEqual(['down', 'up']);
    expect(board.codewordsHeld()).toBe(300);
  });

  it('loads again what a restarted board has forgotten, and declares its slots lost', async () => {
    const { rig, board, watcher } = await connected(loopbackRig());
    const codewords = randomCodewords(board, 20, 3);
    const entries = codewords.map(({ hash }, slot) => ({ slot, hash }));
    await board.load(codewords);
    await board.queue(entries);
    await board.arm({ firstSlot: 0, startBoardTimeS: 60, slotDurationS: SLOT_S });
    rig.emulated.reset();
    await until(() => watcher.links.includes('up'));
    expect(watcher.resets).toBe(1);
    expect(board.outstandingSlots()).toBe(0);
    expect(board.codewordsHeld()).toBe(20);
    expect(board.linkStatistics().codewordsLoaded).toBe(40);
    expect(board.boardTime().hiS).toBeLessThan(30);
    await board.queue(entries);
    await armSoon(board, 0, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.slots).toEqual(entries.map(({ slot }) => slot));
  });

  it('finishes a load during which the board restarts, and fails a queue request', async () => {
    const { rig, board, watcher } = await connected(
      loopbackRig({ faults: { ...NO_FAULTS, memoryDelayS: 0.001 } }),
    );
    const [known, ...codewords] = randomCodewords(board, 101, 4);
    await board.load([known!]);
    const loading = board.load(codewords);
    await until(() => board.linkStatistics().codewordsLoaded > 20);
    const queued = board.queue([{ slot: 1, hash: known!.hash }]);
    rig.emulated.reset();
    await expect(queued).rejects.toMatchObject({ code: 'BOARD_RESET' });
    await loading;
    expect(watcher.resets).toBe(1);
    expect(board.codewordsHeld()).toBe(101);
  });

  it('queues slots behind the codewords that are still being loaded, in one go', async () => {
    const { rig, board, watcher } = await connected(loopbackRig());
    const codewords = randomCodewords(board, 3, 6);
    const entries = codewords.map(({ hash }, slot) => ({ slot, hash }));
    // Types of the frames that each write brings.
    const writes: number[][] = [];
    const receive = rig.emulated.receive.bind(rig.emulated);
    rig.emulated.receive = (chunk) => {
      const types: number[] = [];
      new FrameDecoder(({ type }) => types.push(type)).push(chunk);
      writes.push(types);
      receive(chunk);
    };
    await Promise.all([board.load(codewords), board.queue(entries)]);
    expect(writes.find((types) => types.includes(LoadCodeword.type))).toContain(QueueSlots.type);
    expect(board.outstandingSlots()).toBe(3);
    await armSoon(board, 0, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(watcher.receipts.map(({ slot, hash }) => ({ slot, hash }))).toEqual(entries);
  });

  it('queues slots of other codewords when a load is over, and none that is not loaded', async () => {
    const { board } = await connected(loopbackRig({ faults: { ...NO_FAULTS, memoryDelayS: 0.001 } }));
    const [known, stranger, ...codewords] = randomCodewords(board, 22, 7);
    await board.load([known!]);
    const done: string[] = [];
    const loading = board.load(codewords).then(() => done.push('loaded'));
    const queueing = board.queue([{ slot: 1, hash: known!.hash }]).then(() => done.push('queued'));
    await expect(board.queue([{ slot: 2, hash: stranger!.hash }])).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
    });
    await Promise.all([loading, queueing]);
    expect(done).toEqual(['loaded', 'queued']);
  });

  it('queues nothing on a board that restarts during the load before it', async () => {
    const { rig, board, watcher } = await connected(
      loopbackRig({ faults: { ...NO_FAULTS, memoryDelayS: 0.001 } }),
    );
    const codewords = randomCodewords(board, 40, 8);
    const loading = board.load(codewords);
    const queued = board.queue(codewords.map(({ hash }, slot) => ({ slot, hash })));
    queued.catch(() => {}); // looked at below
    await until(() => board.linkStatistics().codewordsLoaded > 10);
    rig.emulated.reset();
    await expect(queued).rejects.toMatchObject({ code: 'BOARD_RESET' });
    await loading;
    expect(watcher.resets).toBe(1);
    expect(board.codewordsHeld()).toBe(40);
    expect(board.outstandingSlots()).toBe(0);
  });

  it('reports what the board reports, by name', async () => {
    const { board, watcher } = await connected(loopbackRig({ faults: { ...NO_FAULTS, missedSlots: [2] } }));
    const [codeword] = randomCodewords(board, 1, 5);
    await board.load([codeword!]);
    await board.queue([1, 2, 3].map((slot) => ({ slot, hash: codeword!.hash })));
    await armSoon(board, 1, SLOT_S);
    await until(() => board.outstandingSlots() === 0 && watcher.faults.length > 0);
    expect(watcher.receipts.map(({ status }) => status)).toEqual(['latched', 'missed', 'latched']);
    expect(watcher.faults).toMatchObject([{ code: 'latchMissed', detail: 2 }]);
  });

  it('keeps the watchdog quiet however long nothing happens', async () => {
    const clock = new ManualClock();
    const opening = connected(loopbackRig({}, clock.timers), { clock, watchdogS: 0.4 });
    const { rig, board, watcher } = await clock.during(opening);
    await clock.during(clock.sleep(10));
    expect(watcher.faults).toEqual([]);
    // But it is there.
    rig.emulated.stall(1);
    await clock.during(clock.sleep(3));
    expect(watcher.faults).toMatchObject([{ code: 'watchdog', detail: 400 }]);
    await clock.during(board.close());
  });

  it('gives a board up that stays away, and then fails everything with BOARD_SILENT', async () => {
    const { rig, board, watcher } = await connected(ptyRig(), { giveUpAfterS: 0.3 });
    const [codeword] = randomCodewords(board, 1, 6);
    rig.emulated.unplug();
    await until(() => watcher.links.length === 1);
    const loading = board.load([codeword!]);
    await expect(loading).rejects.toMatchObject({
      code: 'BOARD_SILENT',
      todo: expect.stringContaining('cable'),
    });
    await expect(board.stop()).rejects.toMatchObject({ code: 'BOARD_SILENT' });
    await expect(board.readBoardTime()).rejects.toMatchObject({ code: 'BOARD_SILENT' });
    await board.close();
  });

  it('mutes the board when it closes, and arms the next program’s board unmuted', async () => {
    const radiated: boolean[] = [];
    const first = await connected(loopbackRig());
    await first.board.close();
    const board = await connect(first.rig);
    boards.push(board);
    const watcher = new BoardWatcher(board);
    board.requestTelemetry();
    await until(() => watcher.telemetry.length > 0);
    radiated.push(watcher.telemetry[0]!.muted);
    const [codeword] = randomCodewords(board, 1, 7);
    await board.load([codeword!]);
    await board.queue([{ slot: 0, hash: codeword!.hash }]);
    await armSoon(board, 0, SLOT_S);
    await until(() => board.outstandingSlots() === 0);
    expect(radiated).toEqual([true]);
    expect(watcher.receipts).toMatchObject([{ slot: 0, status: 'latched' }]);
  });

  it('mutes before anything that still waits to be sent', async () => {
    const { rig, board } = await connected(loopbackRig(), { baudRate: 115_200 });
    const codewords = randomCodewords(board, 500, 8);
    // 20 s of line time.
    const loading = board.load(codewords);
    loading.catch(() => {});
    await until(() => board.linkStatistics().codewordsLoaded > 2);
    await board.close();
    await expect(loading).rejects.toMatchObject({ code: 'BOARD_SILENT' });
    const next = await connect(rig);
    boards.push(next);
    const watcher = new BoardWatcher(next);
    next.requestTelemetry();
    await until(() => watcher.telemetry.length > 0);
    expect(watcher.telemetry[0]!.muted).toBe(true);
  });

  it('closes within a bounded time when the board is dead, and twice', async () => {
    const clock = new ManualClock();
    const { rig, board } = await clock.during(connected(loopbackRig({}, clock.timers), { clock }));
    rig.emulated.stall(60);
    const beforeS = clock.nowS();
    await clock.during(Promise.all([board.close(), board.close()]));
    expect(clock.nowS() - beforeS).toBeLessThan(10);
    await expect(board.mute(true)).rejects.toMatchObject({ code: 'BOARD_SILENT' });
  });

  it('refuses settings that are not this board’s', async () => {
    const { board } = await connected(loopbackRig());
    const settings = {
      phaseCode: new Uint16Array(512),
      delayCode: null,
      amplitudeCode: new Uint16Array(512),
      lineCode: null,
    };
    expect(board.pack(settings).bytes).toHaveLength((512 * 7) / 8);
    const bad = [
      { ...settings, phaseCode: new Uint16Array(511) },
      { ...settings, phaseCode: new Uint16Array(512).fill(64) },
      { ...settings, delayCode: new Uint16Array(512) },
      { ...settings, amplitudeCode: null },
    ];
    for (const each of bad)
      expect(() => board.pack(each)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
    await expect(board.load([{ hash: '0'.repeat(16), bytes: new Uint8Array(3) }])).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    const slot = { firstSlot: 0, startBoardTimeS: 1 };
    await expect(board.arm({ ...slot, slotDurationS: 1e-9 })).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
    await expect(board.arm({ ...slot, slotDurationS: 1.5e-8 })).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
    });
    await expect(board.arm({ ...slot, startBoardTimeS: -1, slotDurationS: 1e-3 })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
  });
});

it('waits as long as it is told for a board that starts when its port is opened', async () => {
  const clock = new ManualClock();
  const { host, device } = createLoopback('port');
  const beganS = clock.nowS();
  const emulated = new EmulatedBoard(
    { realtime: true },
    { toHost: (chunk) => void device.write(chunk), timers: clock.timers },
  );
  await device.open({
    onBytes: (bytes) => {
      if (clock.nowS() - beganS > 4) emulated.receive(bytes);
      else void device.write(new TextEncoder().encode('booting\r\n'));
    },
    onClosed: () => {},
  });
  const opening = (helloTimeoutS?: number) =>
    clock.during(
      openNativeBoard({
        ...{ transport: host, baudRate: BAUD, clock },
        ...(helloTimeoutS !== undefined && { helloTimeoutS }),
      }),
    );
  await expect(opening()).rejects.toMatchObject({ code: 'NOT_A_BOARD' });
  const board = await opening(5);
  expect(board.description.model).toContain('emulated');
  await clock.during(board.close());
  emulated.close();
});

describe('opening something that is no board', () => {
  type Answer = (bytes: Uint8Array, say: (bytes: Uint8Array) => void) => void;

  async function open(answer: Answer, signal?: AbortSignal): Promise<unknown> {
    const clock = new ManualClock();
    const { host, device } = createLoopback('port');
    await device.open({
      onBytes: (bytes) => answer(bytes, (back) => void device.write(back)),
      onClosed: () => {},
    });
    const opening = openNativeBoard({
      transport: host,
      baudRate: BAUD,
      helloTimeoutS: 0.4,
      clock,
      ...(signal !== undefined && { signal }),
    });
    const outcome = await clock.during(opening).catch((error: unknown) => error);
    // It has let go of the port.
    await host.open({ onBytes: () => {}, onClosed: () => {} });
    return outcome;
  }

  it('says that nothing answers', async () => {
    expect(await open(() => {})).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining('not a byte'),
      where: 'port',
    });
  });

  it('says that garbage answers', async () => {
    const text = new TextEncoder().encode('login: \r\n\0\0');
    expect(await open((_bytes, say) => say(text))).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringMatching(/\d+ bytes .* none of which/),
    });
  });

  it('says how many bytes came of a boot message, and what it reads, without control characters', async () => {
    const text = new TextEncoder().encode(
      'ets Jul 29 2019 12:21:46\r\n\r\n\x1b[31mrst:0x1 (POWERON_RESET)\r\n',
    );
    let said = false;
    const outcome = await open((_bytes, say) => {
      if (!said) say(text);
      said = true;
    });
    expect(outcome).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining(`sent ${text.length} bytes within 0.4 s`),
      todo: expect.stringMatching(/board\.openTimeout.*board\.dtr.*--open-timeout/),
    });
    expect((outcome as Error).message).toContain('"ets Jul 29 2019 12:21:46 / [31mrst:0x1 (POWERON_RESET)"');
    expect((outcome as Error).message).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  it('says which part of a greeting does not follow its layout', async () => {
    const payload = Uint8Array.of(1, 1, 1, 2, 3);
    const welcome = encodeFrame({ type: Welcome.type, session: 0, sequence: 0, payload });
    expect(await open((_bytes, say) => say(welcome))).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringMatching(/SPEC 6\.1.*Welcome\.session: tooShort/),
      todo: expect.stringContaining('firmware'),
    });
  });

  it('says that it hears itself', async () => {
    expect(await open((bytes, say) => say(bytes))).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining('sends back'),
    });
  });

  it('says both versions when the board speaks another one, whatever else its welcome holds', async () => {
    const payload = Uint8Array.of(2, 5, 1, 2, 3);
    const welcome = encodeFrame({ type: Welcome.type, session: 0, sequence: 0, payload });
    expect(await open((_bytes, say) => say(welcome))).toMatchObject({
      code: 'PROTOCOL_VERSION',
      what: expect.stringMatching(/2\.5.*1\.2/),
      todo: expect.stringContaining('newer beamloop'),
    });
  });

  it('is not fooled by a welcome of another session', async () => {
    const value = {
      ...{ versionMajor: 1, versionMinor: 0, session: 1, resumed: 0, bootId: 1, window: 32, numElements: 4 },
      ...{ phaseBits: 6, delayBits: 0, amplitudeBits: 0, delayLsbFs: 0, delayRangeFs: 0n, memoryDepth: 8 },
      ...{ queueDepth: 8, switchTimeNs: 1, clockRateHz: 1_000_000, maxPayload: 1024 },
      ...{ model: 'm', serialNumber: 's', firmware: 'f' },
    };
    const welcome = encodeFrame({
      type: Welcome.type,
      session: 1,
      sequence: 0,
      payload: encodePayload(Welcome, value),
    });
    expect(await open((_bytes, say) => say(welcome))).toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining('no welcome'),
    });
  });

  it('stops when asked to', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    // It has greeted the board by then.
    expect(await open(() => abort.abort(reason), abort.signal)).toBe(reason);
  });
});
