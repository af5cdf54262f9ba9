/** Campaigns with a camera whose pictures are kept become a data set, a model is trained on it, and a campaign goes by the model. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun, startRun } from '../../src/campaign/run.js';
import { cameraFamily } from '../../src/prediction/camera/family.js';
import { cameraModelSchema } from '../../src/prediction/camera/model-file.js';
import { readSamples } from '../../src/prediction/datasets/parquet/read-dataset.js';
import { exportToDataset } from '../../src/prediction/datasets/recordings/export.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed, parseRecordedScenario } from '../../src/testbed.js';
import { drawnHere } from '../fixtures/drawn-here.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-kept-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const place = (name: string) => path.join(root, name);

const scenarioText = (fromM: number, camera: string, model = 'models/camera') => `
seed: 6
array: { elements: 16, carrier: 60 GHz }
board: { port: emulated, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: far-field-sweep
channel: { beamformedSnr: 25 dB, scatterers: 0 }
users:
  - { id: vehicle, motion: { kind: line, start: [20 m, ${fromM} m], velocity: [0 m/s, 6 m/s] } }
tracking:
  epoch: 100 ms
  duration: 2.4 s
  tracker: { name: camera, model: ${model} }
  camera: { source: emulated, rate: 10 Hz, latency: 30 ms${camera} }
  codebook: { directions: 64, rings: 0, spread: angles }
  probing: { budget: 0.5, confidence: 1, mostPerEpoch: 4, order: first }
`;

function run(name: string, fromM: number, camera = ', keep: true', model?: string) {
  const file = parseScenario(scenarioText(fromM, camera, model), `${name}.yaml`, emulatedSection);
  return startRun(file, place(name), { openTestbed });
}

async function exported(names: readonly string[], out: string) {
  const opened: { name: string; recording: Recording }[] = [];
  for (const name of names) opened.push({ name, recording: await Recording.open(place(name), 'read') });
  return exportToDataset(opened, place(out)).finally(async () => {
    for (const { recording } of opened) await recording.close();
  });
}

const NAMES = ['a', 'b', 'c'];
beforeAll(async () => {
  for (const [k, name] of NAMES.entries()) await run(name, -9 + 3 * k);
});

describe('pictures that were kept', () => {
  it('are those that were shown, and go with the epoch nearest to them', async () => {
    const recording = await Recording.open(place('a'), 'read');
    const frames = (await recording.rows('sensor_reports')).map(({ boardTimeS, report }) => ({
      ...(report as { file: string; isKept: boolean }),
      boardTimeS,
    }));
    await recording.close();
    expect(frames.length).toBeGreaterThan(20);
    expect(frames.every(({ isKept }) => isKept)).toBe(true);
    expect(
      readdirSync(place('a/frames'))
        .map((name) => path.join('frames', name))
        .sort(),
    ).toEqual(frames.map(({ file }) => file).sort());
    const manifest = await exported(NAMES, 'own');
    expect(manifest).toMatchObject({ numPasses: 3, problems: [] });
    const { image, timeS } = await readSamples(place('own'));
    const told = [...image.entries()].filter(([, file]) => file?.startsWith(place('a')));
    expect(told.length).toBeGreaterThan(18);
    for (const [row, file] of told) {
      const { boardTimeS } = frames.find((frame) => path.join(place('a'), frame.file) === file)!;
      expect(Math.abs(boardTimeS - timeS[row]!)).toBeLessThan(0.0501);
    }
  });

  it('are what a model learns from, which a campaign goes by', async () => {
    const data = { set: place('own'), validation: 0.34, test: 0.33 };
    const model = cameraModelSchema.parse({ title: 'Own', data, training: { epochs: 1, batch: 8 } });
    const trained = await cameraFamily.train(model, {
      folder: place('model'),
      resume: false,
      executor: drawnHere,
    });
    expect(trained.history).toHaveLength(1);
    const evaluation = await cameraFamily.evaluate([place('model')], {
      numExamples: 1,
      seed: 1,
      executor: drawnHere,
    });
    expect(evaluation.heading).toContain(place('own'));
    const outcome = await run('by-it', 0, '', place('model'));
    expect(outcome.tracking!.camera!.shown).toBeGreaterThan(20);
  });

  it('are missed, and it is said, where nobody kept them', async () => {
    await run('blind', 0, '');
    const manifest = await exported(['blind'], 'without');
    expect(manifest.problems.map(({ what }) => what)).toEqual([
      'the pictures of the camera were not kept (camera.keep: true keeps them)',
    ]);
    expect((await readSamples(place('without'))).image.every((each) => each === null)).toBe(true);
  });

  it('are whole after an interruption', async () => {
    const stop = new AbortController();
    const file = parseScenario(scenarioText(0, ', keep: true'), 'stopped.yaml', emulatedSection);
    const interrupted = startRun(file, place('stopped'), {
      openTestbed,
      signal: stop.signal,
      onRecording: async (recording) => {
        let count = 0;
        for await (const { table } of recording.follow(['epochs']))
          if (table === 'epochs' && ++count === 12) stop.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await resumeRun(place('stopped'), parseRecordedScenario, { openTestbed });
    const recording = await Recording.open(place('stopped'), 'read');
    const frames = await recording.rows('sensor_reports');
    await recording.close();
    expect(readdirSync(place('stopped/frames'))).toHaveLength(frames.length);
  });
});
