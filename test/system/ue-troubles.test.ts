/**
 * UEs that give trouble, in campaigns on a serial port as with real hardware: what one of them does wrong must neither end
 * the training of the others nor be taken for a measurement.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Band } from '../../src/array/band.js';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import type { UeBridge } from '../../src/bridge/bridge.js';
import { fromRanges } from '../../src/bridge/slot-ranges.js';
import { encodePowerMessage } from '../../src/bridge/wire.js';
import { startRun } from '../../src/campaign/run.js';
import { createSubcarrierSum } from '../../src/channel/wideband/subcarrier-sum.js';
import { monotonicClock } from '../../src/core/clock.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { decided, happened } from './campaign-runs.js';
import { radioUe } from './radio-ue.js';
import { RawUe } from './raw-ue.js';

const NUM_SUBCARRIERS = 64;
const array = new LinearArray({ numElements: 16, carrierHz: 30e9 });
const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: NUM_SUBCARRIERS });
const subcarriers = createSubcarrierSum(array.numElements, band);

let folder: string;
let board: EmulatedBoardHandle;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-troubles-'));
  const model = { numElements: array.numElements, delayBits: 14, delayLsbS: 1e-12, baud: 3_000_000 };
  board = await startEmulatedBoard({ model, realtime: true });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await board.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Trouble {
  readonly users: readonly string[];
  readonly estimator?: string;
  readonly feedback?: 'powers' | 'estimate';
  readonly maxAttempts?: number;
  /** How long the campaign waits for powers that never come; a receipt must have come by then, however busy the machine. */
  readonly powerTimeoutS?: number;
  /** Called when the bridge is there and nothing has been measured. */
  readonly before?: (bridge: UeBridge) => Promise<unknown>;
  /** Called when this user was found or given up. */
  readonly after?: Readonly<Record<string, (bridge: UeBridge) => void>>;
}

/** Runs a campaign with TD-PS; tells why each user was not found, null where it was. */
async function failuresOf(trouble: Trouble) {
  const { users, estimator = 'on-grid', feedback = 'powers', maxAttempts = 4 } = trouble;
  const { powerTimeoutS = PATIENCE_S } = trouble;
  const text = `
array: { elements: 16, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: ${NUM_SUBCARRIERS}, sector: { angle: 60 deg, distance: [0.3 m, 1 m] } }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us, turnaround: 50 ms, maxAttempts: ${maxAttempts} }
scheme: { name: tdps, pilots: 2, estimator: ${estimator} }
users: [${users.map((id) => `{ id: ${id} }`)}]
bridge: { ueTimeout: ${PATIENCE_S} s, powerTimeout: ${powerTimeoutS} s, feedback: ${feedback} }
`;
  let bridge: UeBridge;
  const out = path.join(folder, 'run');
  const { users: outcomes } = await startRun(parseScenario(text, 'trouble.yaml', emulatedSection), out, {
    openTestbed: async (request) => {
      const testbed = await openTestbed(request);
      bridge = testbed.bridge;
      await trouble.before?.(bridge);
      return testbed;
    },
    realtime: false,
    signal: new AbortController().signal,
    progress: {
      warning: () => {},
      waiting: () => {},
      batch: () => {},
      finished: ({ ue }) => trouble.after?.[ue]?.(bridge),
    },
  });
  return Object.fromEntries(outcomes.map(({ ue, failure }) => [ue, failure?.code ?? null]));
}

/** A UE that behaves, in the middle of the sector; it confirms its requests after these times, the last one again and again. */
function goodUe(bridge: UeBridge, ueId: string, confirmS: readonly number[] = [0]): void {
  let asked = 0;
  const stop = radioUe({
    url: bridge.url,
    airPath: board.airPath,
    ueId,
    array,
    positionM: polarPointM(0.5, 0.2),
    subcarriers,
    listenFor: async (ue, ...of) => {
      await monotonicClock.sleep(confirmS[Math.min(asked++, confirmS.length - 1)]!);
      return ue.listenFor(...of);
    },
  });
  cleanups.push(stop);
}

interface OddUe {
  readonly numSubcarriers?: number;
  readonly localEstimates?: boolean;
  /** What its records hold, whatever is radiated. */
  readonly powers?: readonly number[];
  readonly noiseFloor?: number;
  /** Its answer to every `estimate`. */
  readonly answer?: object;
}

/** A UE called `odd` that confirms everything and makes its measurements up. */
async function oddUe(bridge: UeBridge, odd: OddUe): Promise<void> {
  const { numSubcarriers = NUM_SUBCARRIERS, localEstimates = false, noiseFloor = 1, answer } = odd;
  const powers = Float32Array.from(odd.powers ?? Array.from({ length: numSubcarriers }, (_, m) => 1 + m));
  const { ue } = await RawUe.welcomed(bridge.url, {
    ueId: 'odd',
    description: { model: 'odd', software: 'test', numSubcarriers, localEstimates },
  });
  cleanups.push(() => ue.socket.terminate());
  let sequence = 0;
  ue.socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.type === 'estimate') ue.say({ ...answer, request: message.request });
    if (message.type !== 'measure') return;
    ue.say({ type: 'measuring', request: message.request });
    for (const slot of fromRanges(message.slots)) {
      ue.socket.send(encodePowerMessage([{ sequence: ++sequence, slot, ueTimeS: slot, noiseFloor, powers }]));
    }
  });
}

it('one power per slot is none where all were asked for', async () => {
  let malformed = 0;
  const failures = await failuresOf({
    users: ['odd', 'good'],
    powerTimeoutS: 1.5,
    maxAttempts: 2,
    before: (bridge) => oddUe(bridge, { localEstimates: true, powers: [1] }),
    after: {
      odd: (bridge) => {
        goodUe(bridge, 'good');
        malformed = bridge.statistics().find(({ ueId }) => ueId === 'odd')!.malformed;
      },
    },
  });
  expect(failures).toEqual({ odd: 'UE_SILENT', good: null });
  expect(malformed).toBe(4); // two pilots, two attempts
});

it('powers by which an estimator cannot estimate end the training of their UE alone', async () => {
  const failures = await failuresOf({
    users: ['odd', 'good'],
    estimator: '{ name: auxiliary-pair, snr: 30 dB }',
    before: (bridge) => oddUe(bridge, { noiseFloor: 0 }),
    after: { odd: (bridge) => goodUe(bridge, 'good') },
  });
  expect(failures).toEqual({ odd: 'UE_ESTIMATE', good: null });
  const { events } = await happened(path.join(folder, 'run'));
  const failed = events.find(({ kind }) => kind === 'user failed')!;
  expect(failed.detail).toMatchObject({ what: expect.stringMatching(/'odd'.*without a noise floor/) });
});

it('a place where nobody can be is not taken for an estimate', async () => {
  const failures = await failuresOf({
    users: ['odd', 'good'],
    feedback: 'estimate',
    before: (bridge) =>
      oddUe(bridge, {
        localEstimates: true,
        powers: [1],
        answer: { type: 'estimated', sinAngle: 0, ringPerM: -5 },
      }),
    after: { odd: (bridge) => goodUe(bridge, 'good') },
  });
  expect(failures).toEqual({ odd: 'UE_ESTIMATE', good: null });
  expect((await decided(path.join(folder, 'run'))).estimates.map(({ ue }) => ue)).toEqual(['good']);
});

it('another number of subcarriers ends the run before a slot is spent when the UE is there', async () => {
  const run = failuresOf({
    users: ['good', 'odd'],
    before: async (bridge) => {
      await oddUe(bridge, { numSubcarriers: 8 });
      goodUe(bridge, 'good');
      await bridge.waitForUe('good', PATIENCE_S);
    },
  });
  await expect(run).rejects.toMatchObject({
    code: 'UE_MISMATCH',
    message: expect.stringMatching(/'odd'.* 8 /),
  });
  expect((await decided(path.join(folder, 'run'))).slots).toEqual([]);
});

it('another number of subcarriers ends the training of a UE that comes later', async () => {
  const failures = await failuresOf({
    users: ['first', 'odd', 'last'],
    before: async (bridge) => goodUe(bridge, 'first'),
    after: {
      first: (bridge) => void oddUe(bridge, { numSubcarriers: 8 }),
      odd: (bridge) => goodUe(bridge, 'last'),
    },
  });
  expect(failures).toEqual({ first: null, odd: 'UE_MISMATCH', last: null });
});

/** A busy machine may make attempts of its own fail; what counts is that only slots that the UE listens for are queued. */
it('a UE that confirms late and steadily costs an attempt: nothing is queued before it listens', async () => {
  const failures = await failuresOf({
    users: ['late', 'good'],
    before: async (bridge) => goodUe(bridge, 'late', [0.4]),
    after: { late: (bridge) => goodUe(bridge, 'good') },
  });
  expect(failures).toEqual({ late: null, good: null });
  const { slots, receipts, powers } = await decided(path.join(folder, 'run'));
  const ofLate = slots.filter(({ ue }) => ue === 'late').map(({ slot }) => slot);
  expect(ofLate.length).toBeGreaterThanOrEqual(4);
  const queued = receipts.map(({ slot }) => slot);
  expect(queued).not.toContain(ofLate[0]);
  expect(queued).not.toContain(ofLate[1]);
  expect(receipts.find(({ slot }) => slot === ofLate.at(-1))).toMatchObject({ status: 'latched' });
  for (const { slot } of powers) expect(queued).toContain(slot);
});

it('a UE that confirms later each time is given up alone, and the board is not blamed', async () => {
  const failures = await failuresOf({
    users: ['later', 'good'],
    maxAttempts: 3,
    before: async (bridge) => goodUe(bridge, 'later', [0.6, 2, 5]),
    after: { later: (bridge) => goodUe(bridge, 'good') },
  });
  expect(failures).toEqual({ later: 'UE_SILENT', good: null });
  const { slots, receipts } = await decided(path.join(folder, 'run'));
  const ofLater = slots.filter(({ ue }) => ue === 'later').map(({ slot }) => slot);
  expect(ofLater).toHaveLength(6);
  for (const { slot } of receipts) expect(ofLater).not.toContain(slot);
});

it('a UE that confirms at once after it was slow is still waited for until its slots have come', async () => {
  const failures = await failuresOf({
    users: ['once'],
    before: async (bridge) => goodUe(bridge, 'once', [1.5, 0]),
  });
  expect(failures).toEqual({ once: null });
  expect((await decided(path.join(folder, 'run'))).slots.length).toBeGreaterThanOrEqual(4);
});
