/** Studies of kind `beam-split`, judged by gains that are summed up here. */
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/core/settings-file.js';
import { renderFigure, WIDE_PX } from '../../../src/report/drawing/chart.js';
import { COLOUR } from '../../../src/report/drawing/colour.js';
import { pointFigure } from '../../../src/report/study/point-figure.js';
import { renderStudyReport } from '../../../src/report/study-report.js';
import type { HeatFigure, PointFigure } from '../../../src/study/common/result.js';
import { runStudy } from '../../../src/study/run-study.js';
import { readStudy } from '../../../src/study/study-file.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { studyThreads } from '../../../src/study/study-threads.js';
import { axisScale, expectWellFormed, svgMarks, svgTexts, tickValue } from '../../fixtures/read-svg.js';

const options = { executor: studyThreads(1), traced: false };
const parse = (text: string) => parseSettings(text, studySchema, 'f');
const text = (more: string) =>
  `kind: beam-split
title: t
array:
  elements: 32
  carrier: 10 GHz
  bandwidth: 2 GHz
  subcarriers: 128
  speedOfLight: 3e8 m/s
  sector: {angle: 60 deg, distance: [0.5 m, 5 m]}
directions: 9
rings: 7
${more}`;
const small = (more: string) => parse(text(more));

/** |S|^2 of the strongest subcarrier of the pilots, from the derivation's eq. 2: no codeword, no delays. */
function strongestDb(
  [thetaT, alphaT, thetaP, alphaP]: readonly number[],
  numPilots: number,
  theta: number,
  alpha: number,
): number {
  const d = 0.015;
  let most = 0;
  for (let k = 0; k < numPilots; k++) {
    for (let m = 0; m < 128; m++) {
      const q = 10e9 / (10e9 + (2e9 / 128) * (m - 63.5));
      const u = (thetaT! - (2 * k) / numPilots + q * thetaP! - theta) / q;
      const v = (d * (alphaT! + q * alphaP! - alpha)) / q;
      let re = 0;
      let im = 0;
      for (let n = -15.5; n <= 15.5; n++) {
        re += Math.cos(Math.PI * (n * u - n * n * v)) / 32;
        im += Math.sin(Math.PI * (n * u - n * n * v)) / 32;
      }
      most = Math.max(most, re * re + im * im);
    }
  }
  return 10 * Math.log10(most);
}

describe('beam-split studies', () => {
  it('map the strongest subcarrier of all pilots, and count what reaches half power', async () => {
    const parameters = [-31, -4.54, 15, 5] as const;
    const result = await runStudy(
      small(`scheme: {name: tdps, delayParameters: [-31, -4.54], phaseParameters: [15, 5]}
pilots: [1, 2]
drawn: [2]`),
      options,
    );
    expect(result.rows.map(({ numPilots }) => numPilots)).toEqual([1, 2]);
    expect(result.figures.map(({ kind }) => kind)).toEqual(['points', 'heat']);
    const map = result.figures[1] as HeatFigure;
    // Middles of equal cells over the sector.
    expect(map.xs[0]).toBeCloseTo((Math.sqrt(3) / 2) * (1 / 9 - 1), 12);
    expect(map.ys[6]).toBeCloseTo(0.025 + (13 / 14) * (1 - 0.025), 12);
    for (const numPilots of [1, 2]) {
      const gains = map.ys.flatMap((alpha) =>
        map.xs.map((theta) => strongestDb(parameters, numPilots, theta, alpha)),
      );
      const row = result.rows[numPilots - 1]!;
      expect(row.coveredShare).toBe(gains.filter((db) => db >= -3.0103).length / 63);
      expect(row.leastGainDb).toBeCloseTo(Math.min(...gains), 6);
      if (numPilots === 1) continue;
      map.values.flat().forEach((db, k) => {
        expect(db).toBeCloseTo(gains[k]!, 6);
      });
    }
  });

  it('draw every visible focus where it is', async () => {
    const result = await runStudy(
      small('scheme: {name: tdps, delayParameters: [-31, -4.54], phaseParameters: [15, 5], pilots: 1}'),
      options,
    );
    const figure = result.figures[0] as PointFigure;
    const { points } = figure.groups[0]!;
    expect(points.length).toBeGreaterThan(115);
    expect(points.length / 128).toBe(result.rows[0]!.visibleShare);
    const svg = renderFigure(pointFigure(figure, 'f'), WIDE_PX, 'file');
    expectWellFormed(svg);
    const texts = svgTexts(svg);
    const words = texts.map(({ text }) => text);
    // Ticks say a direction as sine and angle, a ring as 1/m and metres at broadside.
    for (const text of ['−1', '−90°', '0.5', '30°', '∞', 'sin(angle)', 'Frequency (GHz)']) {
      expect(words).toContain(text);
    }
    const numbers = texts.flatMap(({ text, x, y }) => {
      const value = tickValue(text);
      return value === null ? [] : [{ x, y, value }];
    });
    const bottom = numbers.find(({ value, x }) => value === -1 && x < 200)!;
    const x = axisScale(
      numbers.filter((tick) => tick.y === bottom.y).map((tick) => ({ px: tick.x, value: tick.value })),
    );
    // Both ends of the colour map are told from a page of their own brightness by the edge.
    for (const { stroke } of svgMarks(svg)) expect(stroke).toBe(COLOUR.muted);
    const marks = svgMarks(svg).map((mark) => x(mark.x));
    expect(marks).toHaveLength(points.length);
    points.forEach((point, k) => {
      expect(marks[k]).toBeCloseTo(point.x, 2);
    });
    expect(renderStudyReport(result).markup.match(/<figure /g)).toHaveLength(2);
  });

  it('take rainbows too, which have no hole to fill by pilots', async () => {
    const result = await runStudy(
      small('scheme: {name: near-field-rainbow, rings: 4}\npilots: [2, 4, 6]'),
      options,
    );
    expect(result.rows.map(({ numPilots, minPilots }) => [numPilots, minPilots])).toEqual([
      [2, null],
      [4, null],
      [6, null],
    ]);
    expect(result.figures.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 6 }, (_, k) => (k % 2 === 0 ? 'points' : 'heat')),
      'lines',
    ]);
  });

  it.each([
    ['scheme: dpc', /tdps, near-field-rainbow or far-field-rainbow/],
    ['scheme: tdps\npilots: [0]', /pilots/],
    ['scheme: tdps\nair: plane', /air/],
    [
      'scheme: tdps\npilots: [1, 2]\ndrawn: [2, 3]',
      /'drawn\[2\]': is 3, which is not among the numbers of pilots: 1, 2/,
    ],
  ])('refuse %j', (more, message) => {
    expect(() => small(more)).toThrow(message);
  });

  it('refuse a band as wide as twice the carrier, and name the key', () => {
    const wide = text('scheme: tdps').replace('2 GHz', '20 GHz');
    expect(() => parse(wide)).toThrow(
      /'bandwidth': must be below twice the carrier \(f:6, array\.bandwidth\)/,
    );
  });

  it('refuse a number of pilots where there is one pilot only', async () => {
    await expect(runStudy(small('scheme: far-field-rainbow\npilots: [2]'), options)).rejects.toMatchObject({
      code: 'SCENARIO_INVALID',
      where: 'pilots',
    });
  });

  it('stop when they are told to', async () => {
    const stop = new AbortController();
    const run = runStudy(small('scheme: far-field-rainbow'), { ...options, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });
});

describe('the paper’s Fig. 6', () => {
  it('needs two pilots: one leaves holes, two cover', async () => {
    const study = readStudy('scenarios/papers/beam-split-fig6.yaml');
    expect(study.kind).toBe('beam-split');
    const result = await runStudy({ ...study, directions: 60, rings: 25 } as typeof study, options);
    expect(result.claims).toHaveLength(5);
    expect(result.claims.map(({ agrees }) => agrees)).toEqual([true, true, true, false, true]);
    // Not all of the region, that is: two pilots leave corners between half-power ellipses.
    const [one, two] = result.rows as { coveredShare: number }[];
    expect(one!.coveredShare).toBeLessThan(0.8);
    expect(two!.coveredShare).toBeGreaterThan(0.98);
  });
});
