/** Planar arrays through the processes of emulated board and UEs, calibrated, and one row against a linear array. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replayRecording } from '../../src/campaign/replay.js';
import { startRun } from '../../src/campaign/run.js';
import { exportRecordings } from '../../src/record/export/export.js';
import { Recording } from '../../src/record/recording.js';
import { TABLE_NAMES } from '../../src/record/schema.js';
import { readRunData } from '../../src/report/run/run-data.js';
import { renderRunReport } from '../../src/report/run-report.js';
import { parseScenario, type ScenarioFile } from '../../src/scenario/scenario.js';
import { runScenarioStudy } from '../../src/study/scenario/scenario-study.js';
import { type EmulatedSection, emulatedSection, openTestbed, standInBoard } from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-planar-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const PLANAR = `
seed: 5
array: { rows: ROWS, columns: COLUMNS, carrier: 28 GHz, boresight: 30 deg, tilt: 10 deg, height: 10 m, beams: [16, 16], beamSpread: sines }
board:
  port: emulated
  calibration: table.yaml
  emulated: { phaseBits: 6, impairments: { phaseError: 40 deg } }
slots: { duration: 125 us }
scheme: { name: planar-hierarchical, candidates: 9, wideBeams: sub-array }
channel: { snr: 20 dB, ricianFactor: 20 dB, scatterers: 2, region: { distance: [15 m, 80 m], angle: [-20 deg, 80 deg], height: [1 m, 12 m] } }
users:
  - { id: ada, position: [30 m, 12 m, 1.5 m] }
  - { id: bela, motion: { kind: line, start: [20 m, 25 m, 1.5 m], velocity: [1 m/s, 0.5 m/s] } }
`;

/** What the emulated board's elements add to the phase that they are told, as a calibration table tells it. */
function tableOf(text: string): string {
  const { scenario } = parseScenario(text.replace('calibration: table.yaml', ''), 'f.yaml', emulatedSection);
  const { description, radiate } = standInBoard(scenario);
  const codes = new Uint16Array(description.numElements);
  const settings = { phaseCode: codes, delayCode: null, amplitudeCode: null, lineCode: null };
  const { re, im } = radiate(settings);
  const values = Array.from(re, (x, n) => Math.atan2(im[n]!, x));
  return JSON.stringify({ board: 'EMU-0001', phaseError: { unit: 'rad', values } });
}

function run(file: ScenarioFile<EmulatedSection>, name: string) {
  return startRun(file, path.join(root, name), { openTestbed });
}

describe('planar arrays', () => {
  it.each([
    [8, 8],
    [16, 32],
  ])(
    'of %d x %d elements are calibrated, quantised and heard, and find users by azimuth and elevation',
    async (rows, columns) => {
      const text = PLANAR.replace('ROWS', String(rows)).replace('COLUMNS', String(columns));
      const file = parseScenario(text, 'planar.yaml', emulatedSection, tableOf(text));
      const name = `${rows}x${columns}`;
      const outcome = await run(file, name);
      expect(outcome.slots.measured).toBe(outcome.slots.planned);
      for (const { estimate, trueSeen, losses } of outcome.users) {
        // A beam of the grid is 2/16 of the sine wide.
        const off = (a: number, b: number) => Math.abs(Math.sin(a) - Math.sin(b));
        expect(off(estimate!.angleRad, trueSeen!.azimuthRad)).toBeLessThan(0.2);
        expect(off(estimate!.elevationRad!, trueSeen!.elevationRad)).toBeLessThan(0.13);
        expect(estimate!.distanceM).toBeNull();
        // Without the table, 40 degrees rms cost 2 dB.
        expect(losses!.powerDb.hardware).toBeLessThan(0.05);
        expect(losses!.powerDb.quantisation).toBeLessThan(0.05);
      }

      const recording = await Recording.open(path.join(root, name), 'read');
      try {
        const [ada, bela] = await recording.rows('users');
        expect(ada).toMatchObject({ xM: 30, yM: 12, zM: 1.5 });
        expect(bela!.bestElevationRad).not.toBeNull();
        const replayed = await replayRecording(recording, file, file.scenario.scheme);
        expect(replayed.map(({ same }) => same)).toEqual([true, true]);
      } finally {
        await recording.close();
      }
      const { markup, figures } = renderRunReport(await readRunData(path.join(root, name)));
      expect(figures.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['plan-view', 'directions', 'beam-patterns']),
      );
      expect(markup).toContain(`${rows} × ${columns} elements`);
    },
  );

  it('are studied on the channel model with the decisions of a campaign', async () => {
    const text = PLANAR.replace('ROWS', '8').replace('COLUMNS', '8');
    const file = parseScenario(text, 'planar.yaml', emulatedSection, tableOf(text));
    const study = { kind: 'scenario', title: 't', scenario: 'planar.yaml' } as const;
    const { rows } = await runScenarioStudy(study, file, standInBoard(file.scenario));
    const recording = await Recording.open(path.join(root, '8x8'), 'read');
    const estimates = await recording.rows('estimates');
    await recording.close();
    // Who stands still hears the same in both; a study lets nobody move.
    expect(rows[0]).toMatchObject({ ue: 'ada', codewordKey: estimates[0]!.codewordKey });
  });

  it('of one row are linear arrays, byte for byte', async () => {
    const line = `
seed: 3
array: { elements: 16, carrier: 28 GHz, rings: 2 }
board: { port: emulated, emulated: { phaseBits: 4, impairments: { phaseError: 5 deg } } }
slots: { duration: 125 us }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 3 }
users: [{ id: ada, position: [3 m, 1 m] }]
`;
    const row = line.replace('elements: 16', 'rows: 1, columns: 16');
    for (const [name, text] of [
      ['line', line],
      ['row', row],
    ] as const) {
      await run(parseScenario(text, 'array.yaml', emulatedSection), path.join(name, 'run'));
    }
    const [one, other] = await Promise.all(
      ['line', 'row'].map((name) => Recording.open(path.join(root, name, 'run'), 'read')),
    );
    // Table run has the text of the scenario, and the other two tell of the wall clock.
    const tables = TABLE_NAMES.filter((table) => !['run', 'events', 'link_statistics'].includes(table));
    for (const table of tables)
      expect([table, await other!.rows(table)]).toEqual([table, await one!.rows(table)]);
    expect(await one!.rows('codewords')).not.toHaveLength(0);
    const files = await exportRecordings([one!], path.join(root, 'line', 'tables'), 'parquet', { tables });
    const others = await exportRecordings([other!], path.join(root, 'row', 'tables'), 'parquet', { tables });
    expect(others.map((file) => path.basename(file))).toEqual(files.map((file) => path.basename(file)));
    for (const [k, file] of files.entries())
      expect([file, readFileSync(others[k]!).equals(readFileSync(file))]).toEqual([file, true]);
    await one!.close();
    await other!.close();
  });
});
