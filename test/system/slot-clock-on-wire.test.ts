/** A UE is told when its slots are, on a clock that it can read; the board's receipts say when they really were. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AirReader } from '../../drivers/emulator/air.js';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import { startRun } from '../../src/campaign/run.js';
import { parseScenario } from '../../src/campaign/scenario.js';
import { monotonicClock } from '../../src/core/clock.js';
import { startEmulatedBoard } from '../../src/emulation/emulated-board.js';
import { EmulatedUe } from '../../src/emulation/ue-model.js';
import { Recording } from '../../src/record/recording.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';
import { UeAgent } from '../../src/ue/agent.js';
import type { SlotTiming } from '../../src/ue/host-clock.js';
import { PATIENCE_S } from '../fixtures/patience.js';

const DRIFT = 100e-6;

it('the board latches slots when the UE was told that they would be', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-clock-'));
  const array = new LinearArray({ numElements: 16, carrierHz: 28e9 });
  const board = await startEmulatedBoard({
    model: { numElements: 16, baud: 3_000_000 },
    realtime: true,
    driftPpm: 60,
  });
  const over = new AbortController();
  let agent: Promise<void> | undefined;
  const timings: SlotTiming[] = [];
  /** The board's clock and this machine's, read together. */
  let readBoard: (() => { readonly hostS: number; readonly loS: number; readonly hiS: number }) | undefined;
  let known: ReturnType<NonNullable<typeof readBoard>> | undefined;
  try {
    const text = `
array: { elements: 16, carrier: 28 GHz, rings: 2 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 2 ms, turnaround: 20 ms }
scheme: far-field-sweep
users: [{ id: ada }]
bridge: { ueTimeout: ${PATIENCE_S} s, powerTimeout: ${PATIENCE_S} s }
`;
    const out = path.join(folder, 'run');
    const { users } = await startRun(parseScenario(text, 'clock.yaml', emulatedSection), out, {
      openTestbed: async (request) => {
        const testbed = await openTestbed(request);
        const paths = [{ gain: { re: 1, im: 0 }, positionM: polarPointM(2, 0.2) }];
        const ue = new EmulatedUe({ ueId: 'ada', array, paths, snrDb: 30, seed: 1, subcarriers: null });
        const air = connect(board.airPath);
        const reader = new AirReader({ onArray: () => {}, onSlot: (slot) => ue.hear(slot) });
        air.on('data', (chunk) => reader.push(chunk));
        over.signal.addEventListener('abort', () => air.destroy());
        readBoard = () => ({ hostS: monotonicClock.nowS(), ...testbed.board.boardTime() });
        agent = new UeAgent({
          url: testbed.bridge.url,
          description: { ueId: 'ada', model: 'm', software: 's', numSubcarriers: 1 },
          source: {
            listenFor: (slots, timing) => {
              if (timing !== null) timings.push(timing);
              ue.listenFor(slots);
            },
            powers: (signal) => ue.powers(signal),
          },
        }).run(over.signal);
        return testbed;
      },
      realtime: false,
      signal: new AbortController().signal,
      progress: {
        warning: () => {},
        waiting: () => {},
        batch: () => {},
        // Once the testbed is closed nobody reads the board any more.
        finished: () => {
          known = readBoard!();
        },
      },
    });
    expect(users[0]!.failure).toBeNull();
    const recording = await Recording.open(out, 'read');
    const receipts = await recording.rows('receipts');
    await recording.close();
    expect(timings.length).toBeGreaterThanOrEqual(2); // a request per batch
    expect(receipts.length).toBeGreaterThan(16);
    const { hostS, loS, hiS } = known!;
    for (const { slot, boardTimeS } of receipts) {
      const told = timings.findLast((timing) => timing.slot <= slot)!;
      const sinceS = (slot - told.slot) * told.slotDurationS;
      const wasS = hostS + boardTimeS - (loS + hiS) / 2;
      const doubtS = told.uncertaintyS + (hiS - loS) / 2 + DRIFT * (sinceS + Math.abs(hostS - wasS));
      // The UE of this test reads the same clock as this test does.
      expect(Math.abs(told.startS + sinceS - wasS)).toBeLessThanOrEqual(doubtS + 1e-5);
    }
  } finally {
    over.abort();
    await agent;
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
