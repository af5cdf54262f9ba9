/** Users are tracked through serial port and WebSocket, on an emulated board. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/campaign/campaign-parts.js';
import type { OpenTestbed } from '../../src/campaign/open-testbed.js';
import { recordedScenario } from '../../src/campaign/recorded-scenario.js';
import { resumeRun, startRun } from '../../src/campaign/run.js';
import { replayTracker } from '../../src/campaign/tracking/tracking-replay.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import {
  type EmulatedSection,
  emulatedSection,
  openTestbed,
  parseRecordedScenario,
} from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-tracking-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const scenarioText = (tracking: string) => `
seed: 5
array: { elements: 64, carrier: 60 GHz, rings: 4 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 2, ricianFactor: 20 dB }
users:
  - { id: ada, position: { distance: 5 m, angle: -31 deg } }
  - { id: bela, position: { distance: 3 m, angle: 12 deg } }
tracking: { epoch: 20 ms, duration: 0.8 s, codebook: { directions: 64, rings: 4 }, ${tracking} }
`;

const silent: Progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };

interface Given {
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  readonly open?: OpenTestbed<EmulatedSection>;
}

function run(name: string, tracking: string, { signal, progress = silent, open = openTestbed }: Given = {}) {
  const file = parseScenario(scenarioText(tracking), `${name}.yaml`, emulatedSection);
  return startRun(file, path.join(root, name), {
    openTestbed: open,
    progress,
    ...(signal !== undefined && { signal }),
  });
}

const movingText = (tracking: string, ofBela: string) => `
seed: 7
array: { elements: 64, carrier: 60 GHz, rings: 4 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0 }
sensors: { position: 0.2 m, speed: 0.3 m/s, heading: 0.1 rad, rate: 50 Hz }
users:
  - { id: ada, motion: { kind: line, start: [8 m, -5 m], velocity: [0 m/s, 4 m/s] } }
  - { id: bela, motion: { kind: line, start: [9 m, 4 m], velocity: [0.5 m/s, -3 m/s] }, ${ofBela} }
tracking: { epoch: 20 ms, duration: 1.6 s, codebook: { directions: 64, rings: 4 }, ${tracking} }
`;

function runMoving(name: string, tracking: string, { signal, progress = silent }: Given = {}, ofBela = '') {
  const file = parseScenario(movingText(tracking, ofBela), `${name}.yaml`, emulatedSection);
  return startRun(file, path.join(root, name), {
    openTestbed,
    progress,
    ...(signal !== undefined && { signal }),
  });
}

/** With what moves. */
async function movingTables(name: string) {
  const recording = await Recording.open(path.join(root, name), 'read');
  try {
    const positions = await recording.rows('positions');
    const readings = await recording.rows('sensor_reports');
    return { ...(await tables(name)), positions, readings };
  } finally {
    await recording.close();
  }
}

/** Everything that scenario and seed decide. */
async function tables(name: string) {
  const recording = await Recording.open(path.join(root, name), 'read');
  try {
    const receipts = await recording.rows('receipts');
    return {
      epochs: await recording.rows('epochs'),
      predictions: await recording.rows('predictions'),
      slots: await recording.rows('slots'),
      powers: await recording.rows('powers'),
      estimates: await recording.rows('estimates'),
      receipts: receipts.map(({ codewordIndex: _, ...claimed }) => claimed),
    };
  } finally {
    await recording.close();
  }
}

describe('a tracking campaign', () => {
  it('starts two users by the scheme, serves them, probes, and records what it did and what it was worth', async () => {
    const outcome = await run('neighbours', 'tracker: neighbours, probing: { budget: 0.2 }');
    const { tracking } = outcome;
    expect(tracking).toMatchObject({ tracker: 'neighbours', epochs: 40 });
    expect(tracking!.meanGain).toBeGreaterThan(0.9);
    expect(tracking!.probeShare).toBeLessThanOrEqual(0.2);
    expect(tracking!.users).toMatchObject(
      ['ada', 'bela'].map((ue) => ({ ue, losses: 0, recoveries: 0, state: 'tracked' })),
    );
    expect(outcome.users.map(({ estimate }) => estimate?.codewordKey.split('/')[0])).toEqual([
      'polar',
      'polar',
    ]);
    const { epochs, predictions, slots } = await tables('neighbours');
    expect(epochs).toHaveLength(80);
    // Epochs lie 20 ms apart, each with its slots.
    for (const [k, row] of epochs.entries()) {
      expect(row.boardTimeS).toBeCloseTo(epochs[0]!.boardTimeS + Math.floor(k / 2) * 0.02, 9);
      expect(row.firstSlot - epochs[0]!.firstSlot).toBe(Math.floor(k / 2) * 160);
    }
    const last = epochs.at(-1)!;
    expect(last).toMatchObject({ ue: 'bela', epoch: 39, state: 'tracked', numServingSlots: 4 });
    expect(last.power).toBeGreaterThan(0);
    expect(last.bestKey).toMatch(/^tracking\//);
    expect(predictions.filter(({ epoch, ue }) => epoch === 39 && ue === 'bela')[0]).toMatchObject({
      rank: 1,
      probability: last.confidence,
    });
    // In the first serving slot of one user the other listens, too.
    const serving = slots.filter(({ sounding, batch }) => sounding === 'ada/serve' && batch === 39);
    expect(serving.map(({ ue, position }) => [position, ue])).toEqual([
      [0, 'ada'],
      [0, 'bela'],
      [1, 'ada'],
      [2, 'ada'],
      [3, 'ada'],
    ]);
    expect(slots.some(({ sounding }) => sounding === 'bela/probe')).toBe(true);
    expect(new Set(slots.map(({ attempt }) => attempt))).toEqual(new Set([1]));
  });

  it('gives the same recording again, also when it was cut off and goes on', async () => {
    const tracking = 'tracker: { name: hold, epochs: 12 }';
    await run('whole', tracking);
    const undisturbed = await tables('whole');
    for (const stopAfter of [0, 5, 23]) {
      const name = `cut-${stopAfter}`;
      const abort = new AbortController();
      const progress: Progress = {
        ...silent,
        epoch: (numDone) => {
          // Some way into the next epoch.
          if (numDone > stopAfter) setTimeout(() => abort.abort(new Error('cut off')), 7);
        },
      };
      await expect(run(name, tracking, { signal: abort.signal, progress })).rejects.toThrow();
      const before = await tables(name);
      expect(before.epochs.length).toBeLessThan(80);
      await resumeRun(path.join(root, name), parseRecordedScenario, { openTestbed });
      expect(await tables(name)).toEqual(undisturbed);
    }
  });

  it('is replayed: the same tracker foretells the same, another one says what was not sent', async () => {
    const recording = await Recording.open(path.join(root, 'neighbours'), 'read');
    const file = await recordedScenario(recording, parseRecordedScenario, () => {});
    const own = await replayTracker(recording, file, file.scenario.tracking!.tracker);
    expect(own.users).toMatchObject(['ada', 'bela'].map((ue) => ({ ue })));
    for (const { epochs, same, sent } of own.users) {
      expect(epochs).toBeGreaterThan(20);
      expect([same, sent]).toEqual([epochs, epochs]);
    }
    expect(own.predictions.every(({ same }) => same)).toBe(true);
    const other = await replayTracker(recording, file, { name: 'partial-codebook', codewords: 4 });
    const unsent = other.predictions.filter(({ codewordKey, sent }) => codewordKey !== null && !sent);
    expect(unsent.every(({ power }) => power === null)).toBe(true);
    await recording.close();
  });

  it('follows users that move by what their sensors say, and the same when it was cut off', async () => {
    const tracking = 'tracker: ekf-velocity';
    const outcome = await runMoving('moving', tracking);
    for (const { meanGain, epochs } of outcome.tracking!.users) {
      expect(epochs).toBeGreaterThan(40);
      expect(meanGain).toBeGreaterThan(0.6);
    }
    const undisturbed = await movingTables('moving');
    expect(undisturbed.readings.length).toBeGreaterThan(100);
    expect(new Set(undisturbed.positions.map(({ xM, yM }) => `${xM} ${yM}`)).size).toBe(160);
    const abort = new AbortController();
    const progress: Progress = {
      ...silent,
      epoch: (numDone) => {
        if (numDone > 33) setTimeout(() => abort.abort(new Error('cut off')), 7);
      },
    };
    await expect(runMoving('moving-cut', tracking, { signal: abort.signal, progress })).rejects.toThrow();
    await resumeRun(path.join(root, 'moving-cut'), parseRecordedScenario, { openTestbed });
    expect(await movingTables('moving-cut')).toEqual(undisturbed);
    const recording = await Recording.open(path.join(root, 'moving'), 'read');
    const file = await recordedScenario(recording, parseRecordedScenario, () => {});
    const replay = await replayTracker(recording, file, file.scenario.tracking!.tracker);
    expect(replay.predictions.every(({ same }) => same)).toBe(true);
    await recording.close();
  });

  it('notices a user that is blocked, and has it back; the other one loses no slot', async () => {
    const outcome = await runMoving('blocked', 'tracker: ekf-velocity', {}, 'blocked: [[0.6 s, 0.9 s]]');
    const [ada, bela] = outcome.tracking!.users;
    expect(ada).toMatchObject({ losses: 0, state: 'tracked' });
    expect(bela!.losses).toBeGreaterThanOrEqual(1);
    expect(bela!.recoveries).toBe(bela!.losses);
    expect(bela!.state).toBe('tracked');
    const { epochs } = await tables('blocked');
    const ofBela = epochs.filter(({ ue }) => ue === 'bela');
    const lost = ofBela.filter(({ state }) => state === 'lost' || state === 'given up');
    expect(lost[0]!.boardTimeS).toBeGreaterThan(0.6);
    expect(lost[0]!.boardTimeS).toBeLessThan(0.7);
    expect(ofBela.find(({ boardTimeS }) => boardTimeS > 0.7)).toMatchObject({ gain: null, bestKey: null });
    expect(
      ofBela.filter(({ boardTimeS }) => boardTimeS > 1.3).every(({ state }) => state === 'tracked'),
    ).toBe(true);
    const served = epochs.filter(({ ue, servedKey }) => ue === 'ada' && servedKey !== null);
    expect(new Set(served.map(({ numServingSlots }) => numServingSlots))).toEqual(new Set([4]));
  });
});
