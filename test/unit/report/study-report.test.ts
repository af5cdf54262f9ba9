import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundTicks, withEnds } from '../../../src/report/drawing/axis.js';
import { renderFigure, WIDE_PX } from '../../../src/report/drawing/chart.js';
import { coloursOf } from '../../../src/report/drawing/colour.js';
import { heatFigure } from '../../../src/report/study/heat-figure.js';
import { lineFigure } from '../../../src/report/study/line-figure.js';
import { pointFigure } from '../../../src/report/study/point-figure.js';
import { renderStudyReport, writeStudyReport } from '../../../src/report/study-report.js';
import type { StudyResult } from '../../../src/study/common/result.js';
import { schemeNames } from '../../../src/training/registry.js';
import { axisScale, expectWellFormed, svgMarks, svgTexts, tickValue } from '../../fixtures/read-svg.js';
import {
  accuracyFigure,
  fixtureAccuracy,
  patternFigure,
  patternLines,
  studyResult,
} from '../../fixtures/study-result.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-study-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('where a sector begins or ends', () => {
  /** Vertical lines over the whole plot, by their place along x as the ticks have it. */
  const verticals = (svg: string) =>
    [...svg.matchAll(/<path d="M([\d.]+) [\d.]+L\1 [\d.]+"[^>]*stroke-dasharray/g)].map(([, x]) => Number(x));

  it('curves are crossed by lines', () => {
    const edges = [15, 25];
    const plain = renderFigure(lineFigure(accuracyFigure, 'f'), WIDE_PX, 'file');
    const marked = renderFigure(lineFigure({ ...accuracyFigure, edges }, 'f'), WIDE_PX, 'file');
    expect(verticals(plain)).toHaveLength(0);
    const [first, second] = verticals(marked);
    const ticks = svgTexts(marked).filter(({ text }) => text === '10' || text === '20');
    const perMetre = (ticks[1]!.x - ticks[0]!.x) / 10;
    expect(verticals(marked)).toHaveLength(2);
    expect(first! - ticks[0]!.x).toBeCloseTo(5 * perMetre, -0.5);
    expect(second! - first!).toBeCloseTo(10 * perMetre, -0.5);
  });

  it('a plane of points has a frame', () => {
    const figure = {
      kind: 'points' as const,
      title: 't',
      caption: 'c',
      x: { label: 'x', scale: 'linear' as const },
      y: { label: 'y', scale: 'linear' as const },
      xRange: [-1, 1] as const,
      yRange: [0, 1] as const,
      groups: [{ name: 'Pilot 1', points: [{ x: 0, y: 0.5, value: 1 }] }],
      valueLabel: 'v',
    };
    const dashes = (svg: string) => (svg.match(/stroke-dasharray/g) ?? []).length;
    const framed = { ...figure, frame: { x: [-0.5, 0.5] as const, y: [0.2, 0.8] as const } };
    expect(dashes(renderFigure(pointFigure(figure, 'f'), WIDE_PX, 'file'))).toBe(0);
    expect(dashes(renderFigure(pointFigure(framed, 'f'), WIDE_PX, 'file'))).toBe(1);
  });
});

describe('curves in the plane', () => {
  it('have round ticks where points do not, and no markers', () => {
    const series = [{ name: 'Sector 1', points: [-3.87298, 0.01, 3.3].map((x) => ({ x, y: x })) }];
    const figure = { ...accuracyFigure, x: { label: 'x / D', scale: 'linear' as const }, series };
    const texts = (plane: boolean) =>
      svgTexts(renderFigure(lineFigure({ ...figure, plane }, 'f'), WIDE_PX, 'file')).map(({ text }) => text);
    expect(texts(false)).toContain('0.01');
    expect(texts(true)).not.toContain('0.01');
    expect(texts(true)).toContain('2');
  });

  it('have a legend without markers too', () => {
    const series = [{ name: 'Sector 1', points: [0, 1, 2].map((x) => ({ x, y: x })) }];
    const seen = (plane: boolean) =>
      svgMarks(renderFigure(lineFigure({ ...accuracyFigure, series, plane }, 'f'), WIDE_PX, 'file')).length;
    // The legend's own stays in the drawing, but cannot be seen.
    expect(seen(false)).toBeGreaterThan(seen(true));
    const svg = renderFigure(lineFigure({ ...accuracyFigure, series, plane: true }, 'f'), WIDE_PX, 'file');
    const many = Array.from({ length: 100 }, (_, x) => ({ x, y: x }));
    const long = renderFigure(
      lineFigure({ ...accuracyFigure, series: [{ name: 'Sector 1', points: many }] }, 'f'),
      WIDE_PX,
      'file',
    );
    for (const drawing of [svg, long]) expect(drawing).toMatch(/opacity="0"/);
  });

  it('have ticks at round ends, whatever their last digit is', () => {
    expect(roundTicks(-1, -1e-17, 'linear', 5).at(-1)).toBeCloseTo(0, 12);
    expect(roundTicks(1e-17, 1, 'linear', 5)[0]).toBeCloseTo(0, 12);
  });
});

describe('the sentence about the claims', () => {
  const pageOf = (agrees: boolean[]) =>
    renderStudyReport({
      ...studyResult,
      claims: agrees.map((one) => ({ ...studyResult.claims[0]!, agrees: one })),
    });

  it('is one for one claim', () => {
    expect(pageOf([true]).markup).toContain('The paper’s claim holds here.');
    expect(pageOf([false]).markup).toContain('The paper’s claim does not hold here.');
    expect(pageOf([false, true]).markup).toContain(
      '1 of the paper’s 2 claims that can be checked holds here.',
    );
  });

  it('does not count what the study says by itself', () => {
    const [first] = studyResult.claims;
    const claims = [
      { ...first!, agrees: false },
      { ...first!, agrees: true, isOurs: true },
    ];
    expect(renderStudyReport({ ...studyResult, claims }).markup).toContain(
      'The paper’s claim does not hold here.',
    );
  });
});

describe('accuracy curves', () => {
  const svg = renderFigure(lineFigure(accuracyFigure, 'figure-1'), WIDE_PX, 'file');
  const texts = svgTexts(svg);
  const ticks = texts.flatMap(({ text, x, y }) => {
    const value = tickValue(text);
    return value === null ? [] : [{ x, y, value }];
  });
  const left = Math.min(...ticks.map(({ x }) => x));
  const spread = (accuracy: number) => 1 - (1 - accuracy) ** 0.6;
  const y = axisScale(
    ticks.filter(({ x }) => x === left).map((tick) => ({ px: tick.y, value: spread(tick.value) })),
  );

  it('name schemes by their titles, with axes and units', () => {
    const words = texts.map(({ text }) => text);
    for (const title of ['DPC hierarchical', 'Polar exhaustive', 'Ring distance (m)', 'Accuracy']) {
      expect(words).toContain(title);
    }
  });

  it('put every circle of the first scheme at its accuracy', () => {
    // Exhaustive search is the first scheme, and the first has circles.
    const [colour] = coloursOf(schemeNames());
    const marks = svgMarks(svg).filter((mark) => mark.fill === colour || mark.stroke === colour);
    expect(marks).toHaveLength(6);
    for (const [k, mark] of marks.entries()) {
      expect(y(mark.y)).toBeCloseTo(spread(fixtureAccuracy(0, 10 * (k + 1))), 2);
    }
  });

  it('have a band from the lower to the upper bound of the 95 % interval, in the colour of its scheme', () => {
    const bands = [...svg.matchAll(/<polygon points="([^"]*)" fill="([^"]*)" fill-opacity/g)];
    expect(bands.map(([, , fill]) => fill)).toEqual(coloursOf(schemeNames()));
    for (const [scheme, [, points]] of bands.entries()) {
      const ys = points!
        .split(' ')
        .map(Number)
        .filter((_, k) => k % 2 === 1);
      expect(ys).toHaveLength(12);
      const lower = y(ys[2]!);
      const upper = y(ys[9]!);
      const accuracy = fixtureAccuracy(scheme, 30);
      expect(lower).toBeCloseTo(spread(accuracy - 0.012), 2);
      expect(upper).toBeCloseTo(spread(Math.min(1, accuracy + 0.012)), 2);
    }
  });
});

describe('other figures', () => {
  it('lines: references are dashed, the rest is not', () => {
    const svg = renderFigure(lineFigure(patternLines, 'figure-2'), WIDE_PX, 'file');
    const [curve, reference] = coloursOf(patternLines.series.map(({ name }) => name));
    const stroked = (colour: string) =>
      [...svg.matchAll(/<path[^>]*>/g)].map(([p]) => p).filter((p) => p.includes(`stroke="${colour}"`));
    expect(stroked(reference!).some((p) => p.includes('stroke-dasharray'))).toBe(true);
    expect(stroked(curve!).some((p) => p.includes('stroke-dasharray'))).toBe(false);
  });

  it('lines: a variant has the colour of its series, broken; the next series has another', () => {
    const points = [
      { x: 1, y: 0.2 },
      { x: 2, y: 0.4 },
    ];
    const series = [
      { name: 'a', points },
      { name: 'a, served', variantOf: 'a', points },
      { name: 'b', points },
    ];
    const svg = renderFigure(lineFigure({ ...patternLines, series }, 'figure-3'), WIDE_PX, 'file');
    const curves = [
      ...svg.matchAll(/<path d="M[^"]*" fill="none" stroke="([^"]*)" stroke-width="\d"([^>]*)>/g),
    ]
      .map(([, colour, rest]) => [colour, rest!.includes('stroke-dasharray')] as const)
      // Legend entries look like their curves.
      .slice(0, 3);
    const [a, b] = coloursOf(['a', 'b']);
    expect(curves).toEqual([
      [a, false],
      [a, true],
      [b, false],
    ]);
  });

  it('lines: curves that lie on each other are drawn ever narrower, so that all are seen', () => {
    const line = (at: number) => [1, 2, 3].map((x) => ({ x, y: at + x / 10 }));
    const widths = (series: { name: string; points: { x: number; y: number }[] }[]) => {
      const svg = renderFigure(lineFigure({ ...patternLines, series }, 'figure-3'), WIDE_PX, 'file');
      return [...svg.matchAll(/<path d="M[^"]*" fill="none" stroke="[^"]*" stroke-width="(\d)"/g)]
        .map(([, width]) => Number(width))
        .slice(0, 3);
    };
    expect(
      widths([
        { name: 'a', points: line(0) },
        { name: 'b', points: line(0.0005) },
        { name: 'c', points: line(0) },
      ]),
    ).toEqual([6, 4, 2]);
    expect(
      widths([
        { name: 'a', points: line(0) },
        { name: 'b', points: line(0.1) },
        { name: 'c', points: line(0.2) },
      ]),
    ).toEqual([2, 2, 2]);
  });

  it('axes have their ends among their ticks', () => {
    expect(withEnds([-60, -40, 0, 40, 60], -70.52, 70.52, 'linear')).toEqual([
      -70.5, -60, -40, 0, 40, 60, 70.5,
    ]);
    expect(withEnds([10, 100], 1.9245, 104, 'log')).toEqual([1.93, 10, 104]);
  });

  it('heat maps are one small picture over the whole of the axes, with a colour bar', () => {
    const svg = renderFigure(heatFigure(patternFigure, 'figure-3'), WIDE_PX, 'file');
    expect(svg.match(/<image /g)).toHaveLength(2);
    expect(svg.length).toBeLessThan(60_000);
    const words = svgTexts(svg).map(({ text }) => text);
    expect(words).toEqual(
      expect.arrayContaining(['Gain (dB)', 'Angle (deg)', 'Distance (m)', '100', 'Intended sector']),
    );
    const highest = Math.max(
      ...patternFigure.values.flat().map((value) => value ?? Number.NEGATIVE_INFINITY),
    );
    expect(words).toContain(highest.toPrecision(3).replace('-', '−'));
  });

  it('say small numbers in full', () => {
    const small = { ...patternFigure, values: patternFigure.values.map((row) => row.map(() => 0.00012345)) };
    const svg = renderFigure(heatFigure(small, 'figure-4'), WIDE_PX, 'file');
    expect(svgTexts(svg).map(({ text }) => text)).toContain('0.000123');
  });

  it('heat maps without any value, and curves without any point, are still drawn', () => {
    const empty = { ...patternFigure, values: patternFigure.values.map((row) => row.map(() => null)) };
    expectWellFormed(renderFigure(heatFigure(empty, 'a'), WIDE_PX, 'file'));
    const none = { ...accuracyFigure, series: [{ name: 'dpc', points: [] }] };
    expectWellFormed(renderFigure(lineFigure(none, 'b'), WIDE_PX, 'file'));
  });
});

describe('study page', () => {
  it('has no paper where all that was claimed is its own', () => {
    const own = { ...studyResult.claims[0]!, isOurs: true };
    const claims = [
      { ...own, agrees: true },
      { ...own, agrees: false },
    ];
    const { markup } = renderStudyReport({ ...studyResult, claims });
    expect(markup).toContain('1 of 2 expectations holds here.');
    expect(markup).toContain('What was expected, and what came of it');
    expect(markup).not.toContain('The paper and this study');
  });

  it('has the paper’s claims beside ours, tables, settings and figures', () => {
    const { markup } = renderStudyReport(studyResult);
    expect(markup).toContain('1 of the paper’s 2 claims that can be checked holds here.');
    expect(markup).toContain('<span class="yes">holds</span>');
    expect(markup).toContain('<span class="no">does not hold</span>');
    expect(markup).toContain('After arXiv 2509.16035, Fig. 17');
    expect(markup).toMatch(
      /<td>DPC hierarchical<\/td><td class="number">78<\/td><td class="number">78<\/td>/,
    );
    expect(markup.match(/<figure /g)).toHaveLength(3);
    expect(markup).not.toContain('<script');
  });

  it('escapes what a study file says', () => {
    const hostile = '</title><script>alert(1)</script>"\'';
    const result: StudyResult = {
      ...studyResult,
      title: hostile,
      description: hostile,
      reference: hostile,
      settings: [[hostile, hostile]],
      tables: [{ title: hostile, columns: [{ title: hostile, align: 'left' }], rows: [[hostile]] }],
      figures: [
        {
          ...accuracyFigure,
          title: hostile,
          caption: hostile,
          series: [{ name: hostile, points: accuracyFigure.series[0]!.points }],
        },
      ],
      claims: [{ claim: hostile, paper: hostile, ours: hostile, agrees: null }],
    };
    const { markup } = renderStudyReport(result);
    expect(markup).not.toMatch(/<script/i);
    for (const svg of markup.match(/<svg.*?<\/svg>/gs)!) expectWellFormed(svg);
  });

  it('is written with its figures', async () => {
    const file = await writeStudyReport(studyResult, path.join(root, 'new', 'folder'));
    expect(file).toBe(path.join(root, 'new', 'folder', 'study.html'));
    expect(readFileSync(file, 'utf8')).toContain('Accuracy over ring distance');
    const figures = readdirSync(path.join(root, 'new', 'folder', 'figures')).sort();
    expect(figures).toEqual(['figure-1.svg', 'figure-2.svg', 'figure-3.svg']);
    const blocked = path.join(root, 'file');
    writeFileSync(blocked, '');
    await expect(writeStudyReport(studyResult, blocked)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});
