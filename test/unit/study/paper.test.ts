/** The paper's numbers come out, on grids small enough for a test where the full ones take long. */
import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { checkClaims } from '../../../src/study/common/claims.js';
import type { Claim } from '../../../src/study/common/file-sections.js';
import {
  AmplitudeMeter,
  boundingRegion,
  divergingCodeword,
  divergingStrengths,
  isInDivergingRegion,
  weakestInside,
} from '../../../src/study/pattern/diverging.js';
import { runStudy } from '../../../src/study/run-study.js';
import { readStudy } from '../../../src/study/study-file.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { studyThreads } from '../../../src/study/study-threads.js';

const options = { executor: studyThreads(1), traced: false };
const run = (name: string) => runStudy(readStudy(`scenarios/papers/beam-diverging-${name}.yaml`), options);

describe('tables', () => {
  it('Table I: every entry within 0.06 percentage points', async () => {
    const result = await run('table1');
    expect(result.rows).toHaveLength(21);
    for (const { difference } of result.rows) expect(difference).toBeLessThanOrEqual(0.0006);
    expect(result.claims.map(({ agrees }) => agrees)).toEqual([true, true, true]);
  });

  it('Table II: every count', async () => {
    const result = await run('table2');
    // The paper does not count shaped beams apart.
    const counted = result.rows.filter(({ paperTotalPilots }) => paperTotalPilots !== null);
    expect(counted).toHaveLength(28);
    for (const row of counted) {
      expect(row.totalPilots).toBe(row.paperTotalPilots);
      expect(row.coarsePilots).toBe(row.paperCoarsePilots);
      expect(row.refinementPilots).toBe(row.paperRefinementPilots);
      expect(row.constantEnvelope).toBe(!String(row.scheme).startsWith('far-field-hierarchical'));
    }
  });

  it('a count that is not the paper’s is told', async () => {
    const study = parseSettings(
      `kind: pilots
title: t
array: {}
elements: [64]
schemes: [dpc]
paper:
  reference: r
  pilots: [{scheme: dpc, coarse: [12], refinement: [61], total: [73]}]
  claims: [{claim: c, paper: p, column: countsOff, equals: 0, within: 0}]`,
      studySchema,
      'f',
    );
    const result = await runStudy(study, options);
    expect(result.rows[0]!.countsOff).toBe(2);
    expect(result.claims[0]!.agrees).toBe(false);
  });
});

describe('beam diverging', () => {
  const array = new LinearArray({ numElements: 64, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
  const half = array.apertureM / 2;

  it('the region of a virtual focal point opens through the aperture', () => {
    // From (-D/2, 0) the outermost elements lie at +-45 degrees.
    expect(isInDivergingRegion(array, [-half, 0], [1, 0.99])).toBe(true);
    expect(isInDivergingRegion(array, [-half, 0], [1, 1 + 2 * half])).toBe(false);
    expect(isInDivergingRegion(array, [-half, 0], [1, -0.99])).toBe(true);
  });

  it('the bounding region is the square of 2 D^2 / lambda without the Fresnel zone', () => {
    const points = boundingRegion(array, 100);
    const sideM = (2 * array.apertureM ** 2) / array.wavelengthM;
    const fresnelM = 0.62 * Math.sqrt(array.apertureM ** 3 / array.wavelengthM);
    const excluded = 1 - points.length / 1e4;
    expect(excluded).toBeCloseTo((Math.PI * fresnelM ** 2) / 2 / sideM ** 2, 2);
    for (const [x, y] of points) {
      expect(x > 0 && x < sideM && Math.abs(y) < sideM / 2).toBe(true);
      expect(Math.hypot(x, y)).toBeGreaterThan(fresnelM);
    }
  });

  it('the weakest point inside is weaker than any sample, wherever it lies', () => {
    for (const focalM of [
      [-half, 0],
      [-half, half / 2],
      [-half / 5, 0],
    ] as const) {
      const meter = new AmplitudeMeter(array);
      const codeword = divergingCodeword(array, focalM);
      const { amplitude, pointM } = weakestInside(array, focalM);
      meter.moveTo(pointM);
      expect(meter.amplitude(codeword)).toBe(amplitude);
      // The edge itself counts as inside; the walk may end on it.
      const [x, y] = pointM;
      expect(Math.abs((focalM[1] * x - y * focalM[0]) / (x - focalM[0]))).toBeLessThanOrEqual(
        half * (1 + 1e-9),
      );
      const inside = boundingRegion(array, 333).filter((uM) => isInDivergingRegion(array, focalM, uM));
      for (const uM of inside) {
        meter.moveTo(uM);
        expect(meter.amplitude(codeword)).toBeGreaterThanOrEqual(amplitude);
      }
    }
  });

  it('the walk to the weakest point takes long steps in long valleys', () => {
    const big = new LinearArray({ numElements: 256, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
    let numLooks = 0;
    class CountingMeter extends AmplitudeMeter {
      override amplitude(codeword: Parameters<AmplitudeMeter['amplitude']>[0]): number {
        numLooks++;
        return super.amplitude(codeword);
      }
    }
    const focalM = [-0.04 * big.apertureM, -0.3 * big.apertureM] as const;
    const { amplitude } = weakestInside(big, focalM, new CountingMeter(big));
    expect(amplitude).toBeCloseTo(0.0093366, 7);
    // Steps that only ever shrink took 890,000.
    expect(numLooks).toBeLessThan(200_000);
  });

  it('the degree of the worked example is 0.982, and a count over cells is anything above', () => {
    const big = new LinearArray({ numElements: 256, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
    const focalM = [-big.apertureM / 2, 0] as const;
    // An independent walk along the edge y = D/2 + x found 0.047624 at (1.795, 1.987) m.
    const { amplitude, pointM } = weakestInside(big, focalM);
    expect(amplitude).toBeCloseTo(0.047624, 6);
    expect(pointM[0]).toBeCloseTo(1.795, 3);
    expect(Math.abs(pointM[1])).toBeCloseTo(1.987, 3);
    const [coarse, fine] = [150, 500].map(
      (cells) => divergingStrengths(big, [focalM], boundingRegion(big, cells))[0]!,
    );
    expect(fine!.divergingDegree).toBeCloseTo(0.98, 2);
    expect(coarse!.divergingDegree).toBeLessThan(0.99);
    expect(fine!.sampledDegree).toBe(1);
  });

  it('the degree is near 1 half an aperture behind the array and far from it close up', () => {
    const points = boundingRegion(array, 60);
    const [far, near] = divergingStrengths(
      array,
      [
        [-half, 0],
        [-half / 8, 0],
      ],
      points,
    );
    expect(far!.divergingDegree).toBeGreaterThan(0.93);
    expect(far!.sampledDegree).toBeGreaterThan(0.98);
    expect(near!.divergingDegree).toBeLessThan(0.6);
    expect(far!.meanInside).toBeGreaterThan(3 * far!.meanOutside);
  });

  it('a mirrored focal point has the same degree', () => {
    const points = boundingRegion(array, 40);
    const [above, below] = divergingStrengths(
      array,
      [
        [-half, half / 2],
        [-half, -half / 2],
      ],
      points,
    );
    expect(above!.divergingDegree).toBeCloseTo(below!.divergingDegree, 12);
  });
});

describe('patterns', () => {
  const pattern = (text: string) =>
    runStudy(parseSettings(`kind: pattern\ntitle: t\n${text}`, studySchema, 'f'), options);

  it('draw the amplitude of one diverging codeword over the plane', async () => {
    const { rows, figures } = await pattern(
      'pattern: diverging\narray: {elements: 32}\nvirtualFocalPoint: [-0.5, 0]\ngridPoints: 60\ndrawnPoints: 20',
    );
    expect(rows[0]!.divergingDegree).toBeGreaterThan(0.8);
    expect(rows[0]!.sampledDegree).toBeGreaterThan(0.9);
    const [map] = figures;
    if (map?.kind !== 'heat') throw new Error('no map');
    expect(map.values.map((row) => row.length)).toEqual(Array(20).fill(20));
    expect(map.outlines).toHaveLength(3);
    // Straight ahead the beam is on; steeply upwards it is off.
    expect(map.values[10]![10]!).toBeGreaterThan(3 * map.values[19]![1]!);
  });

  it('draw the twin effect', async () => {
    const { rows } = await pattern(
      'pattern: twin\narray: {elements: 64}\nuser: [2 m, 0.3 m]\ndrawnPoints: 40',
    );
    expect(rows[0]!.insideOverOutside).toBeGreaterThan(3);
  });

  it('map the diverging degree, lower half mirrored', async () => {
    const { figures, rows } = await pattern(
      'pattern: diverging-degree\narray: {}\nelements: [32]\nfocalColumns: 3\nfocalRows: 5\ngridPoints: 30',
    );
    const [map] = figures;
    if (map?.kind !== 'heat') throw new Error('no map');
    expect(map.values).toHaveLength(5);
    expect(map.values[0]).toEqual(map.values[4]);
    expect(rows.map(({ focalPoints }) => focalPoints)).toContain('after range reduction');
  });

  it('judge the beams of schemes along a ring', async () => {
    const { rows, figures } = await pattern(
      `pattern: ring
array: {elements: 64, carrier: 100 GHz, speedOfLight: 3e8}
ring: 1 m
schemes: [dpc, far-field-sweep, far-field-hierarchical, near-field-hierarchical, exhaustive]
levels: 2
drawnLevel: 2
directions: 200`,
    );
    expect(rows.map(({ scheme, level }) => [scheme, level])).toEqual([
      ['dpc', 1],
      ['dpc', 2],
      ['far-field-sweep', null],
      ['far-field-hierarchical', 1],
      ['near-field-hierarchical', 1],
      ['near-field-hierarchical', 2],
    ]);
    for (const row of rows) expect(row.correctFraction).toBeGreaterThan(0.8);
    expect(figures.map(({ title }) => title)).toEqual([
      'dpc, level 2, ring 1 m',
      'far-field-sweep, ring 1 m',
      'near-field-hierarchical, level 2, ring 1 m',
    ]);
  });
});

describe('claims', () => {
  const rows = [
    { scheme: 'a', snr: 1, accuracy: 0.9, empty: null },
    { scheme: 'b', snr: 1, accuracy: 0.85, empty: null },
    { scheme: 'a', snr: 2, accuracy: 0.99, empty: null },
    { scheme: 'b', snr: 2, accuracy: 0.97, empty: null },
  ];
  const claim = (changes: Partial<Extract<Claim, { column: string }>>): Claim => ({
    claim: 'c',
    paper: 'p',
    column: 'accuracy',
    where: {},
    isOurs: false,
    relative: false,
    spread: false,
    ...changes,
  });
  const check = (changes: Parameters<typeof claim>[0]) =>
    checkClaims([claim(changes)], rows, ['scheme', 'snr'])[0]!;

  it('are decided by the worst row', () => {
    expect(check({ where: { scheme: 'a' }, atLeast: 0.9 })).toMatchObject({
      agrees: true,
      ours: '0.9 at snr 1 (worst; holds at all 2 points)',
    });
    expect(check({ where: { scheme: 'a' }, atLeast: 0.91 }).agrees).toBe(false);
    expect(check({ where: { scheme: 'b' }, atMost: 0.96 }).agrees).toBe(false);
    expect(check({ where: { snr: [2, 9] }, equals: 0.98, within: 0.0101 }).agrees).toBe(true);
    expect(check({ where: { snr: [2, 9] }, equals: 0.98, within: 0.0099 }).agrees).toBe(false);
  });

  it('compare a row with its counterpart', () => {
    expect(check({ where: { scheme: 'b' }, below: { scheme: 'a' }, atMost: 0.05 + 1e-9 })).toMatchObject({
      agrees: true,
      ours: '0.05 below a at snr 1 (worst; holds at all 2 points)',
    });
    expect(check({ where: { scheme: 'b' }, below: { scheme: 'a' }, atMost: 0.04 }).agrees).toBe(false);
    expect(check({ where: { scheme: 'a', snr: 1 }, below: { snr: 2 }, atLeast: 0 }).ours).toBe(
      '0.09 below snr 2',
    );
    const turned = check({ where: { scheme: 'a' }, below: { scheme: 'b' }, atMost: 0 });
    expect(turned).toMatchObject({
      agrees: true,
      ours: '0.02 above b at snr 2 (worst; holds at all 2 points)',
    });
  });

  it('tell where they hold and where they do not', () => {
    expect(check({ where: { scheme: 'a' }, above: { scheme: 'b' }, atLeast: 0.03 })).toMatchObject({
      agrees: false,
      ours: '0.02 above b at snr 2 (worst; holds at 1 of 2 points)',
    });
    expect(check({ where: { scheme: 'b' }, above: { scheme: ['a', 'b'] }, atLeast: 0 })).toMatchObject({
      agrees: false,
      ours: '0.05 below a at snr 1 (worst; holds at 2 of 4 points)',
    });
  });

  it('that say comparable hold both ways', () => {
    const comparable = (where: object, above: object, within: number) =>
      check({ where: where as never, above: above as never, equals: 0, within }).agrees;
    expect(comparable({ scheme: 'b' }, { scheme: 'a' }, 0.051)).toBe(true);
    expect(comparable({ scheme: 'b' }, { scheme: 'a' }, 0.03)).toBe(false);
    expect(comparable({ scheme: 'a' }, { scheme: 'b' }, 0.03)).toBe(false);
  });

  it('compare in shares, and by how much numbers vary', () => {
    const better = { where: { scheme: 'a', snr: 1 }, above: { scheme: 'b' }, relative: true };
    expect(check({ ...better, atLeast: 0.05 })).toMatchObject({ agrees: true, ours: '5.882 % above b' });
    expect(check({ ...better, atLeast: 0.06 }).agrees).toBe(false);
    expect(check({ where: { scheme: 'b' }, spread: true, atLeast: 0.1 })).toMatchObject({
      agrees: true,
      ours: '0.12 between least and most of 2 points',
    });
    expect(check({ where: { scheme: 'b' }, spread: true, atMost: 0.1 }).agrees).toBe(false);
  });

  it('compare rows that differ in more than a name when they say so', () => {
    const found = check({ where: { scheme: 'b', snr: 1 }, above: { scheme: 'a', snr: 'any' }, atLeast: 0 });
    expect(found.ours).toBe('0.05 below a');
  });

  it.each([
    [{ where: { scheme: 'x' }, atLeast: 0 }, 'no row has'],
    [{ column: 'acuracy', atLeast: 0 }, "column 'acuracy' is not a number; columns: scheme, snr, accuracy"],
    [{ column: 'empty', atLeast: 0 }, 'is not a number'],
    [{ where: { scheme: 'b' }, below: { scheme: 'x' }, atLeast: 0 }, 'at the same point'],
  ])('that cannot be checked are errors: %j', (changes, message) => {
    expect(() => check(changes)).toThrow(message);
  });

  it('without a column are passed on', () => {
    const plain = { claim: 'c', paper: 'p', ours: 'not reached' };
    expect(checkClaims([plain], rows, [])).toEqual([{ ...plain, agrees: null }]);
  });
});
