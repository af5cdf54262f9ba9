/** A run of another host on the dashboard's page: shown, and neither stopped nor muted from there. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';
import { ownRunFolder, SyntheticRun } from '../fixtures/synthetic-run.js';
import { launchChromium } from './chromium.js';
import { DashboardCommand, openPage } from './dashboard-page.js';

let restore: () => void;
let root: string;
let server: NatsServer;
let run: SyntheticRun;
let browser: Browser;
let dashboard: DashboardCommand;

beforeAll(async () => {
  restore = ownRunFolder();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-remote-page-'));
  mkdirSync(path.join(root, 'recordings'));
  server = await startNatsServer({ hasJetStream: false });
  // As on another host: no socket of this user's folder leads to it.
  const env = { ...process.env, BEAMLOOP_RUNTIME_DIR: path.join(root, 'runs') };
  run = await SyntheticRun.start(
    { slotsPerS: 500, numSubcarriers: 64, numElements: 32, nats: server.url },
    env,
  );
  browser = await launchChromium();
  dashboard = await DashboardCommand.start(['--nats', server.url], root);
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.interrupt();
  run?.kill();
  await server?.remove();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
  restore?.();
});

it('shows where it goes on, and says why it cannot be stopped here', async () => {
  const { page, complaints } = await openPage(browser, dashboard.url);
  await page.getByText(/synthetic, run, .*, on /).waitFor({ state: 'attached' });
  await page.getByText(/watched only, goes on/).waitFor();
  expect(await page.locator('#mute').isDisabled()).toBe(true);
  await page.locator('#stop').click();
  await page
    .locator('#notice')
    .getByText(/is only watched from here: stop or mute it there/)
    .waitFor();
  await page.keyboard.press('Escape');
  expect(await run.status()).toMatchObject({ stopped: false, mutes: [] });
  expect(complaints).toEqual([]);
  await page.close();
});
