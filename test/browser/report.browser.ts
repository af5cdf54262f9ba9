import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Band } from '../../src/array/band.js';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import { writeReport } from '../../src/report/run-report.js';
import { writeStudyReport } from '../../src/report/study-report.js';
import { coverageMap } from '../../src/study/beam-split/beam-split-figures.js';
import { fociFigure } from '../../src/study/common/foci-figure.js';
import type { Figure as StudyFigure, StudyResult } from '../../src/study/common/result.js';
import { splitOf } from '../../src/training/registry.js';
import { recordRun } from '../fixtures/recorded-run.js';
import { studyResult } from '../fixtures/study-result.js';
import { givenScheme, rainbowScheme, splitScheme, widebandRun } from '../fixtures/wideband-run.js';
import { BROWSER_LIMIT_MS, launchChromium } from './chromium.js';

const DEG = Math.PI / 180;

let root: string;
let browser: Browser;
const files: Record<string, string> = {};

beforeAll(async () => {
  browser = await launchChromium();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-browser-'));
  const run = path.join(root, 'run');
  await recordRun(run, { title: 'First light' });
  files.run = await writeReport(run);

  const rough = path.join(root, 'rough');
  await recordRun(rough, {
    title: '</title><script>document.title = "hacked"</script><img src=x onerror="document.title = 1">',
    users: [
      { ue: '"><script>document.title = "hacked"</script>', positionM: polarPointM(20, 3 * DEG), snrDb: 20 },
      { ue: 'neighbour', positionM: polarPointM(20.4, 3.5 * DEG), snrDb: 20 },
      {
        ue: 'a-name-as-long-as-names-of-users-can-possibly-be',
        positionM: polarPointM(33, -40 * DEG),
        snrDb: 20,
      },
    ],
    missedSlots: [4, 20, 21],
    link: { retransmissions: 31, corruptFrames: 17, reconnects: 1 },
    events: [{ kind: '<b>x</b>', detail: { long: 'x'.repeat(3000), where: '/dev/ttyUSB0' } }],
    cutAfterSlots: 200,
  });
  files.rough = await writeReport(rough);
  const wide = path.join(root, 'wideband');
  await recordRun(wide, widebandRun);
  files.wideband = await writeReport(wide);
  const rainbow = path.join(root, 'rainbow');
  await recordRun(rainbow, { ...widebandRun, scheme: rainbowScheme });
  files.rainbow = await writeReport(rainbow);
  const local = path.join(root, 'local');
  await recordRun(local, {
    ...widebandRun,
    scheme: givenScheme,
    wideband: { ...widebandRun.wideband, localEstimates: true },
  });
  files.local = await writeReport(local);
  files.foci = await writeStudyReport({ ...studyResult, figures: splitFigures() }, path.join(root, 'foci'));
  files.study = await writeStudyReport(studyResult, path.join(root, 'study'));
  const figures = studyResult.figures.map((figure) => ('series' in figure ? withLongNames(figure) : figure));
  files.named = await writeStudyReport({ ...studyResult, figures } as StudyResult, path.join(root, 'named'));
});
afterAll(async () => {
  await browser?.close();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
});

/** Foci of one pilot and of three, and a map on the same axes, as studies of beams that split have them. */
function splitFigures(): StudyFigure[] {
  const array = new LinearArray({ numElements: 64, carrierHz: 100e9 });
  const { sector } = widebandRun.wideband;
  const band = new Band({ ...widebandRun.wideband, carrierHz: array.carrierHz });
  const foci = [1, 3].map((pilots) =>
    fociFigure({ sector }, splitOf(splitScheme(pilots))!.codebook(array, { band, sector })),
  );
  const sinAngles = Array.from({ length: 40 }, (_, k) => -0.85 + k / 23);
  const ringsPerM = Array.from({ length: 20 }, (_, k) => k / 14);
  const gainDb = ringsPerM.map((ring) => sinAngles.map((sinAngle) => -9 * (sinAngle - ring) ** 2));
  const codebook = splitOf(splitScheme(1))!.codebook(array, { band, sector });
  return [...foci, coverageMap(codebook, { sinAngles, ringsPerM, gainDb })];
}

/** Variants of schemes are named by their options, which takes more than the width of a phone. */
function withLongNames<T extends { readonly series: readonly { readonly name: string }[] }>(figure: T): T {
  const name = (k: number) => `Far-field hierarchical ${k} (refinementAngles=16, wideBeams=shaped)`;
  return { ...figure, series: figure.series.map((series, k) => ({ ...series, name: name(k) })) };
}

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

async function open(file: string, widthPx: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: widthPx, height: 900 }, colorScheme });
  page.setDefaultTimeout(BROWSER_LIMIT_MS);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

/** Texts of figures that leave their figure or lie on one another, as a reader would see it. */
function misplacedTexts(): string[] {
  const found: string[] = [];
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll('text')]
      .map((element) => ({ content: element.textContent ?? '', box: element.getBoundingClientRect() }))
      .filter(({ content }) => content.trim() !== '');
    const figure = svg.querySelector('title')?.textContent;
    for (const { content, box } of texts) {
      const outside =
        box.left < frame.left - 1 ||
        box.right > frame.right + 1 ||
        box.top < frame.top - 1 ||
        box.bottom > frame.bottom + 1;
      if (outside) found.push(`${figure}: '${content}' leaves the figure`);
    }
    for (const [k, a] of texts.entries()) {
      for (const b of texts.slice(k + 1)) {
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // Boxes of letters are taller than the letters.
        if (width > 1 && height > 4) found.push(`${figure}: '${a.content}' and '${b.content}' overlap`);
      }
    }
  }
  return found;
}

describe.each(['run', 'rough', 'study', 'wideband', 'rainbow', 'local', 'foci', 'named'])(
  'page %s',
  (name) => {
    it.each([1280, 360])(
      '%i px wide: nothing is cut off, overlaps or makes the page scroll sideways',
      async (widthPx) => {
        const { page, complaints, requests } = await open(files[name]!, widthPx);
        const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(scrollWidth).toBe(widthPx);
        expect(await page.evaluate(misplacedTexts)).toEqual([]);
        const smallest = await page.evaluate(() =>
          Math.min(
            ...[...document.querySelectorAll('svg text')]
              .map((text) => text.getBoundingClientRect())
              .filter(({ width, height }) => width > 0 && height > 0)
              .map(({ width, height }) => Math.max(width, height)),
          ),
        );
        expect(smallest).toBeGreaterThan(5);
        expect(complaints).toEqual([]);
        expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([
          pathToFileURL(files[name]!).href,
        ]);
        await page.close();
      },
    );

    it('every visible figure has a name and a description for those who cannot see it', async () => {
      const { page } = await open(files[name]!, 1280);
      const figures = page.getByRole('img');
      const count = await figures.count();
      expect(count).toBeGreaterThan(2);
      for (let k = 0; k < count; k++) {
        const labelled = await figures.nth(k).getAttribute('aria-labelledby');
        for (const id of labelled!.split(' ')) {
          expect((await page.locator(`#${id}`).textContent())!.length).toBeGreaterThan(10);
        }
      }
      await page.close();
    });
  },
);

it('names from a recording stay text', async () => {
  const { page } = await open(files.rough!, 1280);
  expect(await page.title()).toContain('<script>');
  expect(await page.locator('h1').textContent()).toContain('<img src=x');
  expect(await page.locator('img, script').count()).toBe(0);
  await page.close();
});

it('tells of trouble and of an unfinished run', async () => {
  const { page } = await open(files.rough!, 1280);
  const text = await page.locator('main').textContent();
  expect(text).toContain('31 retransmissions');
  expect(text).toContain('1 reconnect');
  expect(text).toContain('This run is not complete.');
  await page.close();
});

it('a wideband page shows where the pilots look and the users among them, and errors in half-widths', async () => {
  const { page } = await open(files.wideband!, 1280);
  const texts = await page.locator('#foci .wide svg text').allTextContents();
  expect(texts).toEqual(expect.arrayContaining(['alice', 'bob', 'carol', 'Pilot 1', 'sin(angle)', '∞']));
  const columns = await page.locator('table').first().locator('th').allTextContents();
  expect(columns).toEqual(expect.arrayContaining(['Direction off', 'Ring off', 'Loss']));
  expect(await page.locator('figure[id^="spectrum-"]').count()).toBe(3);
  await page.close();
});

it('says that UEs kept the powers, and draws none', async () => {
  const { page } = await open(files.local!, 1280);
  expect(await page.locator('main').textContent()).toContain('The UEs kept the powers of single subcarriers');
  expect(await page.locator('figure[id^="spectrum-"], figure[id^="pilots-"]').count()).toBe(0);
  await page.close();
});

it('follows the reader’s light or dark scheme, figures included', async () => {
  const luminances = [];
  for (const scheme of ['light', 'dark'] as const) {
    const { page } = await open(files.run!, 1280, scheme);
    luminances.push(
      await page.evaluate(() => {
        const luminance = (colour: string) =>
          (colour.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
        const axisName = [...document.querySelectorAll('.wide svg text')].find((text) =>
          text.textContent?.startsWith('Ahead of the array'),
        )!;
        return {
          ground: luminance(getComputedStyle(document.body).backgroundColor),
          text: luminance(getComputedStyle(document.body).color),
          figure: luminance(getComputedStyle(axisName).fill),
        };
      }),
    );
    await page.close();
  }
  const [light, dark] = luminances;
  expect(light!.ground).toBeGreaterThan(0.9);
  expect(dark!.ground).toBeLessThan(0.2);
  for (const { ground, text, figure } of luminances) {
    expect(Math.abs(ground - text)).toBeGreaterThan(0.6);
    expect(Math.abs(ground - figure)).toBeGreaterThan(0.6);
  }
});

it('each figure’s own file is a picture that a browser opens', async () => {
  const folder = path.join(root, 'run', 'figures');
  for (const figure of readdirSync(folder)) {
    const { page, complaints } = await open(path.join(folder, figure), 1280);
    expect(await page.evaluate(() => document.documentElement.nodeName)).toBe('svg');
    expect(await page.evaluate(() => document.querySelectorAll('parsererror').length)).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  }
});
