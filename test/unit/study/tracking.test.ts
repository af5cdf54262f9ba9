/** Studies of trackers: what must come out by the mathematics, and that neither threads nor other trackers change a number. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { channelVector } from '../../../src/channel/channel.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { transposeProduct } from '../../../src/core/complex.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { meanOf } from '../../../src/study/common/mean.js';
import { runStudy } from '../../../src/study/run-study.js';
import { readStudy } from '../../../src/study/study-file.js';
import { type Study, studySchema } from '../../../src/study/study-kinds.js';
import { drawGroup } from '../../../src/study/tracking/drop.js';
import { EpochScores } from '../../../src/study/tracking/epoch-scores.js';
import type { TrackingStudy } from '../../../src/study/tracking/tracking-file.js';
import { pointsOf } from '../../../src/study/tracking/tracking-points.js';
import type { TrackingRow } from '../../../src/study/tracking/tracking-rows.js';
import type { UserPlan } from '../../../src/tracking/epoch-plan.js';
import { inThisThread } from '../../fixtures/study-context.js';

const TRACKERS = `
  every epoch: retrain
  hold-last: { name: retrain, lateEpochs: 1 }
  hold: hold
  EKF: ekf-velocity`;

function studyOf(changes: string, trackers = TRACKERS): TrackingStudy {
  const text = `kind: tracking
title: t
array: { elements: 64, carrier: 60 GHz }
codebook: { directions: 32, rings: 4 }
trackers:${trackers}
${changes}`;
  return parseSettings(text, studySchema, 'study.yaml', 'study') as TrackingStudy;
}

const MEANINGFUL = `users: { count: 40, together: 4, between: [2 m, 20 m] }
epoch: 20 ms
epochs: 10
warmUp: 3
snr: 20 dB
sensors: { position: 5 cm, speed: 0.5 m/s, heading: 0.1 rad }
motion: { speed: 5 m/s }`;

async function rowsOf(study: TrackingStudy): Promise<Map<string, TrackingRow>> {
  const { rows } = await runStudy(study as Study, inThisThread);
  return new Map((rows as TrackingRow[]).map((row) => [row.id, row]));
}

describe('a study of trackers', () => {
  it('gives the best codeword all of the gain, and whoever knows less, less', async () => {
    const rows = await rowsOf(studyOf(MEANINGFUL));
    expect(rows.get('every epoch')).toMatchObject({ gain: 1, top1: 1, nmse: 0, probes: 0, unserved: 0 });
    const gainOf = (id: string) => rows.get(id)!.gain;
    expect(gainOf('EKF')).toBeGreaterThan(gainOf('hold-last'));
    expect(gainOf('hold-last')).toBeGreaterThan(gainOf('hold'));
    expect(gainOf('hold')).toBeLessThan(0.8);
    const { sumRate } = rows.get('every epoch')!;
    for (const row of rows.values()) expect(row.sumRate).toBeLessThanOrEqual(sumRate);
  });

  it('finds that nothing changes within a tenth of a millisecond, as the paper has it printed', async () => {
    const rows = await rowsOf(
      studyOf(`users: { count: 200, between: [3 m, 200 m] }
epoch: 0.1 ms
epochs: 8
warmUp: 1
snr: 10 dB
motion: { heading: independent }
sensors: { position: 0 m, speed: 0 m/s, heading: 0 rad }
probing: { most: 0 }`),
    );
    expect(rows.get('hold-last')!.gain).toBeGreaterThan(0.9999);
  });

  it('has the same numbers for a tracker whoever else is tried', async () => {
    const all = await rowsOf(studyOf(MEANINGFUL));
    const alone = await rowsOf(studyOf(MEANINGFUL, '\n  EKF: ekf-velocity'));
    expect(alone.get('EKF')).toEqual(all.get('EKF'));
  });

  it('shows the same users at every SNR', async () => {
    const trackers = '\n  hold: { name: hold, epochs: 3 }';
    const { rows } = await runStudy(
      studyOf(MEANINGFUL.replace('snr: 20 dB', 'snr: [10 dB, 20 dB]'), trackers) as Study,
      inThisThread,
    );
    const [low, high] = rows as TrackingRow[];
    expect(low!.gain).toBe(high!.gain);
    expect(low!.sumRate).toBeLessThan(high!.sumRate);
  });

  it('lets single trackers probe more, and a partial codebook serve no others once it was swept', async () => {
    const text = `${MEANINGFUL}\nprobing: { most: 0, except: { part: { most: 16, share: 1 } } }\nguarded: false`;
    const rows = await rowsOf(
      studyOf(
        text,
        `
  part: { name: partial-codebook, codewords: 16 }
  unswept: { name: partial-codebook, codewords: 16 }
  every epoch: retrain`,
      ),
    );
    expect(rows.get('every epoch')!.probes).toBe(0);
    expect(rows.get('part')!.probes).toBeGreaterThan(14);
    // 16 of 128 codewords, and what is best is seldom one of them.
    expect(rows.get('part')!.top1).toBeLessThan(0.35);
    // What was found serves on.
    expect(rows.get('unswept')!.probes).toBe(0);
    expect(rows.get('unswept')!.unserved).toBe(0);
  });

  it('finds lost users anew and goes back to beams that were good, unless nothing is guarded', async () => {
    // Beams that were never good after the first epoch: users run 3 m between epochs.
    const text = MEANINGFUL.replace('epoch: 20 ms', 'epoch: 600 ms').replace('epochs: 10', 'epochs: 20');
    const trackers = '\n  hold: hold';
    const gainOf = async (changes: string) =>
      (await rowsOf(studyOf(text + changes, trackers))).get('hold')!.gain;
    expect(await gainOf('')).toBeGreaterThan(1.5 * (await gainOf('\nguarded: false')));
  });

  it('finds users by a scheme where it is told to, and counts its pilots', async () => {
    const rows = await rowsOf(studyOf(`${MEANINGFUL}\nstart: dpc`, '\n  hold: { name: hold, epochs: 5 }'));
    const { trainingPilots, gain } = rows.get('hold')!;
    expect(trainingPilots).toBeGreaterThan(3);
    expect(gain).toBeGreaterThan(0.2);
  });

  it('goes through all combinations of what it lists', () => {
    const study = studyOf(
      MEANINGFUL.replace('snr: 20 dB', 'snr: [0 dB, 10 dB]')
        .replace('epoch: 20 ms', 'epoch: [10 ms, 20 ms, 40 ms]')
        .replace('together: 4', 'together: [2, 4]'),
    );
    expect(pointsOf(study)).toHaveLength(12);
    expect(pointsOf(study)[1]).toEqual({
      snrDb: 0,
      epochS: 0.01,
      speedMPerS: 5,
      sensorPositionM: 0.05,
      numTogether: 4,
    });
  });

  it.each([
    ['together: 4', 'together: 500', /together/],
    ['between: [2 m, 20 m]', 'between: [20 m, 2 m]', /smaller distance first/],
    ['between: [2 m, 20 m]', 'between: [1 mm, 20 m]', /away from the array/],
    ['snr: 20 dB', 'snr: -Infinity', /above -Infinity/],
    ['snr: 20 dB', 'snr: 20 dB\nprobing: { except: { EKV: { most: 3 } } }', /did you mean 'EKF'/],
    ['heading: 0.1 rad', '', /goes together with 'heading'/],
    ['motion: { speed: 5 m/s }', 'motion: { sped: 5 m/s }', /Did you mean 'speed'/],
  ])('refuses %s as %s', (from, to, complaint) => {
    expect(() => studyOf(MEANINGFUL.replace(from, to))).toThrow(complaint);
  });

  it('refuses traces', async () => {
    const traced = runStudy(studyOf(MEANINGFUL) as Study, { ...inThisThread, traced: true });
    await expect(traced).rejects.toThrow(/keeps no traces/);
  });
});

/** Too few epochs to bear any claim out: that they can be checked, and that the models fit. */
it.each(readdirSync('scenarios/papers').filter((file) => file.startsWith('stgcn')))(
  '%s names trackers, models and claims that there are',
  async (file) => {
    const study = readStudy(`scenarios/papers/${file}`) as TrackingStudy;
    const small = {
      ...study,
      users: { ...study.users, count: 2, together: [2] as [number] },
      warmUp: 1,
      epochs: 1,
    };
    const { claims, rows } = await runStudy(small as Study, inThisThread);
    expect(claims.length).toBeGreaterThan(0);
    expect(claims.every(({ agrees }) => agrees !== null)).toBe(true);
    const holding = (rows as TrackingRow[]).filter(({ id, epochS }) => id === 'hold-last' && epochS < 1e-3);
    for (const { gain } of holding) expect(gain).toBeGreaterThan(0.999);
  },
);

describe('a group', () => {
  const study = studyOf(MEANINGFUL);
  const [point] = pointsOf(study);
  const array = new LinearArray({ numElements: 64, carrierHz: 60e9 });

  it('keeps the phase at the centre of the array where phases are fixed, and turns it where they travel', () => {
    const phaseAt = (phases: 'fixed' | 'travelling', timeS: number) => {
      const changed = { ...study, channel: { ...study.channel, gainVariances: [1] as [number], phases } };
      const [user] = drawGroup(changed, point!, array, [1, 0, 0]);
      const [path] = user!.pathsAt(timeS);
      const distanceM = Math.hypot(path!.positionM[0], path!.positionM[1]);
      return Math.atan2(path!.gain.im, path!.gain.re) - (2 * Math.PI * distanceM) / array.wavelengthM;
    };
    const turned = (phases: 'fixed' | 'travelling') => phaseAt(phases, 0.05) - phaseAt(phases, 0);
    const fromWhole = (rad: number) => Math.abs(rad / (2 * Math.PI) - Math.round(rad / (2 * Math.PI)));
    expect(fromWhole(turned('fixed'))).toBeLessThan(1e-6);
    expect(fromWhole(turned('travelling'))).toBeGreaterThan(1e-3);
  });

  it('tells a reading an epoch', () => {
    const [user] = drawGroup(study, point!, array, [1, 0, 0]);
    expect(user!.readingsBy(0).map(({ boardTimeS }) => boardTimeS)).toEqual([0]);
    const later = user!.readingsBy(0.04);
    expect(later.map(({ boardTimeS }) => boardTimeS)).toEqual([0.02, 0.04]);
    const [x, y] = user!.positionAt(0.04);
    expect(Math.hypot(later[1]!.positionM[0] - x, later[1]!.positionM[1] - y)).toBeLessThan(0.4);
  });
});

describe('scores', () => {
  it('are those of the paper, written out', () => {
    const array = new LinearArray({ numElements: 16, carrierHz: 60e9 });
    const codebook = new PolarCodebook(array, {
      numRings: 2,
      numAngles: 16,
      withInfinity: false,
      name: 'tracking',
    });
    const snrDb = 7;
    const channels = [
      [{ gain: { re: 0.8, im: 0.2 }, positionM: [0.4, 0.1] as const }],
      [{ gain: { re: -0.3, im: 0.5 }, positionM: [0.7, -0.3] as const }],
    ].map((paths) => channelVector(array, paths));
    const served = [9, 20];
    const best = [9, 4];
    const weights = (column: number) =>
      codewordWeights(codebook.codeword(codebook.indexOf(column)), array.carrierHz);
    const power = (user: number, column: number) => {
      const { re, im } = transposeProduct(channels[user]!, weights(column));
      return re * re + im * im;
    };
    const planOf = (column: number): UserPlan => ({
      state: 'tracked',
      isSilent: false,
      troubles: [],
      isTraining: false,
      column,
      numServingSlots: 1,
      probes: [1, 2],
      prediction: [
        { column, probability: 0.5 },
        { column: 4, probability: 0.3 },
      ],
      found: null,
      failure: null,
    });
    const scores = new EpochScores({ trackerIndex: 3, pointIndex: 5, codebook, snrDb });
    scores.begin({ epoch: 0, beginsAtS: 0, goesOn: false, pilots: [], users: served.map(planOf) });
    for (const [user, h] of channels.entries()) {
      scores.user(user, best[user]!, (codeword) => transposeProduct(h, codewordWeights(codeword, 60e9)));
    }
    scores.end();
    const noise = 10 ** (-snrDb / 10);
    const rate = (user: number) =>
      Math.log2(1 + power(user, served[user]!) / (power(user, served[1 - user]!) + noise));
    const [a, b] = [weights(20), weights(4)];
    const difference = a.re.reduce(
      (sum, re, n) => sum + (re - b.re[n]!) ** 2 + (a.im[n]! - b.im[n]!) ** 2,
      0,
    );
    const mean = scores.mean();
    expect(mean).toMatchObject({
      trackerIndex: 3,
      pointIndex: 5,
      top1: 0.5,
      top3: 1,
      probes: 2,
      unserved: 0,
    });
    expect(mean.gain).toBeCloseTo((1 + power(1, 20) / power(1, 4)) / 2, 12);
    expect(mean.sumRate).toBeCloseTo(rate(0) + rate(1), 12);
    expect(mean.nmse).toBeCloseTo(difference / 2, 12);
  });

  it('have the interval of a mean by the spread between groups', () => {
    expect(meanOf([0.4])).toEqual({ mean: 0.4, interval95: [0.4, 0.4] });
    const { mean, interval95 } = meanOf([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    // Student's t with 4 degrees of freedom: 2.776.
    expect(interval95[1] - mean).toBeCloseTo((2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 2);
  });
});
