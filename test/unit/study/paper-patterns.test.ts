/** Patterns against formulas that they do not use themselves. */
import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import type { LineFigure } from '../../../src/study/common/result.js';
import { isInDivergingRegion } from '../../../src/study/pattern/diverging.js';
import { runStudy } from '../../../src/study/run-study.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { studyThreads } from '../../../src/study/study-threads.js';

const run = (text: string) =>
  runStudy(parseSettings(`title: t\n${text}`, studySchema, 'f'), {
    executor: studyThreads(1),
    traced: false,
  });
const seriesOf = (figure: unknown, name: string) =>
  (figure as LineFigure).series.find((series) => series.name === name)!.points;

/** Integrals of cos t^2 and sin t^2 from 0 to x by their power series, |x| up to 3. */
function fresnel(x: number): { c: number; s: number } {
  let [c, s, term] = [0, 0, x];
  for (let n = 0; n < 60; n++) {
    // term = x^(2n+1) / n!
    const sign = n % 4 < 2 ? 1 : -1;
    if (n % 2 === 0) c += (sign * term) / (2 * n + 1);
    else s += (sign * term) / (2 * n + 1);
    term *= (x * x) / (n + 1);
  }
  return { c, s };
}

describe('lemma', () => {
  const numElements = 256;
  const array = new LinearArray({ numElements, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
  const { apertureM, wavelengthM, spacingM } = array;
  const lemma = (distance: string, angle: string) =>
    run(
      `kind: pattern\npattern: lemma\narray: {elements: 256, speedOfLight: 3e8}\nplaces: [{distance: ${distance}, angle: ${angle}}]`,
    );
  const gamma = (Math.PI / wavelengthM) * (2 / 20) * 0.25;

  it("has the amplitude of the Fresnel integrals of the paper's eq. 8", async () => {
    const { rows, figures } = await lemma('20 m', '60 deg');
    expect(rows[0]!.argument).toBeCloseTo(0.98, 2);
    expect(rows[0]!.plateau).toBeCloseTo(Math.sqrt(Math.PI / gamma) / (numElements * spacingM), 12);
    const points = seriesOf(figures[0], 'Integral');
    expect(points).toHaveLength(201);
    const expected = points.map(({ x }) => {
      const [high, low] = [1, -1].map((side) => fresnel(Math.sqrt(gamma) * ((side * apertureM) / 2 - x)));
      return Math.hypot(high!.c - low!.c, high!.s - low!.s) / (Math.sqrt(gamma) * numElements * spacingM);
    });
    points.forEach(({ y }, k) => {
      expect(y).toBeCloseTo(expected[k]!, 9);
    });
    const meanOf = (holds: (x: number) => boolean) => {
      const chosen = expected.filter((_, k) => holds(Math.abs(points[k]!.x)));
      return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
    };
    const plateau = Number(rows[0]!.plateau);
    expect(rows[0]!.insideOverPlateau).toBeCloseTo(meanOf((x) => x <= apertureM / 2) / plateau, 9);
    expect(rows[0]!.outsideOverPlateau).toBeCloseTo(meanOf((x) => x > apertureM / 2) / plateau, 9);
  });

  it('has the error that the Euler-Maclaurin formula gives', async () => {
    const { rows, figures } = await lemma('20 m', '60 deg');
    const points = seriesOf(figures[0], 'Error of the integral');
    const ends = [-1, 1].map((side) => (side * apertureM) / 2);
    const formula = points.map(({ x }) => {
      // Half the first and last term, and a twelfth of the difference of their slopes over n.
      const partOf = (f: (z: number) => number, slope: (z: number) => number) => {
        const [first, last] = ends.map((end) => gamma * (end - x) ** 2);
        const [rateFirst, rateLast] = ends.map((end) => 2 * gamma * (end - x) * spacingM);
        return (f(first!) + f(last!)) / 2 + (slope(last!) * rateLast! - slope(first!) * rateFirst!) / 12;
      };
      const re = partOf(Math.cos, (z) => -Math.sin(z));
      const im = partOf(Math.sin, Math.cos);
      return Math.max(Math.abs(re), Math.abs(im)) / numElements;
    });
    points.forEach(({ y }, k) => {
      expect(y).toBeCloseTo(formula[k]!, 7);
    });
    expect(rows[0]!.largestError).toBeCloseTo(Math.max(...formula), 7);
  });
});

describe('cumulative', () => {
  it('adds the elements one by one, and counts where the line crosses from 1', async () => {
    const { rows, figures } = await run(
      'kind: pattern\npattern: cumulative\narray: {elements: 64, speedOfLight: 3e8}\nvirtualFocalPoint: [-0.5, 0]\nusers: {ahead: [4, 0], aside: [1, 3]}',
    );
    const array = new LinearArray({ numElements: 64, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
    const d = array.apertureM;
    const terms = Array.from(array.elementYM, (y) => {
      const turns = (Math.hypot(0.5 * d, y) + Math.hypot(4 * d, y)) / array.wavelengthM;
      return [Math.cos(2 * Math.PI * turns), -Math.sin(2 * Math.PI * turns)] as const;
    });
    const amplitude = (n: number) =>
      Math.hypot(...[0, 1].map((part) => terms.slice(0, n).reduce((sum, term) => sum + term[part]!, 0)));
    const points = seriesOf(figures[0], 'ahead');
    for (const n of [1, 20, 64]) expect(points[n - 1]!.y).toBeCloseTo(amplitude(n) / 64, 10);
    expect(rows[0]).toMatchObject({ user: 'ahead', crossingIndex: 32.5 });
    expect(rows[0]!.amplitude).toBeCloseTo(amplitude(64) / 64, 10);
    expect(Math.abs(Number(rows[0]!.steepestIndex) - 32.5)).toBeLessThan(5);
    // From (-0.5, 0) to (1, 3) the line crosses at y = 1, half an aperture beyond the end.
    expect(rows[1]!.crossingIndex).toBeCloseTo(32.5 + 63, 9);
  });
});

describe('regions', () => {
  const regions = (text: string) =>
    run(`kind: pattern\npattern: regions\narray: {elements: 64, speedOfLight: 3e8}\n${text}`);

  it('reach beyond a ring as far as points of a fine grid do', async () => {
    const { rows } = await regions('level: 6\nsectors: [41]\nrings: [1, 4]');
    const array = new LinearArray({ numElements: 64, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
    for (const row of rows) {
      const k = Number(row.k);
      expect(row.ringDistanceM).toBeCloseTo([3.024, 1.008, 0.6048, 0.432][k - 1]!, 12);
      const focalM = [
        Number(row.focalXInD) * array.apertureM,
        Number(row.focalYInD) * array.apertureM,
      ] as const;
      // Angles in steps of a thousandth of one of the codebook's, along the ring itself.
      const sines = Array.from({ length: 24_000 }, (_, i) => (2 * (41 - 12 + i / 1000) - 65) / 64);
      const inside = sines.filter((sine) => {
        const r = Number(row.ringDistanceM) * (1 - sine ** 2);
        return isInDivergingRegion(array, focalM, [r * Math.sqrt(1 - sine ** 2), r * sine]);
      });
      const reach = [inside[0]!, inside.at(-1)!].map((sine) => (sine * 64 + 65) / 2 - 41);
      expect(row.strayAngles).toBeCloseTo(Math.max(-reach[0]! - k, reach[1]! - k), 2);
    }
  });

  it('leave out the sectors that range reduction empties, and shift focal points away from the array', async () => {
    const { rows, figures } = await regions('level: 4\nrangeReduction: [false, true]');
    const of = (reduced: boolean) => rows.filter(({ rangeReduction }) => rangeReduction === reduced);
    expect([of(false).length, of(true).length]).toEqual([16, 14]);
    expect(of(false).map(({ inReducedArea }) => inReducedArea)).toContain(false);
    expect(of(true).every(({ inReducedArea }) => inReducedArea)).toBe(true);
    expect(of(false)[0]).toMatchObject({ sector: 1, focalXInD: 0, focalYInD: 0.5, coveredShare: 1 });
    expect(figures).toHaveLength(2);
  });

  it('of no sector of the level are an error', async () => {
    await expect(regions('level: 2\nsectors: [5]')).rejects.toThrow('sector 5');
  });
});

describe('boundary', () => {
  it('is compared with the ring N D cos^2', async () => {
    const { rows } = await run(
      'kind: boundary\narray: {speedOfLight: 3e8}\nelements: [128]\nangles: [0 deg, 60 deg, 90 deg]',
    );
    // (N-1)/N less lambda/32 straight ahead; D sin/2 more over a quarter of the ring at 60 degrees.
    const d = 127 * 0.0015;
    expect(rows[0]!.boundaryOverRing).toBeCloseTo(127 / 128 - 0.003 / 32 / (128 * d), 9);
    expect(rows[1]!.boundaryOverRing).toBeCloseTo(
      127 / 128 + ((d * Math.sqrt(3)) / 4 - 0.003 / 32) / (128 * d * 0.25),
      9,
    );
    expect(rows[2]!.boundaryOverRing).toBeNull();
  });
});
