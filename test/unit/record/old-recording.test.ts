/** A recording of schema version 2, of a version that took numbers without a unit. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import { recordedScenario } from '../../../src/campaign/recorded-scenario.js';
import { replayRecording } from '../../../src/campaign/replay.js';
import { Recording } from '../../../src/record/recording.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { emulatedSection } from '../../../src/testbed.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-old-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is read and replayed as its own version read it, and a warning names what that was', async () => {
  mkdirSync(path.join(folder, 'old'));
  const packed = readFileSync(new URL('../../fixtures/bare-numbers.duckdb.gz', import.meta.url));
  writeFileSync(path.join(folder, 'old', 'recording.duckdb'), gunzipSync(packed));
  const recording = await Recording.open(path.join(folder, 'old'), 'read');
  const warnings: string[] = [];
  const file = await recordedScenario(
    recording,
    (text, where, calibration, onBare) => parseScenario(text, where, emulatedSection, calibration, onBare),
    (warning) => warnings.push(warning),
  );
  expect(file.scenario).toMatchObject({
    array: { carrier: 28e9 },
    slots: { duration: 250e-6 },
    channel: { snr: 20 },
  });
  expect(file.scenario.users).toMatchObject([{ position: [3 * Math.cos(0.35), 3 * Math.sin(0.35)] }, {}]);
  expect(warnings).toHaveLength(1);
  for (const reading of [
    'array.carrier: 28000000000 read as 28000000000 Hz',
    'slots.duration: 0.00025 read as 0.00025 s',
    'channel.snr: 20 read as 20 dB',
    'users[1].position.distance: 3 read as 3 m',
    'users[1].position.angle: 0.35 read as 0.35 rad',
  ]) {
    expect(warnings[0]).toContain(reading);
  }
  const replayed = await replayRecording(recording, file, file.scenario.scheme);
  expect(replayed.map(({ ue, same }) => [ue, same])).toEqual([
    ['ada', true],
    ['bela', true],
  ]);
  const text = await recording.runValue('scenarioText');
  await recording.close();
  // Whoever starts a new run of it is asked for the units.
  expect(() => parseScenario(String(text), 'f.yaml', emulatedSection)).toThrow(/has no unit/);
});

it('with a calibration table of bare numbers likewise', () => {
  const readings: string[] = [];
  const text = 'board: A\nphaseError: [0.1, 0.2]\n';
  const table = parseCalibrationTable(text, 'c.yaml', (reading) => readings.push(reading));
  expect([...table.phaseErrorRad]).toEqual([0.1, 0.2]);
  expect(readings).toEqual(['phaseError[1]: 0.1 read as 0.1 rad', 'phaseError[2]: 0.2 read as 0.2 rad']);
  expect(() => parseCalibrationTable(text, 'c.yaml')).toThrow(/has no unit/);
});
