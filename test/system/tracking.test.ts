/** Users are tracked through serial port and WebSocket, on an emulated board. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/campaign/campaign-parts.js';
import type { OpenTestbed } from '../../src/campaign/open-testbed.js';
import { resumeRun, startRun } from '../../src/campaign/run.js';
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
bridge: { powerTimeout: 2 s }
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
});
