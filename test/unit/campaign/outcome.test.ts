/** What a campaign's end says of its users, read from a recording. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { type CampaignOutcome, outcomeOf } from '../../../src/campaign/outcome.js';
import { concludeCampaign } from '../../../src/cli/campaign-output.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { Recording } from '../../../src/record/recording.js';
import { recordRun } from '../../fixtures/recorded-run.js';
import { widebandRun } from '../../fixtures/wideband-run.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-outcome-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function printed(outcome: CampaignOutcome, json: boolean): Promise<string> {
  const stdout = new PassThrough();
  const output = text(stdout);
  const { signal } = new AbortController();
  await concludeCampaign({ stdout, stderr: new PassThrough(), signal }, json, outcome, false);
  stdout.end();
  return output;
}

it('says nothing of the loss of rates that are infinite', async () => {
  const users = widebandRun.users.map((user) => ({ ...user, snrDb: Number.POSITIVE_INFINITY }));
  await recordRun(path.join(folder, 'noiseless'), { ...widebandRun, users });
  const recording = await Recording.open(path.join(folder, 'noiseless'), 'read');
  const outcome = await outcomeOf(recording);
  await recording.close();
  expect(outcome.wideband).toMatchObject({ users: 3, lossPercent: null, boardLossPercent: null });
  const page = await printed(outcome, false);
  expect(page).toMatch(/Infinity +- +\S+ dB +3\n/);
  expect(page).toContain(
    'Mean rate of 3 users: Infinity of Infinity bit/s/Hz, - lost; by the board Infinity, - lost',
  );
  expect(JSON.parse(await printed(outcome, true)).users[0].wideband).toMatchObject({
    lossPercent: null,
    boardLossPercent: null,
  });
});

it('accounts for every slot once, whatever a UE measured in slots that were missed', async () => {
  const out = path.join(folder, 'counted');
  await recordRun(out, { missedSlots: [3, 4], lateSlots: [7] });
  const recording = await Recording.open(out, 'write');
  // The UE listened, and measured noise.
  recording.append('powers', {
    slot: 3,
    ue: 'alice',
    sequence: 1e6,
    ueTimeS: 0,
    noiseFloor: 1,
    powers: Float32Array.of(1),
  });
  const outcome = await outcomeOf(recording).finally(() => recording.close());
  const { planned, measured, ...others } = outcome.slots;
  expect(others).toEqual({ late: 1, missed: 2, wrongCodeword: 0, withoutPower: 0, withoutReceipt: 0 });
  expect(measured).toBe(planned - 3);
  expect(await printed(outcome, false)).toContain(
    `${planned} slots planned: ${measured} measured, 1 late, 2 missed\n`,
  );
});

it('speaks of the link only where it was disturbed', async () => {
  const outcomes = [
    { retransmissions: 5, corruptFrames: 0, reconnects: 0 },
    { retransmissions: 5, corruptFrames: 2, reconnects: 1 },
  ].map(async (link, k) => {
    const out = path.join(folder, `link-${k}`);
    await recordRun(out, { link });
    const recording = await Recording.open(out, 'read');
    return outcomeOf(recording).finally(() => recording.close());
  });
  const [clean, disturbed] = await Promise.all(outcomes);
  expect(await printed(clean!, false)).not.toContain('retransmission');
  expect(disturbed!.link).toEqual({ retransmissions: 5, corruptFrames: 2, reconnects: 1 });
  expect(await printed(disturbed!, false)).toContain(
    'Link: 2 corrupt frames, 1 reconnect, 5 retransmissions\n',
  );
});

it('offers to resume only where that can find somebody', async () => {
  const advice = async (...codes: (string | null)[]) => {
    const out = path.join(folder, `missing-${codes.join('-')}`);
    await recordRun(out, {});
    const recording = await Recording.open(out, 'read');
    const outcome = await outcomeOf(recording).finally(() => recording.close());
    const users = codes.map((code) => ({
      ...outcome.users[0]!,
      estimate: null,
      failure: code === null ? null : { code, what: 'x' },
    }));
    const error = await printed({ ...outcome, users }, false).catch((thrown: BeamloopError) => thrown);
    return { todo: (error as BeamloopError).todo, resume: `beamloop resume ${out}` };
  };
  const same = await advice('NO_EVIDENCE', 'NO_EVIDENCE');
  expect(same.todo).toContain('measure in a new run');
  expect(same.todo).not.toContain(same.resume);
  for (const codes of [['NO_EVIDENCE', 'UE_ABSENT'], ['NO_EVIDENCE', null], ['UE_SILENT']]) {
    const { todo, resume } = await advice(...codes);
    expect(todo).toContain(resume);
  }
});

it('Ctrl-C before the report leaves no report and says how to write it', async () => {
  const out = path.join(folder, 'unreported');
  await recordRun(out, {});
  const recording = await Recording.open(out, 'read');
  const outcome = await outcomeOf(recording).finally(() => recording.close());
  const interrupt = new AbortController();
  const context = { stdout: new PassThrough(), stderr: new PassThrough(), signal: interrupt.signal };
  const concluded = concludeCampaign(context, false, outcome, true);
  interrupt.abort(new BeamloopError('INTERRUPTED', { what: 'Interrupted' }));
  await expect(concluded).rejects.toMatchObject({
    code: 'INTERRUPTED',
    todo: `Write the report with: beamloop report ${out}`,
  });
  expect(readdirSync(out).filter((name) => !name.startsWith('recording.duckdb'))).toEqual([]);
});
