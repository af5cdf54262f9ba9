/**
 * A UE is told when its slots are, on a clock that it can read, and knows nothing else of them. The board's receipts say when they
 * really were, and which powers are which codeword's shows whether the UE took its slots for the right ones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import { startRun } from '../../src/campaign/run.js';
import { monotonicClock } from '../../src/core/clock.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import type { Testbed } from '../../src/slots/testbed.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';
import type { SlotTiming } from '../../src/ue/host-clock.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { radioUe } from './radio-ue.js';

const DRIFT = 100e-6;
const array = new LinearArray({ numElements: 16, carrierHz: 28e9 });

let folder: string;
let board: EmulatedBoardHandle;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-clock-'));
  const model = { numElements: 16, baud: 3_000_000 };
  board = await startEmulatedBoard({ model, realtime: true, driftPpm: 60 });
});
afterEach(async () => {
  await board.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Trial {
  readonly slotDurationS?: number;
  readonly powerTimeoutS?: number;
  readonly hasTrigger?: boolean;
  readonly maxAttempts?: number;
  /** Puts what the UE is to take for the truth in the place of what it was told; `told` holds all of that, the last included. */
  readonly believe?: (told: readonly SlotTiming[]) => SlotTiming;
  /** Called when the UE is asked for the first time. */
  readonly asked?: (testbed: Testbed) => void;
  readonly scheme?: string;
}

/** A campaign of one user. */
async function trial(of: Trial) {
  const { slotDurationS = 2e-3, powerTimeoutS = PATIENCE_S, hasTrigger = true, maxAttempts = 20 } = of;
  const { believe = (timings) => timings.at(-1)!, asked, scheme = 'exhaustive' } = of;
  const told: SlotTiming[] = [];
  let testbed: Testbed;
  let stop: (() => Promise<void>) | undefined;
  /** The board's clock and this machine's, read together, which a busy machine may take a while for. */
  let known:
    | { readonly hostS: number; readonly readS: number; readonly loS: number; readonly hiS: number }
    | undefined;
  const text = `
array: { elements: 16, carrier: 28 GHz, rings: 2 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: ${slotDurationS * 1e6} us, turnaround: 20 ms, maxAttempts: ${maxAttempts} }
scheme: ${scheme}
users: [{ id: ada }]
bridge: { ueTimeout: ${PATIENCE_S} s, powerTimeout: ${powerTimeoutS} s }
`;
  const out = path.join(folder, 'run');
  try {
    const { users } = await startRun(parseScenario(text, 'clock.yaml', emulatedSection), out, {
      openTestbed: async (request) => {
        testbed = await openTestbed(request);
        stop = radioUe({
          url: testbed.bridge.url,
          airPath: board.airPath,
          ueId: 'ada',
          array,
          positionM: polarPointM(2, 0.2),
          hasTrigger,
          listenFor: (ue, slots, timing) => {
            if (timing !== null) told.push(timing);
            if (told.length === 1) asked?.(testbed);
            return ue.listenFor(slots, told.length > 0 ? believe(told) : null);
          },
        });
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
          const fromS = monotonicClock.nowS();
          const boardTime = testbed.board.boardTime();
          const untilS = monotonicClock.nowS();
          known = { hostS: (fromS + untilS) / 2, readS: (untilS - fromS) / 2, ...boardTime };
        },
      },
    });
    return { user: users[0]!, told, known: known!, out };
  } finally {
    await stop?.();
  }
}

it('the board latches slots when the UE was told that they would be', async () => {
  const { user, told, known, out } = await trial({ scheme: 'far-field-sweep' });
  expect(user.failure).toBeNull();
  const recording = await Recording.open(out, 'read');
  const receipts = await recording.rows('receipts');
  await recording.close();
  expect(told.length).toBeGreaterThanOrEqual(2); // a request per batch
  expect(receipts.length).toBeGreaterThan(16);
  const { hostS, readS, loS, hiS } = known;
  for (const { slot, boardTimeS } of receipts) {
    const timing = told.findLast((candidate) => candidate.slot <= slot)!;
    const sinceS = (slot - timing.slot) * timing.slotDurationS;
    const wasS = hostS + boardTimeS - (loS + hiS) / 2;
    const clocksS = readS + (hiS - loS) / 2 + DRIFT * (sinceS + Math.abs(hostS - wasS));
    // The UE of this test reads the same clock as this test does.
    expect(Math.abs(timing.startS + sinceS - wasS)).toBeLessThanOrEqual(timing.uncertaintyS + clocksS + 1e-5);
  }
});

/** What the machine does to a campaign in its midst, once. */
const INTERRUPTIONS: Readonly<Record<string, (testbed: Testbed) => void>> = {
  'the board restarts': () => board.reset(),
  // Longer than the board's watchdog allows, and whatever the UE's program does meanwhile.
  'this machine stands still': () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  },
};

/** More than half a second of slots, which the clock tells apart. */
const BATCH_UNDERWAY = { hasTrigger: false, slotDurationS: 20e-3, powerTimeoutS: 1.5 };

const soon = (act: (testbed: Testbed) => void) => (testbed: Testbed) => {
  setTimeout(() => act(testbed), 300);
};

describe.each(Object.keys(INTERRUPTIONS))('when %s', (what) => {
  it('the UE goes by the clock that comes after', async () => {
    const { user, told } = await trial({ ...BATCH_UNDERWAY, asked: soon(INTERRUPTIONS[what]!) });
    expect(user.failure).toBeNull();
    expect(user.estimate!.evidence.likeness).toBeGreaterThan(0.9);
    const [first, last] = [told[0]!, told.at(-1)!];
    const goesOnS = last.startS - first.startS - (last.slot - first.slot) * first.slotDurationS;
    // Otherwise nothing is shown: the old clock would have done.
    if (what === 'the board restarts') expect(Math.abs(goesOnS)).toBeGreaterThan(first.slotDurationS);
  });
});

it('a UE that keeps to the clock from before a restart of the board finds nobody', async () => {
  const { user } = await trial({
    ...BATCH_UNDERWAY,
    maxAttempts: 5,
    believe: ([first]) => first!,
    asked: soon(() => board.reset()),
  });
  expect(user.estimate).toBeNull();
});

it('a UE that cannot tell its slots apart says so, and why', async () => {
  const believe = (told: readonly SlotTiming[]) => ({ ...told.at(-1)!, uncertaintyS: 3e-3 });
  const { user } = await trial({ hasTrigger: false, maxAttempts: 2, believe });
  expect(user.failure).toMatchObject({
    code: 'UE_SILENT',
    what: expect.stringMatching(
      /cannot tell the slots apart .* known to 3\.00 ms either way, and they last 2\.00 ms, 2 times/,
    ),
  });
});

it('with a trigger it tells them apart where the clock does not', async () => {
  const believe = (told: readonly SlotTiming[]) => {
    const { startS, ...rest } = told.at(-1)!;
    return { ...rest, startS: startS + 2.7e-3, uncertaintyS: 6e-3 + rest.uncertaintyS };
  };
  const { user } = await trial({ believe });
  expect(user.failure).toBeNull();
  expect(user.estimate!.evidence.likeness).toBeGreaterThan(0.9);
});
