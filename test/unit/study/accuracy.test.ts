import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { runAccuracy } from '../../../src/study/accuracy/accuracy.js';
import { accuracySchema } from '../../../src/study/accuracy/accuracy-file.js';
import type { AccuracyRow } from '../../../src/study/accuracy/accuracy-rows.js';
import { Simulator } from '../../../src/study/accuracy/accuracy-simulator.js';
import type { StudyResult, UserTrace } from '../../../src/study/common/result.js';
import { inThisThread } from '../../fixtures/study-context.js';

const options = { ...inThisThread, traced: true };
const study = (settings: object) =>
  accuracySchema.parse({
    kind: 'accuracy',
    title: 'test',
    array: { elements: 64, carrier: '100 GHz', speedOfLight: 3e8 },
    ...settings,
  });
const rowsOf = (result: StudyResult) => result.rows as readonly AccuracyRow[];

/** A point at 90 km in the direction of an angle of the codebook of 64: plane waves to better than 1e-3 rad. */
function farPoint(angleIndex: number): [string, string] {
  const sine = (2 * angleIndex - 65) / 64;
  return [`${9e4 * Math.sqrt(1 - sine ** 2)} m`, `${9e4 * sine} m`];
}

const ringAngles = (ring: number, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, k) => ({ ring, angleIndex: first + k }));

const withoutAmplitudes = ({ pilots }: UserTrace) => pilots.map(({ amplitude: _, ...index }) => index);

describe('a listed user without noise', () => {
  it('is searched along the tree that its angle gives', async () => {
    const result = await runAccuracy(
      study({ schemes: ['dpc'], users: { list: [{ position: farPoint(40), snr: Infinity }] } }),
      options,
    );
    const [trace] = result.traces!;
    expect(withoutAmplitudes(trace!)).toEqual([
      // 40 - 1 = 0b100111
      ...[1, 2].map((index) => ({ level: 1, index })),
      ...[3, 4].map((index) => ({ level: 2, index })),
      ...[5, 6].map((index) => ({ level: 3, index })),
      ...[9, 10].map((index) => ({ level: 4, index })),
      ...[19, 20].map((index) => ({ level: 5, index })),
      ...[39, 40].map((index) => ({ level: 6, index })),
      ...ringAngles(1, 32, 48),
      ...ringAngles(2, 33, 47),
      ...ringAngles(3, 35, 45),
      ...ringAngles(4, 36, 44),
      ...ringAngles(5, 38, 42),
      ...ringAngles(6, 39, 41),
    ]);
    expect(trace).toMatchObject({
      scheme: 'dpc',
      case: null,
      user: 1,
      snrDb: null,
      regionIndex: 40,
      chosen: { ring: 6, angleIndex: 40 },
      best: { ring: 6, angleIndex: 40 },
      correct: true,
    });
    // b^T f = N / sqrt N at the focus; the neighbouring beams at infinity are orthogonal.
    const atInfinity = trace!.pilots.slice(-3).map(({ amplitude }) => amplitude);
    expect(atInfinity[0]).toBeCloseTo(0, 2);
    expect(atInfinity[1]).toBeCloseTo(8, 5);
    expect(atInfinity[2]).toBeCloseTo(0, 2);
    expect(rowsOf(result)).toEqual([
      expect.objectContaining({ scheme: 'dpc', snrDb: null, numUes: 1, accuracy: 1, meanPilots: 72 }),
    ]);
  });

  it('sends no pilot where half of a sector is empty', async () => {
    // Angle 5 of 64 (sin = -0.86) lies in sector 5 of level 6; of its parents' halves 1 of level 4 is empty (case I).
    const result = await runAccuracy(
      study({
        schemes: ['dpc'],
        users: { list: [{ position: farPoint(5) }, { position: farPoint(60) }] },
        snr: Infinity,
      }),
      options,
    );
    const [low, high] = result.traces!;
    const coarse = (trace: UserTrace) => withoutAmplitudes(trace).filter((index) => 'level' in index);
    const pairs = (...sent: [number, number][]) =>
      sent.flatMap(([level, index]) => [
        { level, index },
        { level, index: index + 1 },
      ]);
    expect(coarse(low!)).toEqual(pairs([1, 1], [2, 1], [3, 1], [5, 3], [6, 5]));
    expect(low!.regionIndex).toBe(5);
    // Case II: sector 8 of level 3 has nothing in its upper half.
    expect(coarse(high!)).toEqual(pairs([1, 1], [2, 3], [3, 7], [5, 29], [6, 59]));
    expect(high!.regionIndex).toBe(60);
  });

  it('receives each path with its gain', async () => {
    const result = await runAccuracy(
      study({
        schemes: ['exhaustive'],
        users: {
          list: [
            {
              position: farPoint(20),
              paths: [{ gain: 0.8 }, { gain: [0, -0.6], scatterer: farPoint(50) }],
            },
          ],
        },
        snr: Infinity,
      }),
      options,
    );
    const [trace] = result.traces!;
    expect(trace!.pilots).toHaveLength(384);
    const amplitude = (ring: number, angleIndex: number) =>
      trace!.pilots.find((pilot) => pilot.ring === ring && pilot.angleIndex === angleIndex)!.amplitude;
    expect(amplitude(6, 20)).toBeCloseTo(6.4, 3);
    expect(amplitude(6, 50)).toBeCloseTo(4.8, 3);
    expect(amplitude(6, 35)).toBeCloseTo(0, 2);
    expect(trace!.chosen).toEqual({ ring: 6, angleIndex: 20 });
  });

  it('receives the sum over elements of b(u) times the diverging codeword b(v)', async () => {
    const userM = [2.1, -0.7] as const;
    const result = await runAccuracy(
      study({
        schemes: ['dpc'],
        users: { list: [{ position: userM.map((metres) => `${metres} m`) }] },
        snr: Infinity,
      }),
      options,
    );
    const pilot = result.traces![0]!.pilots[0]!;
    expect(pilot).toMatchObject({ level: 1, index: 1 });
    // Level 1, index 1: boundary angles -60 and 0 degrees; the paper's eq. 11 with D = 63 * 1.5 mm.
    const apertureM = 63 * 0.0015;
    const lower = Math.tan(-Math.PI / 3);
    const focalM = [apertureM / (lower - 0), (apertureM * lower) / (lower - 0) - apertureM / 2] as const;
    let re = 0;
    let im = 0;
    for (const y of new LinearArray({ numElements: 64, carrierHz: 100e9, speedOfLightMPerS: 3e8 })
      .elementYM) {
      const lengthM = Math.hypot(userM[0], userM[1] - y) + Math.hypot(focalM[0], focalM[1] - y);
      re += Math.cos((2 * Math.PI * lengthM) / 0.003) / 8;
      im -= Math.sin((2 * Math.PI * lengthM) / 0.003) / 8;
    }
    expect(pilot.amplitude).toBeCloseTo(Math.hypot(re, im), 8);
  });

  it('may have its own SNR, in a row of its own', async () => {
    const position = ['1 m', '0.2 m'];
    const result = await runAccuracy(
      study({
        schemes: ['dpc'],
        snr: ['20 dB', 'Infinity'],
        users: { list: [{ position }, { position, snr: '10 dB' }, { position }] },
      }),
      { ...options, traced: false },
    );
    expect(rowsOf(result).map(({ snrDb, numUes }) => [snrDb, numUes])).toEqual([
      [10, 1],
      [20, 2],
      [null, 2],
    ]);
    expect(result.traces).toBeUndefined();
  });
});

describe('drawn users', () => {
  const settings = {
    schemes: ['exhaustive', 'dpc', 'far-field-sweep', 'near-field-hierarchical', 'far-field-hierarchical'],
    snr: ['-10 dB', '10 dB', Infinity],
    users: { count: 120, between: ['0.2 m', '1.25 m'] },
    seed: 3,
  };

  it('are all found by exhaustive search without noise, and few of them deep in noise', async () => {
    const rows = rowsOf(await runAccuracy(study(settings), { ...options, traced: false }));
    const exhaustive = rows.filter(({ scheme }) => scheme === 'exhaustive');
    expect(exhaustive.map(({ snrDb }) => snrDb)).toEqual([-10, 10, null]);
    expect(exhaustive[2]!.accuracy).toBe(1);
    expect(exhaustive[1]!.accuracy).toBeGreaterThan(exhaustive[0]!.accuracy);
    expect(exhaustive[0]!.accuracy).toBeLessThan(0.5);
    for (const row of rows) {
      expect(row.numUes).toBe(120);
      expect(row.ringDistanceM).toEqual([0.2, 1.25]);
      expect(row.accuracyInterval95[0]).toBeLessThanOrEqual(row.accuracy);
      expect(row.accuracyInterval95[1]).toBeGreaterThanOrEqual(row.accuracy);
    }
  });

  it('give the same rows pilot by pilot as with the search at once', async () => {
    const atOnce = await runAccuracy(study(settings), { ...options, traced: false });
    const byPilot = await runAccuracy(study(settings), options);
    expect(byPilot.rows).toEqual(atOnce.rows);
  });

  it('receive the same pilot with the same noise from every scheme', async () => {
    const { traces } = await runAccuracy(
      study({ ...settings, users: { ...settings.users, count: 3 } }),
      options,
    );
    const heard = new Map<string, number>();
    let numAgain = 0;
    for (const { user, snrDb, pilots } of traces!) {
      for (const { amplitude, ...index } of pilots) {
        const key = JSON.stringify([user, snrDb, index]);
        const before = heard.get(key);
        if (before !== undefined) numAgain++;
        // DPC levels and DFT levels share names, not beams.
        if (before !== undefined && 'ring' in index) expect(amplitude).toBe(before);
        heard.set(key, amplitude);
      }
    }
    expect(numAgain).toBeGreaterThan(500);
  });

  it('do not depend on how users are split into jobs, or on how many follow', () => {
    const parsed = study(settings);
    const counts = (jobs: [first: number, count: number][]) => {
      const simulator = new Simulator(parsed, false);
      return jobs.flatMap(([firstUser, numUsers]) =>
        simulator.run({ placeIndex: 0, firstUser, numUsers }).tallies.map((tally) => tally.numCorrect),
      );
    };
    const whole = counts([[1, 30]]);
    const parts = counts([
      [21, 10],
      [1, 20],
    ]);
    expect(whole).toEqual(whole.map((_, k) => parts[k]! + parts[k + whole.length]!));
  });

  it('change with the seed', async () => {
    const positions = async (seed: number) =>
      (await runAccuracy(study({ ...settings, seed, users: { ...settings.users, count: 2 } }), options))
        .traces![0]!.positionM;
    expect(await positions(3)).toEqual(await positions(3));
    expect(await positions(3)).not.toEqual(await positions(4));
  });

  it('stop when they are told to', async () => {
    const stop = new AbortController();
    const running = runAccuracy(study({ ...settings, users: { ...settings.users, count: 100_000 } }), {
      ...inThisThread,
      traced: false,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('places', () => {
  it('are cases by rings by angles, with a curve per scheme and a figure per panel', async () => {
    const result = await runAccuracy(
      study({
        array: { carrier: '100 GHz', speedOfLight: 3e8 },
        schemes: ['dpc', 'exhaustive'],
        snr: ['0 dB', '20 dB'],
        users: { count: 4, ring: ['0.5 m', '1 m'], angle: '20 deg' },
        cases: [
          { label: 'small', elements: 32 },
          { label: 'large', elements: 64, within: '30 deg' },
        ],
      }),
      options,
    );
    const [first] = rowsOf(result);
    expect(first).toMatchObject({
      case: 'small',
      numElements: 32,
      ringDistanceM: 0.5,
      angleRad: Math.PI / 9,
    });
    const last = rowsOf(result).at(-1)!;
    expect(last).toMatchObject({ case: 'large', numElements: 64, ringDistanceM: 1 });
    expect(last.angleRad).toEqual([-Math.PI / 6, Math.PI / 6]);
    expect(result.rows).toHaveLength(2 * 2 * 2 * 2);
    expect(result.figures).toHaveLength(4);
    const [figure] = result.figures;
    if (figure?.kind !== 'lines') throw new Error('no curves');
    expect(figure.title).toBe('small, angles 20 deg, SNR 0 dB, 32 elements');
    expect(figure.series.map(({ name, points }) => [name, points.map(({ x }) => x)])).toEqual([
      ['dpc', [0.5, 1]],
      ['exhaustive', [0.5, 1]],
    ]);
    for (const { positionM, case: label } of result.traces!) {
      const angle = Math.atan2(positionM[1], positionM[0]);
      if (label === 'small') expect(angle).toBeCloseTo(Math.PI / 9, 12);
      expect(
        [0.5, 1].some((ring) => Math.abs(Math.hypot(...positionM) / Math.cos(angle) ** 2 - ring) < 1e-9),
      ).toBe(true);
    }
  });
});

describe('512 elements, users between rings 20 and 40 m', () => {
  it('DPC is within 1.5 points of exhaustive search; the near-field hierarchical method is far below', async () => {
    const rows = rowsOf(
      await runAccuracy(
        study({
          array: { elements: 512, carrier: '100 GHz', speedOfLight: 3e8 },
          schemes: ['exhaustive', 'dpc', 'near-field-hierarchical'],
          snr: ['15 dB', '35 dB'],
          users: { count: 400, between: ['20 m', '40 m'] },
          seed: 5,
        }),
        { ...options, traced: false },
      ),
    );
    for (const snrDb of [15, 35]) {
      const accuracy = (scheme: string) =>
        rows.find((row) => row.scheme === scheme && row.snrDb === snrDb)!.accuracy;
      expect(accuracy('exhaustive')).toBeGreaterThan(0.97);
      expect(accuracy('exhaustive') - accuracy('dpc')).toBeLessThan(0.015);
      expect(accuracy('near-field-hierarchical')).toBeLessThan(0.65);
    }
  });
});
