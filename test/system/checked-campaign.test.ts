/** Campaigns that send pilots again to check their estimates: how these are counted, and what a kill among them costs. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/record/schema.js';
import { beamloop, claimedTables, decided } from './campaign-runs.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-checked-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = path.join(folder, 'few.yaml');
// So few pilots prove nothing by themselves: every user is sent a check.
writeFileSync(
  scenario,
  `seed: 5
array: { elements: 8, carrier: 100 GHz, rings: 2 }
board: { port: emulated, baud: 3e6 }
slots: { duration: 125 us }
scheme: far-field-sweep
channel: { snr: 25 dB }
users:
  - { id: ada, position: { ring: 0.5 m, angle: -31 deg } }
  - { id: bela, position: { ring: 0.7 m, angle: 12 deg } }
`,
);

const run = path.join(folder, 'run');
const CHECK = 16;
let shown: string;
let tables: Awaited<ReturnType<typeof decided>>;

beforeAll(async () => {
  const { code, stdout, stderr } = await beamloop('run', scenario, '--out', run);
  expect(code, stderr).toBe(0);
  shown = stdout;
  tables = await decided(run);
});

const slotsOf = (ue: string) => tables.slots.filter((slot) => slot.ue === ue);
/** Of this user, those of the check. */
const checkOf = (ue: string): Row<'slots'>[] => {
  const batch = Math.max(...slotsOf(ue).map((slot) => slot.batch));
  return slotsOf(ue).filter((slot) => slot.batch === batch);
};

describe('pilots that check an estimate', () => {
  const columnOf = (text: string) =>
    [...text.matchAll(/^(?:ada|bela) .* (\d+ \+ \d+)$/gm)].map(([, pilots]) => pilots);

  it('are counted apart from those of the scheme, by run, resume, replay and report alike', async () => {
    const asked = tables.estimates[0]!.numPilots;
    const counts = { numPilots: asked, numCheckPilots: CHECK };
    for (const { ue } of tables.users) {
      expect(slotsOf(ue)).toHaveLength(asked + CHECK);
      expect(checkOf(ue)).toHaveLength(CHECK);
    }
    const pilots = `${asked} + ${CHECK}`;
    const [resumed, replayed, resumedJson, replayedJson] = await Promise.all([
      beamloop('resume', run, '--no-report'),
      beamloop('replay', run),
      beamloop('resume', run, '--no-report', '--json'),
      beamloop('replay', run, '--json'),
    ]);
    for (const text of [shown, resumed.stdout, replayed.stdout]) {
      expect(columnOf(text)).toEqual([pilots, pilots]);
      expect(text).toContain(
        'Pilots: those of the scheme + those that were sent again to check its estimate.',
      );
    }
    expect(replayed.stdout.replaceAll('\n', ' ')).toContain('a replay decides without them');
    for (const { estimate } of JSON.parse(resumedJson.stdout).users) expect(estimate).toMatchObject(counts);
    for (const user of JSON.parse(replayedJson.stdout).users)
      expect(user).toMatchObject({ ...counts, same: true });
    const report = readFileSync(path.join(run, 'report.html'), 'utf8');
    expect(report.split(`>${pilots}</td>`)).toHaveLength(3);
    expect(report).toContain('sent again to check its estimate');
  });
});

/** Takes out of a recording what a run that was killed would not have written: slots beyond `planned`, powers beyond `measured`. */
async function cut(recording: string, measured: number, planned: number): Promise<void> {
  const instance = await DuckDBInstance.create(path.join(recording, 'recording.duckdb'));
  const connection = await instance.connect();
  for (const statement of [
    `DELETE FROM slots WHERE slot > ${planned}`,
    `DELETE FROM receipts WHERE slot > ${measured}`,
    `DELETE FROM powers WHERE slot > ${measured}`,
    `DELETE FROM losses WHERE ue IN (SELECT ue FROM estimates WHERE last_slot > ${measured})`,
    `DELETE FROM estimates WHERE last_slot > ${measured}`,
    `DELETE FROM codewords WHERE key NOT IN (SELECT codeword_key FROM slots UNION SELECT codeword_key FROM estimates)`,
    `DELETE FROM element_settings WHERE hash NOT IN (SELECT hash FROM codewords)`,
    `DELETE FROM events WHERE kind = 'finished'`,
  ])
    await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

describe('a campaign that was killed while it checked an estimate', () => {
  it.each([
    ['ada', 'after the first of its pilots', 1, CHECK],
    ['bela', 'among its pilots', 7, CHECK],
    ['bela', 'when all were measured', CHECK, CHECK],
  ])('%s, %s, leaves what an undisturbed one leaves', async (ue, moment, numMeasured, numPlanned) => {
    const killed = path.join(folder, `${ue} ${moment}`);
    cpSync(run, killed, { recursive: true });
    const before = checkOf(ue)[0]!.slot - 1;
    await cut(killed, before + numMeasured, before + numPlanned);
    const left = (await decided(killed)).powers.length;
    expect(left).toBe(tables.powers.findIndex(({ slot }) => slot > before) + numMeasured);
    const { code, stderr } = await beamloop('resume', killed, '--no-report');
    expect(code, stderr).toBe(0);
    expect(await claimedTables(killed)).toEqual(await claimedTables(run));
  });
});
