/**
 * Campaigns on boards that speak their own language, over a pseudo-terminal and over TCP, in real time, with answers that are lost, late
 * and garbled. Users are where 8 elements can find them: in the far field, at 20 dB. Nothing here is decided by timing: a slot
 * that this machine is late for is sent again.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordedScenario } from '../../src/campaign/recorded-scenario.js';
import { replayRecording } from '../../src/campaign/replay.js';
import { startRun } from '../../src/campaign/run.js';
import { Recording } from '../../src/record/recording.js';
import { writeReport } from '../../src/report/run-report.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { assumedBoard, emulatedSection, openTestbed, parseRecordedScenario } from '../../src/testbed.js';

const TEXT = readFileSync('scenarios/boards/text-board.yaml', 'utf8');
const BYTES = readFileSync('scenarios/boards/bytes-board.yaml', 'utf8');
/** The board answers every step, and its answers mean no more than that. */
const ANSWERING = TEXT.replace(', means: applied', '');
const SILENT = ANSWERING.replace(/answers:[\s\S]*?when: range \}\n/, '').replace(/hello:.*\n/, '');

const scenarioOf = (board: string) => `
seed: 3
array: { elements: 8, carrier: 10 GHz, rings: 2 }
board: { driver: template, file: board.yaml, port: emulated, ${board} }
slots: { duration: 60 ms, turnaround: 10 ms, maxAttempts: 40 }
scheme: exhaustive
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ada, position: { distance: 3 m, angle: 20 deg } }]
`;

/** A second one, where it is not the board's time that a test is about. */
const withBela = (text: string) =>
  text.replace('} }]', '} }, { id: bela, position: { distance: 2.5 m, angle: -37 deg } }]');

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function runOf(template: string, board: string, change = (text: string) => text) {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-own-'));
  folders.push(folder);
  const out = path.join(folder, 'run');
  const file = parseScenario(change(scenarioOf(board)), 'own.yaml', emulatedSection, undefined, undefined, {
    'board.yaml': template,
  });
  const outcome = await startRun(file, out, { openTestbed });
  const recording = await Recording.open(out, 'read');
  try {
    const receipts = await recording.rows('receipts');
    const counted = await recording.query(
      "SELECT s.ue || ' ' || s.codeword_key AS of, p.powers[1] AS power FROM slots s JOIN receipts r ON r.slot = s.slot JOIN powers p ON p.slot = s.slot AND p.ue = s.ue WHERE r.status = 'latched'",
    );
    const events = await recording.query('SELECT kind, detail FROM events ORDER BY wall_time');
    return {
      out,
      outcome,
      promised: assumedBoard(file.scenario).hostTimed!.evidence,
      statuses: new Set(receipts.map(({ status }) => status)),
      indices: new Set(receipts.map(({ codewordIndex }) => codewordIndex)),
      faults: events.filter(({ kind }) => kind === 'board fault').map(({ detail }) => String(detail)),
      counted: counted.map(({ of, power }) => ({ of: String(of), power: Number(power) })),
      texts: await recording.runValue('motionTexts'),
    };
  } finally {
    await recording.close();
  }
}

const keysOf = ({ outcome }: Awaited<ReturnType<typeof runOf>>) =>
  outcome.users.map(({ estimate, bestKey }) => [estimate?.codewordKey, bestKey]);

describe('a campaign on a board that speaks its own language', () => {
  it('finds its users over a pseudo-terminal that loses, delays and garbles answers, and calls nothing latched', async () => {
    const run = await runOf(
      ANSWERING,
      'emulated: { replies: { lost: 0.02, garbled: 0.02, late: 0.02, lateBy: 50 ms }, faults: { toHost: { drop: 0.002 } } }',
      withBela,
    );
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
    expect(run.promised).toBe('acknowledged');
    expect(run.statuses.has('acknowledged')).toBe(true);
    for (const status of run.statuses) expect(['acknowledged', 'late', 'missed']).toContain(status);
    const { evidence, slots } = run.outcome;
    expect(evidence).toEqual({ latched: 0, acknowledged: slots.measured, sent: 0 });
    const page = readFileSync(await writeReport(run.out), 'utf8');
    expect(page).toMatch(/acknowledged in time by the board, which does not say when it applied them/);
    expect(page).not.toMatch(/were latched on time|[1-9]\d* latched on time/);
    // Of the template, and not what scenarios of other boards have.
    expect(page).toMatch(/115.200 baud/);
    expect(page).not.toMatch(/3.000.000 baud/);
    // The template is in the recording: the run can be replayed anywhere.
    expect(run.texts).toEqual({ 'board.yaml': ANSWERING });
    const recording = await Recording.open(run.out, 'read');
    try {
      const file = await recordedScenario(recording, parseRecordedScenario, () => {});
      const replayed = await replayRecording(recording, file, file.scenario.scheme);
      expect(replayed.map(({ same }) => same)).toEqual([true, true]);
    } finally {
      await recording.close();
    }
  });

  it('does so over TCP, in bytes with a checksum, element by element', async () => {
    const run = await runOf(
      BYTES,
      'emulated: { at: tcp, replies: { wrongChecksum: 0.004, lost: 0.004 } }',
      (text) => text.replace('duration: 60 ms', 'duration: 150 ms'),
    );
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
    for (const status of run.statuses) expect(['acknowledged', 'late', 'missed']).toContain(status);
  });

  it('says sent of a board that never answers, and latched of one whose answer means it', async () => {
    const sent = await runOf(SILENT, 'emulated: {}');
    for (const [found, best] of keysOf(sent)) expect(found).toBe(best);
    expect(sent.promised).toBe('sent');
    for (const status of sent.statuses) expect(['sent', 'late', 'missed']).toContain(status);
    expect(sent.outcome.evidence).toEqual({ latched: 0, acknowledged: 0, sent: sent.outcome.slots.measured });
    const page = readFileSync(await writeReport(sent.out), 'utf8');
    expect(page).toMatch(/sent in time, with nothing known of what the board made of them/);
    expect(page).not.toMatch(/were latched on time|[1-9]\d* latched on time/);

    const latched = await runOf(TEXT, 'trust: latched, emulated: {}');
    for (const status of latched.statuses) expect(['latched', 'late', 'missed']).toContain(status);
    expect(latched.outcome.evidence).toBeUndefined();
  });

  it('finds its users over an iiod with two ADAR1000, whose answers mean that writes were carried out', async () => {
    const run = await runOf(TEXT, 'emulated: { impairments: { phaseError: 3 deg } }', (text) =>
      text
        .replace(
          'driver: template, file: board.yaml',
          'driver: iio-adar1000, wiring: [7, 8, 5, 6, 3, 4, 1, 2]',
        )
        .replace('scheme: exhaustive', 'scheme: dpc')
        .replace('snr: 20 dB', 'snr: 25 dB'),
    );
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
    expect(run.promised).toBe('acknowledged');
    for (const status of run.statuses) expect(['acknowledged', 'late', 'missed']).toContain(status);
  });

  it('keeps codewords in a board’s own table, and stores them again when it has lost power', async () => {
    const table = TEXT.replace(
      /write:[\s\S]*?apply: .*\n/,
      `table:
  depth: 12
  store: { send: "MEM {index} {each}", each: "{phase:deg.1}/{amplitude:rel.3}", between: " ", ok: "STORED {index}" }
  select: { send: "GO {index:03d}", means: applied }
`,
    );
    const run = await runOf(
      table,
      'trust: latched, emulated: { faults: { events: [{ atTime: 3 s, action: unplug, for: 300 ms }, { atTime: 3.1 s, action: reset }] } }',
    );
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
    for (const status of run.statuses) expect(['latched', 'late', 'missed']).toContain(status);
    // 16 codewords do not fit into 12 places at once.
    expect(new Set(run.counted.map(({ of }) => of)).size).toBe(16);
    expect(Math.max(...run.indices)).toBeLessThanOrEqual(11);
  });

  it('goes on when the board is unplugged and loses power meanwhile', async () => {
    const run = await runOf(
      TEXT,
      'emulated: { faults: { events: [{ atTime: 3 s, action: unplug, for: 400 ms }, { atTime: 3.2 s, action: reset }] } }',
    );
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
  });

  it('counts no power of a slot in which the board lost its power', async () => {
    // Without noise a codeword's power is always the same.
    const quiet = (text: string) => text.replace('snr: 20 dB', 'snr: 90 dB').replace('rings: 2', 'rings: 1');
    const wanted = powersOf(await runOf(TEXT, 'emulated: {}', quiet));
    const resets = Array.from({ length: 5 }, (_, k) => `{ atTime: ${0.5 + 0.37 * k} s, action: reset }`);
    const run = await runOf(TEXT, `emulated: { faults: { events: [${resets}] } }`, quiet);
    for (const [found, best] of keysOf(run)) expect(found).toBe(best);
    expect(run.counted.length).toBeGreaterThanOrEqual(wanted.size);
    for (const { of, power } of run.counted) {
      // Float32 and a noise of -90 dB.
      expect(Math.abs(power / wanted.get(of)! - 1), of).toBeLessThan(1e-2);
    }
  });
});

function powersOf({ counted }: Awaited<ReturnType<typeof runOf>>): Map<string, number> {
  return new Map(counted.map(({ of, power }) => [of, power]));
}
