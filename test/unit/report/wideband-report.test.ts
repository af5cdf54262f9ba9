import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { focalPointOf } from '../../../src/array/focal-point.js';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import type { BoardControls } from '../../../src/realisation/board-controls.js';
import { realisabilityOf } from '../../../src/realisation/realisability.js';
import { NARROW_PX, renderFigure, WIDE_PX } from '../../../src/report/drawing/chart.js';
import { COLOUR, pilotColours } from '../../../src/report/drawing/colour.js';
import { fixed } from '../../../src/report/drawing/number-format.js';
import { html } from '../../../src/report/page/html.js';
import { fociChart } from '../../../src/report/run/foci-chart.js';
import { errorHalfWidths } from '../../../src/report/run/many-users.js';
import { planView } from '../../../src/report/run/plan-view.js';
import { measuredPilots, type RunData, readRunData } from '../../../src/report/run/run-data.js';
import { spectrumChart } from '../../../src/report/run/spectrum-chart.js';
import { renderRunReport } from '../../../src/report/run-report.js';
import { splitOf } from '../../../src/training/registry.js';
import {
  axisScale,
  expectWellFormed,
  svgAxes,
  svgMarks,
  svgTexts,
  tickValue,
} from '../../fixtures/read-svg.js';
import { type FixtureRun, recordRun } from '../../fixtures/recorded-run.js';
import { givenScheme, rainbowScheme, widebandRun } from '../../fixtures/wideband-run.js';

const ARRAY = new LinearArray({ numElements: 64, carrierHz: 100e9 });
const { sector } = widebandRun.wideband;
const BAND = new Band({ ...widebandRun.wideband, carrierHz: 100e9 });

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-wideband-report-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function recorded(fixture: FixtureRun): Promise<RunData> {
  const folder = path.join(root, `run-${++folders}`);
  await recordRun(folder, { ...widebandRun, ...fixture });
  return readRunData(folder);
}

function textOf(markup: string): string {
  return markup
    .replace(/<style>.*?<\/style>/s, ' ')
    .replace(/<svg.*?<\/svg>/gs, ' ')
    .replace(/<pre>.*?<\/pre>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

/** Values over px of the plane's axes, from their ticks: both start with a column or row of plain numbers. */
function planeAxes(svg: string) {
  const numbers = svgTexts(svg).flatMap(({ text, x, y }) => {
    const value = tickValue(text);
    return value === null ? [] : [{ x, y, value }];
  });
  const bottom = numbers.find(({ value }) => value === -1)!.y;
  const across = numbers.filter(({ y }) => y === bottom).map(({ x, value }) => ({ px: x, value }));
  const up = numbers
    .filter(({ x, y }) => x < across[0]!.px && y < bottom)
    .map(({ y, value }) => ({ px: y, value }));
  expect(up.length).toBeGreaterThan(2);
  // The first of a ring's two lines of text stands above its tick.
  return { x: axisScale(across), y: axisScale(up), perPx: Math.abs(axisScale(up)(1) - axisScale(up)(0)) };
}

describe('a wideband run', () => {
  let run: RunData;
  let page: string;
  beforeAll(async () => {
    run = await recorded({});
    page = renderRunReport(run).markup;
  });

  it('foci chart: users where they are and where they were found, among the foci of the pilots', () => {
    const svg = renderFigure(fociChart(run)!, WIDE_PX, 'file');
    expectWellFormed(svg);
    const axes = planeAxes(svg);
    const marks = svgMarks(svg).map((mark) => ({ ...mark, sin: axes.x(mark.x), ring: axes.y(mark.y) }));
    const truths = marks.filter((mark) => mark.fill === 'none' && mark.stroke === COLOUR.ink);
    const founds = marks.filter((mark) => mark.fill === COLOUR.red);
    expect(truths).toHaveLength(3);
    expect(founds).toHaveLength(3);
    const lineHeight = 8 * axes.perPx;
    for (const [k, { ue, positionM }] of widebandRun.users.entries()) {
      const truth = focalPointOf(positionM);
      expect(truths[k]!.sin).toBeCloseTo(truth.sinAngle, 2);
      expect(Math.abs(truths[k]!.ring - truth.ringPerM)).toBeLessThan(lineHeight);
      const { angleRad, distanceM } = run.estimates.get(ue)!;
      expect(founds[k]!.sin).toBeCloseTo(Math.sin(angleRad), 2);
      // One below the other by what their rings differ by.
      const error = Math.cos(angleRad) ** 2 / (2 * distanceM) - truth.ringPerM;
      expect(founds[k]!.ring - truths[k]!.ring).toBeCloseTo(error, 2);
    }
    const words = svgTexts(svg).map(({ text }) => text);
    expect(words).toEqual(
      expect.arrayContaining(['alice', 'bob', 'carol', 'Pilot 1', 'Pilot 3', 'True position', 'sin(angle)']),
    );
    const [first] = splitOf(widebandRun.scheme)!.codebook(ARRAY, { band: BAND, sector }).pilots;
    const dots = marks.filter((mark) => mark.fill === COLOUR.blue);
    const visible = [...first!.foci.sinAngle].filter((_, m) => first!.foci.visible[m] === 1);
    expect(dots.length).toBeGreaterThan(0.9 * visible.length);
    for (const { sin } of dots) {
      expect(Math.min(...visible.map((sinAngle) => Math.abs(sinAngle - sin)))).toBeLessThan(0.004);
    }
  });

  it('plan: the sector of the scenario, and no rings of a codebook that the scheme does not use', async () => {
    const narrow = { maxAngleRad: Math.PI / 4, distanceM: [0.5, 3] as const };
    const other = await recorded({ wideband: { ...widebandRun.wideband, sector: narrow } });
    const names = svgTexts(renderFigure(planView(other)!, WIDE_PX, 'file')).map(({ text }) => text);
    expect(names).not.toContain('Polar rings');
    const text = textOf(renderRunReport(other).markup);
    expect(text).toContain('Grey: the sector of ±45° from 0.50\u00a0m to 3.00\u00a0m.'.replace(/\s/g, ' '));
    expect(text).not.toContain('polar rings');
  });

  it('table: units of rates, errors in half-widths of a beam', () => {
    const text = textOf(page);
    expect(text).toContain('Rates are in bit/s/Hz');
    // 0.442946 * 2 / 64 in sin(angle); 1.318322^2 lambda / L^2 in rings with L = 64 half wavelengths.
    expect(text).toContain('0.0138 in sin(angle)');
    const lengthM = 64 * ARRAY.spacingM;
    const halfRing = (1.318322 ** 2 * (ARRAY.speedOfLightMPerS / 100e9)) / lengthM ** 2;
    expect(text).toContain(`${halfRing.toPrecision(3)} 1/m`);
    for (const { ue, positionM } of widebandRun.users) {
      const truth = focalPointOf(positionM);
      const { angleRad, distanceM } = run.estimates.get(ue)!;
      const off = (Math.sin(angleRad) - truth.sinAngle) / ((0.442946 * 2) / 64);
      const ringOff = (Math.cos(angleRad) ** 2 / (2 * distanceM) - truth.ringPerM) / halfRing;
      const row = textOf(new RegExp(`<tr><td>${ue}</td>(.*?)</tr>`).exec(page)![1]!);
      expect(row).toContain(` ${fixed(off, 2)} ${fixed(ringOff, 2)} `);
    }
  });

  it('header: the scheme in a few words, the band', () => {
    const text = textOf(page);
    expect(text).toContain('TD-PS (3 pilots, matched filter 128 × 6 full search)');
    expect(text).toContain('15 GHz, 128 subcarriers');
    expect(text).not.toContain('estimated by themselves');
  });

  it('codewords: beams on a point are told with four digits, and by their hash', () => {
    const text = textOf(page);
    const serving = run.codewords.find(({ key }) => key.startsWith('serving/'))!;
    expect(text).not.toContain(serving.key);
    expect(text).toContain(serving.hash);
    const { sinAngle, ringPerM } = serving.label as { sinAngle: number; ringPerM: number };
    expect(text).toContain(`beam on sin ${fixed(sinAngle, 4)}, ring ${fixed(ringPerM, 4)} 1/m`);
  });

  it('spectra: one line per pilot, every power where it belongs', () => {
    const svg = renderFigure(spectrumChart(run, 'alice', 1)!, WIDE_PX, 'file');
    expectWellFormed(svg);
    const words = svgTexts(svg).map(({ text }) => text);
    expect(words).toEqual(expect.arrayContaining(['TD-PS pilot 1', 'TD-PS pilot 2', 'TD-PS pilot 3']));
    const curves = [
      ...svg.matchAll(
        /<path d="(M[^"]*)" fill="none" stroke="[^"]*" stroke-width="1.2" stroke-linejoin="bevel">/g,
      ),
    ].map(([, d]) =>
      [...d!.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const),
    );
    expect(curves).toHaveLength(3);
    const axes = svgAxes(svg);
    for (const [k, curve] of curves.entries()) {
      const { perSubcarrier, noiseFloor } = measuredPilots(run.slots, 'alice')[k]!.power!;
      const strongest = perSubcarrier.indexOf(Math.max(...perSubcarrier));
      const [x, y] = curve.reduce((a, b) => (b[1] < a[1] ? b : a));
      expect(axes.x(x)).toBeCloseTo(BAND.frequenciesHz[strongest]! / 1e9, 1);
      const overNoise = (128 * perSubcarrier[strongest]!) / noiseFloor;
      expect(axes.y(y)).toBeCloseTo(10 * Math.log10(overNoise), 1);
    }
  });
});

it('a board that destroys the pilots: the page says so in the words of a dry run, and not by losses at the carrier alone', async () => {
  const board: BoardControls = {
    ...{ model: 'short', numElements: 64, phaseBits: 6, amplitudeBits: 0, lineBits: 0, delayLinesS: null },
    ...{ delayBits: 5, delayLsbS: 100e-12, delayRangeS: 3.1e-9 },
  };
  const pilots = splitOf(widebandRun.scheme)!.codebook(ARRAY, { band: BAND, sector }).pilots;
  const codewords = pilots.map(({ codeword }) => codeword);
  const realisability = realisabilityOf(codewords, board, 100e9, BAND.frequenciesHz);
  const { markup } = renderRunReport(await recorded({ run: { realisability } }));
  const section = /What the hardware can realise<\/h2>(.*?)<h2>/s.exec(markup)![1]!;
  expect(realisability.summary).toContain('3 pilots of 3 fall apart over the band');
  expect(realisability.summary[0]).toContain('delays in 5 bits of 100.00 ps up to 3.1 ns');
  for (const line of realisability.summary) expect(section).toContain(html`${line}`.markup);
  expect(textOf(section)).toMatch(
    /loss of gain at the carrier, where phases make up for delays that are off:/,
  );
});

it('without noise all rates are infinite, and nothing is said of their loss', async () => {
  const users = widebandRun.users.map((user) => ({ ...user, snrDb: Number.POSITIVE_INFINITY }));
  const { markup } = renderRunReport(await recorded({ users }));
  expect(markup).toContain('<td class="number">∞</td>');
  expect(markup).not.toMatch(/NaN|– %/);
});

it('given parameters are written with the digits that a person reads', async () => {
  const text = textOf(renderRunReport(await recorded({ scheme: givenScheme })).markup);
  expect(text).toContain('TD-PS (2 pilots, given parameters, matched filter 128 × 6 full search)');
  expect(text).toMatch(/delays sin 31\.73 and −6\.889\s1\/m; phases sin −30 and 7\.333\s1\/m/);
  expect(text).not.toContain('31.727');
});

it('UEs that estimate by themselves: means in a table, and the page says who kept the powers', async () => {
  const run = await recorded({ wideband: { ...widebandRun.wideband, localEstimates: true } });
  const { markup, figures } = renderRunReport(run);
  const text = textOf(markup);
  expect(text).toContain('The UEs kept the powers of single subcarriers and estimated by themselves.');
  expect(text).toContain('Estimated by the UEs themselves');
  expect(text).toContain('they sent a mean for each pilot, and where they are');
  expect(figures.map(({ id }) => id)).toContain('foci');
  expect(figures.filter(({ id }) => /^(spectrum|pilots)/.test(id))).toEqual([]);
  const { received, noiseFloor } = run.slots[0]!.power!;
  expect(text).toContain(
    `alice ${(10 * Math.log10(received / noiseFloor)).toFixed(1)}\u00a0dB`.replace('\u00a0', ' '),
  );
});

it('many pilots: foci coloured by frequency, spectra as a picture with a row per pilot', async () => {
  const run = await recorded({ scheme: rainbowScheme });
  const foci = svgTexts(renderFigure(fociChart(run)!, NARROW_PX, 'file')).map(({ text }) => text);
  expect(foci).toContain('Frequency (GHz)');
  expect(foci.filter((text) => text.startsWith('Pilot'))).toEqual([]);
  const svg = renderFigure(spectrumChart(run, 'bob', 2)!, WIDE_PX, 'file');
  expectWellFormed(svg);
  const words = svgTexts(svg).map(({ text }) => text);
  expect(words).toEqual(expect.arrayContaining(['Pilot', '1', '10', 'Power (dB over noise)']));
  expect(svg.match(/<image /g)).toHaveLength(2);
});

it('far-field rainbow: everybody is found on ring 0', async () => {
  const run = await recorded({ scheme: { name: 'far-field-rainbow', estimator: { name: 'on-grid' } } });
  const svg = renderFigure(fociChart(run)!, WIDE_PX, 'file');
  const founds = svgMarks(svg).filter((mark) => mark.fill === COLOUR.red);
  expect(founds).toHaveLength(3);
  const [y] = founds.map((mark) => mark.y);
  expect(founds.every((mark) => Math.abs(mark.y - y!) < 0.01)).toBe(true);
  const zero = svgTexts(svg).find(({ text, x }) => text === '∞' && x < 100)!;
  expect(Math.abs(zero.y - y!)).toBeLessThan(12);
  // Its text keeps clear of the ticks of the other axis.
  const left = svgTexts(svg).find(({ text }) => text === '−1')!;
  expect(left.y - zero.y).toBeGreaterThan(10);
});

it('without the truth: found positions only, and no errors', async () => {
  const run = await recorded({ withoutTruth: true });
  const svg = renderFigure(fociChart(run)!, WIDE_PX, 'file');
  expect(svgTexts(svg).map(({ text }) => text)).not.toContain('True position');
  expect(svgMarks(svg).filter((mark) => mark.fill === COLOUR.red)).toHaveLength(3);
  expect(textOf(renderRunReport(run).markup)).toContain('Direction off');
});

it('narrowband runs have no foci', async () => {
  const folder = path.join(root, 'narrow');
  await recordRun(folder, { numElements: 64, users: widebandRun.users });
  expect(fociChart(await readRunData(folder))).toBeNull();
});

describe('a run of many users', () => {
  const users = Array.from({ length: 40 }, (_, k) => ({
    ue: `station-${k + 1}`,
    positionM: polarPointM(0.4 + 0.014 * k, (-50 + 2.5 * k) * (Math.PI / 180)),
    snrDb: k === 7 ? -10 : 10,
  }));

  it('is told of by distributions and its worst users: names and rows do not grow with their number', async () => {
    const many = await recorded({ users });
    const { markup, figures } = renderRunReport(many);
    const ids = figures.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['rate-distribution', 'error-distribution']));
    expect(ids.filter((id) => id.startsWith('spectrum-'))).toHaveLength(3);
    const map = renderFigure(figures.find(({ id }) => id === 'plan-view')!, WIDE_PX, 'file');
    expectWellFormed(map);
    expect(svgTexts(map).filter(({ text }) => text.startsWith('station-'))).toEqual([]);
    const table = /Users and the rate of serving them.*?<\/table>/s.exec(markup)![0];
    const listed = [...table.matchAll(/<tr><td>(station-\d+)/g)].map(([, ue]) => ue);
    expect(listed).toHaveLength(12);
    const lossOf = (ue: string) =>
      1 - many.estimates.get(ue)!.boardRate! / many.estimates.get(ue)!.perfectRate!;
    const worst = users.map(({ ue }) => ue).sort((a, b) => lossOf(b) - lossOf(a));
    expect(listed).toEqual(worst.slice(0, 12));
    expect(markup).toContain('--csv --tables users,estimates,losses');
    expect([...markup.matchAll(/<tr>/g)].length).toBeLessThan(120);
  });

  it('a distribution rises from none to all of the users, by half at the median', async () => {
    const many = await recorded({ users });
    const svg = renderFigure(
      renderRunReport(many).figures.find(({ id }) => id === 'error-distribution')!,
      WIDE_PX,
      'file',
    );
    const axes = svgAxes(svg);
    const errors = many.users.map((user) => Math.abs(errorHalfWidths(many, user)![0])).sort((a, b) => a - b);
    const curve = [
      ...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="#0a6ebd"[^>]*stroke-linejoin="bevel">/g),
    ]
      .map(([, d]) =>
        [...d!.matchAll(/([\d.]+) ([\d.]+)/g)].map(
          ([, x, y]) => [axes.x(Number(x)), axes.y(Number(y))] as const,
        ),
      )
      .reduce((a, b) => (b.length > a.length ? b : a));
    expect(curve[0]![1]).toBeCloseTo(0, 2);
    expect(curve.at(-1)![1]).toBeCloseTo(1, 2);
    const atHalf = curve.find(([, share]) => share >= 0.499)!;
    expect(atHalf[0]).toBeCloseTo(errors[19]!, 1);
  });
});

it('a pilot has one colour among the foci and in the spectra', async () => {
  const run = await recorded({});
  const strokes = [
    ...renderFigure(spectrumChart(run, 'alice', 1)!, WIDE_PX, 'file').matchAll(
      /fill="none" stroke="([^"]*)" stroke-width="1.2" stroke-linejoin="bevel">/g,
    ),
  ].map(([, stroke]) => stroke);
  expect(strokes).toEqual(pilotColours(3));
  const foci = renderFigure(fociChart(run)!, WIDE_PX, 'file');
  for (const colour of strokes) expect(foci).toContain(`fill="${colour}" fill-opacity="0.5"`);
});
