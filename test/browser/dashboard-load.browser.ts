/**
 * A run of 8,000 slots a second and 2,048 subcarriers, watched for a while: the page keeps up, and neither its memory nor the server's
 * grows. BEAMLOOP_TEST_DASHBOARD_MINUTES=10 watches longer.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INSPECTED, InspectedProcess } from '../fixtures/inspected-process.js';
import { ownRunFolder, SyntheticRun } from '../fixtures/synthetic-run.js';
import { launchChromium } from './chromium.js';
import { DashboardCommand, openPage, screenshot } from './dashboard-page.js';

const MINUTES = Number(process.env.BEAMLOOP_TEST_DASHBOARD_MINUTES ?? 1);
const SLOTS_PER_S = 8000;
const LEAST_FRAMES_PER_S = 20;
/** Until caches and rings are full, s. */
const WARM_UP_S = 20;
/** For how long the run goes on before anybody watches it, s, and the share of its slots that it keeps when somebody does. */
const ALONE_S = 10;
const LEAST_SHARE = 0.99;
/** What is held after a collection may differ by between the first and the second half, as a share, and by what is on its way, MB. */
const MOST_GROWTH = 0.1;
const SLACK_MB = 2;
/** What the server may be resident with, MB: of it, most is what the collector was not yet pressed to give back. */
const MOST_RESIDENT_MB = 200;

let restore: () => void;
let root: string;
let browser: Browser;
let run: SyntheticRun;
let dashboard: DashboardCommand;

beforeAll(async () => {
  restore = ownRunFolder();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-dashboard-load-'));
  browser = await launchChromium();
  run = await SyntheticRun.start({ slotsPerS: SLOTS_PER_S, numSubcarriers: 2048, numElements: 256 });
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.interrupt();
  run?.kill();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
  restore?.();
});

it(
  `${SLOTS_PER_S} slots a second: at least ${LEAST_FRAMES_PER_S} frames a second, and memory that does not grow`,
  async () => {
    const aloneBefore = await run.status();
    const aloneBegan = performance.now();
    await sleep(1e3 * ALONE_S);
    const aloneAfter = await run.status();
    const alonePerS = (1e3 * (aloneAfter.slots - aloneBefore.slots)) / (performance.now() - aloneBegan);
    dashboard = await DashboardCommand.start([], root, INSPECTED);
    const server = await InspectedProcess.attach(dashboard.process);
    const { page, complaints } = await openPage(browser, dashboard.url);
    await page.waitForFunction(() =>
      /Shown\d+ frames/.test(document.querySelector('#board dl')?.textContent ?? ''),
    );
    const debug = await page.context().newCDPSession(page);
    await debug.send('HeapProfiler.enable');
    await sleep(1e3 * WARM_UP_S);
    const before = await run.status();
    const began = performance.now();

    const samples: { pageMb: number; serverMb: number; residentMb: number; drawn: number }[] = [];
    const numSamples = Math.max(12, Math.round(12 * MINUTES));
    const pauseMs = (60_000 * MINUTES) / numSamples;
    for (let k = 0; k < numSamples; k++) {
      await sleep(pauseMs);
      const shown = await page.locator('#board dl').textContent();
      samples.push({
        pageMb: await heapMb(debug),
        serverMb: await server.heldMb(),
        residentMb: residentMb(dashboard.process.pid!),
        drawn: Number(/, (\d+) drawn/.exec(shown ?? '')![1]),
      });
    }
    const after = await run.status();
    const ranS = (performance.now() - began) / 1e3;
    await screenshot(page, 'load');

    const half = (values: readonly number[], k: 0 | 1) =>
      median(values.slice((k * values.length) / 2, ((k + 1) * values.length) / 2));
    const watchedPerS = (after.slots - before.slots) / ranS;
    const told = `${JSON.stringify(samples)}; ${watchedPerS.toFixed(0)} slots/s, ${alonePerS.toFixed(0)} alone`;
    console.log(told);
    expect(median(samples.map(({ drawn }) => drawn)), told).toBeGreaterThanOrEqual(LEAST_FRAMES_PER_S);
    for (const key of ['pageMb', 'serverMb'] as const) {
      const values = samples.map((sample) => sample[key]);
      expect(half(values, 1), told).toBeLessThan((1 + MOST_GROWTH) * half(values, 0) + SLACK_MB);
    }
    expect(Math.max(...samples.map((sample) => sample.residentMb)), told).toBeLessThan(MOST_RESIDENT_MB);
    expect(alonePerS, told).toBeGreaterThan(0.95 * SLOTS_PER_S);
    // The run is where it would be if nobody watched: it makes up for no more than a tenth of a second.
    expect(watchedPerS, told).toBeGreaterThan(LEAST_SHARE * alonePerS);
    expect(after.mutes).toEqual([]);
    expect(complaints).toEqual([]);
    server.close();
    await page.close();
  },
  120_000 + 60_000 * 2 * MINUTES,
);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function heapMb(debug: CDPSession): Promise<number> {
  await debug.send('HeapProfiler.collectGarbage');
  const { usedSize } = await debug.send('Runtime.getHeapUsage');
  return Number((usedSize / 1e6).toFixed(1));
}

/** Of a process of this machine, Linux. */
function residentMb(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kilobytes) / 1e3;
}
