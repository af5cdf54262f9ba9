/** Emulated boards and UEs in the process of a run. */
import { type AddressInfo, createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openNativeBoard } from '../../../drivers/boards/open-native-board.js';
import type { Signal } from '../../../drivers/emulator/air.js';
import { type FaultPlan, NO_FAULTS } from '../../../drivers/emulator/faults/fault-plan.js';
import { startBridge } from '../../../src/bridge/server.js';
import type { BeamloopError } from '../../../src/core/errors.js';
import { BoardsHere, startUesHere } from '../../../src/emulation/emulation-here.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A board whose slots of 10 ms run from time 1 s, and its driver. */
async function armed(faults: FaultPlan = NO_FAULTS) {
  const boards = await BoardsHere.start([{ model: { numElements: 8 }, faults }]);
  closing.push(() => boards.close());
  const board = await openNativeBoard({ transport: boards.transports[0]!, baudRate: null });
  closing.push(() => board.close());
  const packed = board.pack({
    phaseCode: new Uint16Array(8),
    delayCode: null,
    amplitudeCode: new Uint16Array(8),
    lineCode: null,
  });
  await board.arm({ firstSlot: 0, startBoardTimeS: 1, slotDurationS: 0.01 });
  await board.load([packed]);
  const queue = (slots: readonly number[]) => board.queue(slots.map((slot) => ({ slot, hash: packed.hash })));
  return { boards, board, queue };
}

const untilTrue = async (isSo: () => boolean) => {
  while (!isSo()) await setImmediate();
};

describe('boards in this process', () => {
  it('stand still until time is let pass, and are heard then', async () => {
    const { boards, queue } = await armed();
    const heard: Signal[] = [];
    boards.hear((signal) => heard.push(signal));
    await queue([0, 1]);
    await setImmediate();
    expect(heard).toEqual([]);
    expect(boards.advance(1.015)).toBeCloseTo(1.015, 9);
    await untilTrue(() => heard.length === 2);
    expect(heard.map(({ slot, fromS }) => [slot, fromS.toFixed(3)])).toEqual([
      [0, '1.000'],
      [1, '1.010'],
    ]);
    expect(heard[0]!.weights!.re).toHaveLength(8);
  });

  it('leave others their turn while UEs take their time', async () => {
    const { boards, queue } = await armed();
    let numHeard = 0;
    boards.hear(() => {
      const untilMs = performance.now() + 4;
      while (performance.now() < untilMs);
      numHeard++;
    });
    await queue(Array.from({ length: 20 }, (_, slot) => slot));
    boards.advance(2);
    const numHeardByTurns = new Set<number>();
    await untilTrue(() => numHeardByTurns.add(numHeard) && numHeard === 20);
    expect(numHeardByTurns.size).toBeGreaterThan(5);
  });

  it('are unplugged and put back', async () => {
    const { boards, board, queue } = await armed({
      ...NO_FAULTS,
      events: [{ trigger: { kind: 'slot', slot: 0 }, action: { kind: 'unplug', durationS: 0.05 } }],
    });
    const states: string[] = [];
    board.on('link', (state) => states.push(state));
    const receipts: number[] = [];
    board.on('receipt', ({ slot }) => receipts.push(slot));
    await queue([0, 1]);
    boards.advance(1.1);
    await untilTrue(() => receipts.length === 2 && states.length === 2);
    expect(states).toEqual(['down', 'up']);
  });
});

describe('UEs in this process', () => {
  const config = (bridgeUrl: string) => ({
    ...{ bridgeUrl, realtime: false, array: { numElements: 8, carrierHz: 28e9 }, seed: 1 },
    ues: [{ ueId: 'ada', paths: [{ gain: { re: 1, im: 0 }, positionM: [1, 0] as const }], snrDb: 20 }],
  });

  it('say what keeps them from going on', async () => {
    const { boards } = await armed();
    const bridge = await startBridge({ token: 'the right one, of all' });
    closing.push(() => bridge.close());
    const failure = new Promise<BeamloopError>((resolve) => {
      void startUesHere(config(bridge.url), boards, resolve).then((ues) => closing.push(() => ues.close()));
    });
    expect(await failure).toMatchObject({ code: 'UE_ABSENT', what: expect.stringMatching(/token/i) });
  });

  it('go when they are told to, also those that nobody answers', async () => {
    const { boards } = await armed();
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closing.push(() => silent.close());
    const {
      ues: [ada],
      ...rest
    } = config(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const many = Array.from({ length: 20 }, (_, k) => ({ ...ada!, ueId: `ue-${k}` }));
    const ues = await startUesHere({ ...rest, ues: many }, boards, () => {});
    await ues.close();
  });

  it('go when they are told to', async () => {
    const { boards } = await armed();
    const bridge = await startBridge({});
    closing.push(() => bridge.close());
    const failures: BeamloopError[] = [];
    const ues = await startUesHere(config(bridge.url), boards, (error) => failures.push(error));
    await bridge.waitForUe('ada', 5);
    await ues.close();
    expect(bridge.statistics('ada').map(({ connected }) => connected)).toEqual([false]);
    expect(failures).toEqual([]);
  });
});
