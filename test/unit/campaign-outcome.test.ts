/** What a campaign's end says of its users, read from a recording. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { type CampaignOutcome, outcomeOf } from '../../src/campaign/outcome.js';
import { concludeCampaign } from '../../src/cli/campaign-output.js';
import { Recording } from '../../src/record/recording.js';
import { recordRun } from '../fixtures/recorded-run.js';
import { widebandRun } from '../fixtures/wideband-run.js';

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
  expect(page).toMatch(/Infinity +- +3\n/);
  expect(page).toContain(
    'Mean rate of 3 users: Infinity of Infinity bit/s/Hz, - lost; by the board Infinity, - lost',
  );
  expect(JSON.parse(await printed(outcome, true)).users[0].wideband).toMatchObject({
    lossPercent: null,
    boardLossPercent: null,
  });
});
