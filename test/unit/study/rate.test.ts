import { describe, expect, it } from 'vitest';
import { focalPointOf } from '../../../src/array/focal-point.js';
import { polarPointM } from '../../../src/array/linear-array.js';
import { DirectSum } from '../../../src/channel/wideband/direct-sum.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { gridCodeword } from '../../../src/codebook/serving.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { buildSetting } from '../../../src/study/common/wideband-setting.js';
import { runRate } from '../../../src/study/rate/rate.js';
import { RateAir } from '../../../src/study/rate/rate-air.js';
import { RateBenches } from '../../../src/study/rate/rate-bench.js';
import { rateSchema } from '../../../src/study/rate/rate-file.js';
import type { RateRow } from '../../../src/study/rate/rate-rows.js';
import { ratePlaces, rateUser } from '../../../src/study/rate/rate-setting.js';
import { RateSimulator } from '../../../src/study/rate/rate-simulator.js';
import { inThisThread } from '../../fixtures/study-context.js';

const options = { ...inThisThread, traced: false };

/** 32 elements at 30 GHz: near field up to 5 m. */
const base = {
  kind: 'rate',
  title: 'test',
  array: {
    elements: 32,
    carrier: '30 GHz',
    bandwidth: '5 GHz',
    subcarriers: 128,
    speedOfLight: 3e8,
    sector: { angle: '60 deg', distance: ['0.5 m', '3 m'] },
  },
  users: { count: 6 },
  snr: ['15 dB'],
  schemes: { pilots: { name: 'tdps', pilots: 3, estimator: 'on-grid' } },
};
const study = (settings: object) => rateSchema.parse({ ...base, ...settings });
const rowsOf = async (settings: object) =>
  (await runRate(study(settings), options)).rows as readonly RateRow[];

describe('the rate of serving an estimate', () => {
  it('is that of the power gain of the serving beam at every subcarrier', async () => {
    const settings = study({ users: { count: 1 }, pilotSnr: Infinity, snr: ['3 dB'] });
    const [row] = (await runRate(settings, options)).rows as readonly RateRow[];
    // By hand: strongest subcarrier, its focus, true delays towards it, gain at the user's true place.
    const { array, band } = buildSetting(settings);
    const place = ratePlaces(settings)[0]!;
    const { sinAngle, ringPerM } = rateUser(settings, place, 1);
    const distanceM = (1 - sinAngle ** 2) / (2 * ringPerM);
    const waysM = [...array.elementYM].map((y) => {
      const [xM, yM] = polarPointM(distanceM, Math.asin(sinAngle));
      return Math.hypot(xM, yM - y);
    });
    const gain = (frequencyHz: number, delayS: (n: number) => number, phaseRad: (n: number) => number) => {
      let re = 0;
      let im = 0;
      waysM.forEach((wayM, n) => {
        const angle = phaseRad(n) - 2 * Math.PI * frequencyHz * (wayM / 3e8 + delayS(n));
        re += Math.cos(angle) / 32;
        im += Math.sin(angle) / 32;
      });
      return re * re + im * im;
    };
    const { factory } = new RateBenches(settings, buildSetting(settings)).before(null)[0]!;
    const scheme = factory.start();
    const codewords = scheme.next().value as readonly { phaseRad: Float64Array; delayS: Float64Array }[];
    const perSubcarrier = Float64Array.from(
      codewords.flatMap(({ phaseRad, delayS }) =>
        [...band.frequenciesHz].map((hz) =>
          gain(
            hz,
            (n) => delayS[n]!,
            (n) => phaseRad[n]!,
          ),
        ),
      ),
    );
    const mean = new Float64Array(3);
    const end = scheme.next({ mean, perSubcarrier, numSubcarriers: 128, noiseFloor: 0, fullGainPower: 1 });
    if (!end.done) throw new Error('the scheme asks for more');
    const { delayS } = end.value.codeword;
    const rates = [...band.frequenciesHz].map((hz) =>
      Math.log2(
        1 +
          10 ** 0.3 *
            gain(
              hz,
              (n) => delayS![n]!,
              () => 0,
            ),
      ),
    );
    expect(row!.meanRate).toBeCloseTo(rates.reduce((a, b) => a + b) / 128, 9);
    expect(row!.perfectRate).toBeCloseTo(Math.log2(1 + 10 ** 0.3), 12);
    expect(row!.loss).toBeCloseTo(1 - row!.meanRate / row!.perfectRate, 12);
    // One user says nothing about a mean.
    expect(row!.rateInterval95).toEqual([0, row!.perfectRate]);
  });

  it('comes close to perfect CSI where pilots have no noise and the grid is dense', async () => {
    const [row] = await rowsOf({
      pilotSnr: Infinity,
      users: { count: 40 },
      schemes: { grid: { name: 'exhaustive-grid', rings: 8 } },
    });
    expect(row!.numPilots).toBe(28 * 8);
    expect(row!.loss).toBeLessThan(0.1);
    expect(row!.loss).toBeGreaterThan(0);
    // Between four neighbours of the grid even the best of them is 4 dB down.
    expect(row!.within3Db).toBeGreaterThan(0.7);
    const [low, high] = row!.rateInterval95;
    expect(low).toBeLessThan(row!.meanRate);
    expect(high).toBeGreaterThan(row!.meanRate);
    expect(high).toBeLessThanOrEqual(row!.perfectRate);
    expect(row!.lossInterval95[0]).toBeCloseTo(1 - high / row!.perfectRate, 12);
  });

  it('falls with the noise of the pilots', async () => {
    const rate = async (pilotSnr: number) =>
      (await rowsOf({ pilotSnr: `${pilotSnr} dB`, users: { count: 60 } }))[0]!.meanRate;
    const rates = [await rate(-10), await rate(10), await rate(Infinity)];
    expect(rates[0]!).toBeLessThan(rates[1]!);
    expect(rates[1]!).toBeLessThan(rates[2]!);
  });
});

describe('noise', () => {
  it('of a pilot is the same on all subcarriers asked for at once and on one alone', async () => {
    const settings = study({});
    const setting = buildSetting(settings);
    const air = new RateAir({
      ...setting,
      model: 'exact',
      sum: new DirectSum(setting.band),
    });
    const user = focalPointOf(polarPointM(1.2, 0.3));
    const pilots = [1, 2, 3].map((k) =>
      gridCodeword(setting.array, { sinAngle: 0.1 * k, ringPerM: 0.4 }, 1, k),
    );
    const asMeant = (codeword: Codeword) => codeword;
    const scale = { signal: 2, noise: 1 };
    air.setUser(user, 1, 'noise', 5);
    const single = air.powersAt(77, pilots, scale, asMeant);
    air.setUser(user, 1, 'noise', 5);
    const whole = air.powers(pilots, scale, asMeant);
    pilots.forEach((_, k) => {
      expect(single[k]).toBeCloseTo(whole[k * 128 + 77]!, 9);
    });
    air.setUser(user, 1, 'noise', 6);
    expect(air.powers(pilots, scale, asMeant)[0]).not.toBe(whole[0]);
    // No signal: powers of unit mean, to within three times its deviation. No noise: powers that scale with the signal.
    const noise = air.powers(pilots, { signal: 0, noise: 1 }, asMeant);
    const mean = noise.reduce((a, b) => a + b) / noise.length;
    expect(Math.abs(mean - 1)).toBeLessThan(3 / Math.sqrt(noise.length));
    const [once, twice] = [1, 2].map((signal) => air.powers(pilots, { signal, noise: 0 }, asMeant));
    expect(twice![50]).toBeCloseTo(4 * once![50]!, 12);
    expect(Math.max(...once!)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('and users are the same for every scheme: two that do the same have the same rate', async () => {
    const scheme = { name: 'tdps', pilots: 2, estimator: 'on-grid' };
    const rows = await rowsOf({ snr: ['0 dB', '12 dB'], schemes: { one: scheme, other: scheme } });
    const rates = (id: string) => rows.filter((row) => row.id === id).map(({ meanRate }) => meanRate);
    expect(rates('one')).toEqual(rates('other'));
    expect(rates('one')).toHaveLength(2);
  });
});

describe('pilots', () => {
  it('are counted as the schemes send them, and first ones are enough where asked for', async () => {
    const rows = await rowsOf({
      schemes: {
        'td-ps': { name: 'tdps', estimator: 'on-grid' },
        rainbow: { name: 'near-field-rainbow' },
        even: { name: 'near-field-rainbow', rings: 4 },
        far: { name: 'far-field-rainbow' },
        grid: { name: 'exhaustive-grid' },
      },
      pilots: { 'td-ps': [1, 4], rainbow: [1], even: [2, 3], grid: [5, 28] },
    });
    expect(rows.map(({ id, numPilots }) => `${id} ${numPilots}`)).toEqual([
      'td-ps 1',
      'td-ps 4',
      'rainbow 1',
      'even 2',
      'even 3',
      'far 1',
      'grid 5',
      'grid 28',
    ]);
    expect(rows.map(({ scheme }) => scheme)).toEqual([
      'tdps (1 pilot, on grid)',
      'tdps (4 pilots, on grid)',
      'near-field-rainbow (first 1 pilot, on grid)',
      'near-field-rainbow (2 even rings, on grid)',
      'near-field-rainbow (3 even rings, on grid)',
      'far-field-rainbow (on grid)',
      'exhaustive-grid (first 5 pilots)',
      'exhaustive-grid (first 28 pilots)',
    ]);
  });

  it('more of them than there are is refused with the numbers', async () => {
    const asked = runRate(
      study({ schemes: { r: { name: 'near-field-rainbow' } }, pilots: { r: [9] } }),
      options,
    );
    await expect(asked).rejects.toThrow(/has 2 pilots here; 9 are/);
  });
});

describe('users', () => {
  it('are spread evenly over angles and distances of the sector', () => {
    const settings = study({ users: { count: 4000 } });
    const place = ratePlaces(settings)[0]!;
    const points = Array.from({ length: 4000 }, (_, k) => rateUser(settings, place, k + 1));
    const angles = points.map(({ sinAngle }) => Math.asin(sinAngle));
    const distances = points.map(({ sinAngle, ringPerM }) => (1 - sinAngle ** 2) / (2 * ringPerM));
    const share = (values: readonly number[], below: number) =>
      values.filter((value) => value < below).length / values.length;
    expect(share(angles, -Math.PI / 6)).toBeCloseTo(0.25, 1);
    expect(share(angles, Math.PI / 6)).toBeCloseTo(0.75, 1);
    expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(Math.PI / 3);
    expect(share(distances, 1.75)).toBeCloseTo(0.5, 1);
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...distances)).toBeLessThanOrEqual(3);
  });

  it('differ between distances by their distance alone', () => {
    const settings = study({ users: { count: 3, distance: ['1 m', '4 m'] } });
    const [near, far] = ratePlaces(settings);
    const a = rateUser(settings, near!, 2);
    const b = rateUser(settings, far!, 2);
    expect(a.sinAngle).toBeCloseTo(b.sinAngle, 12);
    expect(a.ringPerM / b.ringPerM).toBeCloseTo(4, 9);
  });

  it('do not depend on how they are split into jobs', () => {
    const simulator = new RateSimulator(study({}));
    const [whole] = simulator.run({ placeIndex: 0, firstUser: 1, numUsers: 5 });
    const [last] = simulator.run({ placeIndex: 0, firstUser: 4, numUsers: 2 });
    const [first] = simulator.run({ placeIndex: 0, firstUser: 1, numUsers: 3 });
    expect(first!.sumRate + last!.sumRate).toBeCloseTo(whole!.sumRate, 12);
  });

  it('stop when they are told to', async () => {
    const stop = new AbortController();
    const running = runRate(study({ users: { count: 100_000 } }), {
      ...options,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('a figure', () => {
  const two = { a: { name: 'tdps', pilots: 1, estimator: 'on-grid' }, far: { name: 'far-field-rainbow' } };
  it.each([
    ['SNR (dB)', { snr: ['0 dB', '10 dB'] }, 1, [0, 10]],
    ['Distance (m)', { users: { count: 2, distance: ['1 m', '2 m'] }, snr: ['0 dB', '10 dB'] }, 2, [1, 2]],
    ['Pilots', { pilots: { a: [1, 2, 3] } }, 1, [1, 2, 3]],
  ])('over %s', async (label, settings, count, xs) => {
    const { figures } = await runRate(study({ schemes: two, users: { count: 2 }, ...settings }), options);
    expect(figures).toHaveLength(count);
    const figure = figures[0]!;
    if (figure.kind !== 'lines') throw new Error('no curves');
    expect(figure.x.label).toBe(label);
    expect(figure.series.map(({ name }) => name)).toEqual(['a', 'far', 'perfect CSI']);
    expect(figure.series[0]!.points.map(({ x }) => x)).toEqual(xs);
    expect(figure.series[2]!.reference).toBe(true);
  });

  it('over pilots has a line across for a scheme that takes more than any curve has', async () => {
    const schemes = { ...two, all: { name: 'exhaustive-grid', rings: 1 } };
    const { rows, figures } = await runRate(study({ schemes, pilots: { a: [1, 3] } }), options);
    const figure = figures[0]!;
    if (figure.kind !== 'lines') throw new Error('no curves');
    const all = (rows as readonly RateRow[]).find(({ id }) => id === 'all')!;
    expect(all.numPilots).toBeGreaterThan(3);
    expect(figure.series.map(({ name, points }) => [name, points.map(({ x }) => x)])).toEqual([
      ['a', [1, 3]],
      ['far', [1]],
      [`all, ${all.numPilots} pilots`, [1, 3]],
      ['perfect CSI', [1, 3]],
    ]);
    expect(figure.series[2]).toMatchObject({
      reference: true,
      points: [{ y: all.meanRate }, { y: all.meanRate }],
    });
  });

  it('has the schemes of its panel, and those that no panel names', async () => {
    const schemes = { ...two, b: { name: 'near-field-rainbow', rings: 2 } };
    const panels = { 'in the near field': ['a', 'b'], 'far away': ['far'] };
    const { figures } = await runRate(study({ schemes, panels, snr: ['0 dB', '10 dB'] }), options);
    const named = (list: typeof figures) =>
      list.map((figure) => [
        figure.title,
        figure.kind === 'lines' && figure.series.map(({ name }) => name).slice(0, -1),
      ]);
    expect(named(figures)).toEqual([
      ['In the near field, users at 0.5 … 3 m', ['a', 'b']],
      ['Far away, users at 0.5 … 3 m', ['far']],
    ]);
    const fewer = study({ schemes, panels: { some: ['a'], others: ['b'] }, snr: ['0 dB', '10 dB'] });
    expect(named((await runRate(fewer, options)).figures).map(([, names]) => names)).toEqual([
      ['a', 'far'],
      ['far', 'b'],
    ]);
  });
});

describe('a wrong file', () => {
  const text = `kind: rate
title: t
array:
  elements: 32
  carrier: 30 GHz
  bandwidth: 5 GHz
  subcarriers: 128
  sector: {angle: 60 deg, distance: [0.5 m, 3 m]}
snr: [15 dB]
schemes:
  mine: {name: tdps, pilots: 3, estimator: on-grid}
pilots:
  mine: [1, 2]
`;
  it.each([
    ['bandwidth: 5 GHz', 'bandwidth: 5 m', /'5 m' is not a quantity in Hz/],
    [
      'bandwidth: 5 GHz',
      'bandwidth: 61 GHz',
      /'bandwidth': must be below twice the carrier \(f\.yaml:6, array\.bandwidth\)/,
    ],
    ['[0.5 m, 3 m]', '[3 m, 0.5 m]', /must list the smaller distance first/],
    ['[0.5 m, 3 m]', '[0.5 m, 3 s]', /'3 s' is not a quantity in m/],
    ['angle: 60 deg', 'angle: 90 deg', /must be below 90 deg/],
    ['mine: [1, 2]', 'mine: [0, 2]', /must be at least 1/],
    ['mine: [1, 2]', 'other: [1, 2]', /is not among the schemes: mine/],
    [
      'pilots:\n',
      'panels: {all: [mine, other]}\npilots:\n',
      /'all': has 'other', which is not among the schemes: mine .*panels\.all/,
    ],
    [
      'pilots:\n',
      'hardware: [{label: x}, {label: x}]\npilots:\n',
      /'label': is that of another board: x .*hardware\[2\]/,
    ],
    ['snr: [15 dB]', 'snr: [Infinity]', /the rate at an infinite SNR is infinite/],
    ['snr: [15 dB]', 'snr: [5000 dB]', /'snr\[1\]': must be at most 300 dB/],
    ['pilots: 3', 'pilots: 0', /at least 1, not 0/],
    ['subcarriers: 128', 'subcarriers: 0', /at least 2/],
    ['subcarriers: 128', 'subcarriers: 8', /8 subcarriers are too few for 32 elements/],
    ['name: tdps, pilots: 3, estimator: on-grid', 'name: dpc', /pilots of dpc cannot be chosen/],
    ['sector:', 'sektor:', /Unknown key 'sektor'.*Did you mean 'sector'/],
  ])('with %s → %s is refused', async (from, to, message) => {
    const wrong = text.replace(from, to);
    expect(wrong).not.toBe(text);
    const run = async () => runRate(parseSettings(wrong, rateSchema, 'f.yaml'), options);
    await expect(run()).rejects.toThrow(message);
  });

  it('with a scheme that does not use the band is refused', async () => {
    const wrong = study({ schemes: { mine: { name: 'dpc' } } });
    await expect(runRate(wrong, options)).rejects.toThrow('dpc does not use the band');
  });

  it('asked for traces says that there are none', async () => {
    await expect(runRate(study({}), { ...inThisThread, traced: true })).rejects.toThrow('no traces');
  });
});
