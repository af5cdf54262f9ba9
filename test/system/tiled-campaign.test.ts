/** A campaign on several emulated boards is that on one board of all their elements: the same decisions, receipts and powers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startRun } from '../../src/campaign/run.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

/** Those that depend on scenario and seed alone. */
const TABLES = ['codewords', 'element_settings', 'slots', 'receipts', 'powers', 'estimates', 'losses'];
const DPC = (elements: number, board: string, faults = '') => `
seed: 5
array: { elements: ${elements}, carrier: 100 GHz, rings: 3 }
board: { port: emulated, ${board} emulated: { impairments: { phaseError: 10 deg, deadElements: [3, 40] }${faults} } }
slots: { duration: 1 ms, turnaround: 2 ms, maxAttempts: 20 }
scheme: dpc
channel: { snr: 30 dB, scatterers: 0 }
users: [{ id: ada, position: [${elements / 24} m, ${elements / 140} m] }]
`;
const TDPS = (board: string) => `
seed: 7
array: { elements: 256, carrier: 30 GHz, rings: 6, bandwidth: 5 GHz, subcarriers: 384, sector: { angle: 60 deg, distance: [10 m, 40 m] } }
board: { port: emulated, ${board} emulated: { phaseBits: 6, delayBits: 16, delayLsb: 4 ps } }
slots: { duration: 1 ms, turnaround: 2 ms }
scheme: { name: tdps, pilots: 4 }
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ada, position: [21 m, 3.5 m] }]
`;
const INTERLEAVED = `tiles: [{ elements: [${odd(256)}] }, { elements: [${odd(256).map((n) => n + 1)}], reversed: true }],`;

function odd(numElements: number): number[] {
  return Array.from({ length: numElements / 2 }, (_, k) => 2 * k + 1);
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function runOf(text: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-tiled-'));
  folders.push(folder);
  const out = path.join(folder, 'run');
  const outcome = await startRun(parseScenario(text, 'tiled.yaml', emulatedSection), out, {
    openTestbed,
    realtime: false,
  });
  const recording = await Recording.open(out, 'read');
  try {
    const tables: Record<string, unknown> = {};
    for (const table of TABLES) tables[table] = await recording.query(`SELECT * FROM ${table} ORDER BY ALL`);
    const events = await recording.query('SELECT kind, detail FROM events ORDER BY wall_time');
    return { outcome, tables, events: events.map(({ kind, detail }) => `${kind} ${detail}`) };
  } finally {
    await recording.close();
  }
}

describe('a campaign on several boards', () => {
  it.each([
    ['the DPC on eight boards of 64 elements', DPC(512, ''), DPC(512, 'tiles: 8,')],
    ['TD-PS on two interleaved boards, one built in the other way round', TDPS(''), TDPS(INTERLEAVED)],
  ])('is that on one: %s', async (_what, one, several) => {
    const wanted = await runOf(one);
    const found = await runOf(several);
    expect((wanted.tables.receipts as unknown[]).length).toBeGreaterThan(3);
    expect(found.tables).toEqual(wanted.tables);
  });

  it('goes on after one of them restarted and another was unplugged, and names them', async () => {
    const faults =
      ', tiles: { 2: { faults: { events: [{ atSlot: 20, action: reset }] } }, 3: { faults: { events: [{ atBytes: 1500, action: unplug, for: 300 ms }] } } }';
    const wanted = await runOf(DPC(64, ''));
    const found = await runOf(DPC(64, 'tiles: 4,', faults));
    const decided = ({ tables }: typeof wanted) =>
      (tables.estimates as { ue: string; codeword_key: string }[]).map(({ ue, codeword_key }) => [
        ue,
        codeword_key,
      ]);
    expect(decided(found)).toEqual(decided(wanted));
    expect(found.events.some((event) => event.startsWith('board reset'))).toBe(true);
    expect(found.events.some((event) => /^link down .*emulated board 3: /.test(event))).toBe(true);
  });
});
