/** `beamloop dashboard scenarios/first-light.yaml` in a real browser: every panel, stopping, steering, recordings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordRun } from '../fixtures/recorded-run.js';
import { ownRunFolder } from '../fixtures/synthetic-run.js';
import { BROWSER_LIMIT_MS, launchChromium } from './chromium.js';
import {
  DashboardCommand,
  numColours,
  numDrawnColours,
  openPage,
  screenshot,
  seriousFaults,
} from './dashboard-page.js';

/** From the click to the board's confirmation, by the board's clock, s. */
const STOPPED_WITHIN_S = 0.05;
const NUM_STOPS = 5;
const SCENARIO = path.resolve('scenarios/first-light.yaml');

let restore: () => void;
let root: string;
let browser: Browser;
let dashboard: DashboardCommand;

beforeAll(async () => {
  restore = ownRunFolder();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-dashboard-page-'));
  browser = await launchChromium();
  dashboard = await DashboardCommand.start([SCENARIO], root);
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.interrupt();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
  restore?.();
});

const textOf = (page: Page, selector: string) => page.locator(selector).first().textContent();

function until(page: Page, selector: string, pattern: RegExp): Promise<string> {
  return page
    .waitForFunction(
      ([where, source]) => {
        const text = document.querySelector(where!)?.textContent ?? '';
        return new RegExp(source!).test(text) ? text : null;
      },
      [selector, pattern.source] as const,
      { timeout: BROWSER_LIMIT_MS },
    )
    .then(async (handle) => String(await handle.jsonValue()));
}

/** What is wider than the page, or than its panel where it cannot be scrolled there. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide =
      document.documentElement.scrollWidth > innerWidth
        ? [`the page: ${document.documentElement.scrollWidth}`]
        : [];
    const panels = [...document.querySelectorAll('.panel')].filter(
      (panel) => panel.clientWidth > 0 && panel.scrollWidth > panel.clientWidth + 1,
    );
    return [...wide, ...panels.map((panel) => `#${panel.id}`)];
  });
}

describe.each([
  [1400, 'light'],
  [1400, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)('%i px, %s', (widthPx, scheme) => {
  it('fills every panel, leaves its bounds nowhere, and has no serious fault', async () => {
    const { page, complaints } = await openPage(browser, dashboard.url, widthPx, scheme);
    await until(page, '#run-state', /is over|goes on/);
    await until(page, '#users tbody', /polar\/\d+\/\d+/);
    await until(page, '#plane .caption', /strongest at|muted/);
    await until(page, '#events', /was found at/);
    await until(page, '#power .caption', /strongest/);
    await until(page, '#power-map .caption', /slot/);
    await until(page, '#slots tbody', /so far/);
    expect(await numColours(page, 'power-map')).toBeGreaterThan(5);
    expect(await numColours(page, 'slots')).toBeGreaterThan(1);
    for (const panel of ['plane', 'power', 'power-map', 'slots'])
      expect(await numDrawnColours(page, panel)).toBeGreaterThan(5);
    expect(await textOf(page, '#board dl')).toMatch(/Link(up|closed)/);
    expect(await textOf(page, '#board .caption')).toContain('512 elements in a line at 100 GHz');
    expect(await overflowing(page)).toEqual([]);
    await screenshot(page, `${widthPx}-${scheme}`);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    // The secret is not in what the browser remembers of where it was.
    expect(page.url()).not.toContain('token');
    await page.close();
  });
});

it.each(['/', '/#token=that-of-yesterday'])('says of %s that the secret is missing', async (end) => {
  const { page } = await openPage(browser, dashboard.url.replace(/\/#.*/, end));
  await until(page, '#notice', /lacks the secret/);
  expect(await page.locator('#run-choice option').count()).toBe(0);
  await page.close();
});

it('radiates what it shows while the run goes on', async () => {
  const { page } = await openPage(browser, dashboard.url);
  await until(page, '#run-state', /is over/);
  await page.click('#start');
  await until(page, '#plane .caption', /latched at .* strongest at/);
  expect(await numColours(page, 'plane')).toBeGreaterThan(10);
  await screenshot(page, 'radiating');
  await page.keyboard.press('Escape');
  await until(page, '#notice', /Stopped/);
  await page.close();
});

it('stops at a click: the board is mute within 50 ms by its own clock', async () => {
  const { page } = await openPage(browser, dashboard.url);
  const clock = boardClock(page);
  await page.reload();
  await page.evaluate(() => {
    document
      .getElementById('stop')!
      .addEventListener('click', () => document.body.setAttribute('data-clicked', String(Date.now())), {
        capture: true,
      });
  });
  const times: number[] = [];
  for (let k = 0; k < NUM_STOPS; k++) {
    await until(page, '#run-state', /is over/);
    await page.click('#start');
    await until(page, '#run-state', /goes on/);
    await until(page, '#board dl', /Outputarmed/);
    await page.click('#stop');
    const notice = await until(page, '#notice', /Stopped.*of the board/);
    const mutedAtS = Number(/at ([\d.]+) s of the board/.exec(notice)![1]);
    const clickedMs = Number(await page.getAttribute('body', 'data-clicked'));
    times.push(mutedAtS - clock.atS(clickedMs));
    await until(page, '#events', /confirmed that it is mute/);
    await until(page, '#plane .caption', /muted: nothing is radiated/);
  }
  // A machine that stands still for a moment is no fault of the board's or the page's.
  times.sort((a, b) => a - b);
  const told = times.map((s) => `${(1e3 * s).toFixed(1)} ms`).join(', ');
  console.log(`from the click until the board is mute: ${told}`);
  expect(times[Math.floor(NUM_STOPS / 2)], told).toBeLessThan(STOPPED_WITHIN_S);
  await page.close();
});

/** The board's clock, as the frames that the page is told have it. */
function boardClock(page: Page): { atS(wallTimeMs: number): number } {
  const frames: { wallTimeMs: number; boardTimeS: number }[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const { message } = JSON.parse(String(payload));
      if (message?.type === 'frame' && message.boardTimeS !== null) frames.push(message);
    }),
  );
  return {
    atS(wallTimeMs) {
      const last = frames.filter((frame) => frame.wallTimeMs <= wallTimeMs).at(-1)!;
      return last.boardTimeS + (wallTimeMs - last.wallTimeMs) / 1e3;
    },
  };
}

it('steers by a click on the plane, and by typing', async () => {
  const { page, complaints } = await openPage(browser, dashboard.url);
  await until(page, '#run-state', /is over/);
  // Without having been asked to, it steers nothing.
  await page.locator('#plane .drawn').click({ position: { x: 300, y: 150 } });
  await until(page, '#notice', /press Steer by hand first/);
  await page.click('#steering');
  await until(page, '#run-state', /click on the plane/);
  await page.locator('#plane .drawn').click({ position: { x: 400, y: 200 } });
  const notice = await until(page, '#notice', /Steered to .*latched, codeword/);
  const distanceM = Number(await page.inputValue('#steer-distance'));
  const angleDeg = Number(await page.inputValue('#steer-angle'));
  const [, place, angle] = /Steered to ([\d.]+) m, (-?[\d.]+) deg/.exec(notice)!;
  expect(Number(place)).toBeCloseTo(distanceM, 0);
  expect(Number(angle)).toBeCloseTo(angleDeg, 1);
  const peakOf = (caption: string) => {
    const [, metres, sign, degrees] = /strongest at ([\d.]+) m, (−?)([\d.]+)°/.exec(caption)!;
    return [Number(metres), (sign === '−' ? -1 : 1) * Number(degrees)] as const;
  };
  const clicked = peakOf(await until(page, '#plane .caption', /latched at .* strongest at/));
  expect(clicked[1]).toBeCloseTo(angleDeg, 0);
  expect(await numColours(page, 'plane')).toBeGreaterThan(10);
  await screenshot(page, 'steered');

  await page.fill('#steer-distance', '15');
  await page.fill('#steer-angle', '-30');
  await page.keyboard.press('Enter');
  await until(page, '#notice', /Steered to 15 m, -30 deg: latched/);
  await until(page, '#plane .caption', /strongest at .*, −(29\.[89]|30\.[012])°/);
  await page.fill('#steer-angle', 'somewhere');
  await page.keyboard.press('Enter');
  await until(page, '#notice', /is no angle/);
  await page.click('#steering');
  await until(page, '#notice', /nobody steers any more/);
  await until(page, '#plane .caption', /muted/);
  expect(complaints).toEqual([]);
  await page.close();
});

describe('recordings', () => {
  let recordings: DashboardCommand;
  const folder = () => path.join(root, 'browsed');

  beforeAll(async () => {
    await recordRun(path.join(folder(), 'first'), { title: 'First' });
    await recordRun(path.join(folder(), 'second'), { title: '<img src=x onerror=alert(1)>' });
    mkdirSync(path.join(folder(), 'foreign'));
    writeFileSync(path.join(folder(), 'notes.txt'), 'nothing of ours');
    mkdirSync(path.join(folder(), 'broken'));
    writeFileSync(path.join(folder(), 'broken', 'recording.duckdb'), 'x'.repeat(5000));
    recordings = await DashboardCommand.start([folder()], root);
  });
  afterAll(async () => {
    expect(await recordings?.interrupt()).toBe(0);
  });

  it('are listed, with what is broken and what is none of ours; a report is shown; two are compared', async () => {
    const { page, complaints } = await openPage(browser, recordings.url);
    await page.click('#show-recordings');
    await until(
      page,
      '#recordings [role=status]',
      /3 recordings in .*1 cannot be read; 2 other things in the folder are none/,
    );
    expect(await page.locator('#recordings tbody tr').count()).toBe(3);
    expect(await textOf(page, '#recordings tbody')).toContain('<img src=x');
    expect(await page.locator('#recordings tbody img').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Compare first' }).check();
    await page.getByRole('checkbox', { name: 'Compare second' }).check();
    await page.getByRole('button', { name: 'Compare these 2' }).click();
    const compared = await until(page, '#recordings .detail', /What came of it/);
    expect(compared).toContain('users found');
    await screenshot(page, 'compared');
    await page.getByRole('button', { name: 'Report of first' }).click();
    const report = page.frameLocator('#recordings iframe');
    await report.locator('h1').waitFor();
    expect(await report.locator('h1').textContent()).toContain('First');
    await screenshot(page, 'report');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

it('ends in order at Ctrl-C, and says to its page that it is gone', async () => {
  const { page } = await openPage(browser, dashboard.url);
  await until(page, '#run-state', /is over/);
  expect(await dashboard.interrupt()).toBe(0);
  await until(page, '#notice', /connection to the dashboard is lost/);
  await page.keyboard.press('Escape');
  await page.close();
});
