import { describe, expect, it } from 'vitest';
import type { PointM } from '../../../src/array/linear-array.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { Random } from '../../../src/core/random.js';
import { BeamMap } from '../../../src/tracking/beam-map.js';
import type { SensorReading, Tracker, TrackerSetting } from '../../../src/tracking/tracker.js';
import { trackerSchemaOf } from '../../../src/tracking/tracker-definition.js';
import { CLASSICAL_TRACKERS } from '../../../src/tracking/trackers/list.js';
import { codebook, EPOCH_S, meanGain, track, train, type World } from './tracked-channel.js';

const schema = trackerSchemaOf(CLASSICAL_TRACKERS);

function build(choice: unknown, numUsers: number): Tracker {
  const options = schema.parse(choice);
  const setting: TrackerSetting = { codebook, numUsers, epochS: EPOCH_S, seed: 1 };
  return CLASSICAL_TRACKERS.find(({ name }) => name === options.name)!.build(options, setting) as Tracker;
}

const still = (user: number): PointM => [6 + user, 2 * user - 1];
/** Half round the array at 4 m/s. */
const passing = (user: number, timeS: number): PointM => [6 + user, -6 + 4 * timeS + user];

function noisyPosition(user: number, epoch: number, [x, y]: PointM): SensorReading[] {
  const random = new Random(9, 'sensor', user, epoch);
  const positionM: PointM = [x + 0.2 * random.normal(), y + 0.2 * random.normal()];
  const velocityMPerS = [0.3 * random.normal(), 4 + 0.3 * random.normal()] as const;
  const covariance = [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.09, 0, 0, 0, 0, 0.09];
  return [{ boardTimeS: epoch * EPOCH_S, positionM, velocityMPerS, covariance }];
}

const walkers: World = { placeM: passing, sensors: noisyPosition };

describe('the tracking generator', () => {
  it('starts users by the scheme, a part of a batch in each epoch, and then serves them', () => {
    const seen = track(build('hold', 3), 3, 60, { placeM: still });
    const first = seen.findIndex(({ plan }) => plan.users.every(({ state }) => state === 'tracked'));
    expect(first).toBeGreaterThan(6);
    expect(first).toBeLessThan(30);
    for (const user of [0, 1, 2]) expect(meanGain(seen, user, first)).toBeGreaterThan(0.9);
    for (const { plan } of seen) {
      expect(plan.pilots.length).toBeLessThanOrEqual(40);
      expect(new Set(plan.pilots.map(({ codeword }) => codeword.key)).size).toBeLessThanOrEqual(16);
    }
    // Everybody hears the first serving slot of everybody, and nothing else of others.
    const { pilots } = seen.at(-1)!.plan;
    expect(pilots.map(({ user, listeners }) => [user, listeners])).toEqual(
      [0, 1, 2].flatMap((user) => [
        [user, [user, ...[0, 1, 2].filter((other) => other !== user)]],
        ...[1, 2, 3].map(() => [user, [user]]),
      ]),
    );
  });

  it('tells the tracker what was heard: means over serving slots, and interference', () => {
    const epochs: Parameters<Tracker['observe']>[0][] = [];
    const tracker: Tracker = {
      ...build('hold', 2),
      found: () => {},
      predict: () => [3, 40].map((column) => [{ column, probability: 1 }]),
      observe: (epoch) => epochs.push(epoch),
    };
    track(tracker, 2, 1, { placeM: still, noise: 1e-9 });
    const [ada, bela] = epochs[0]!;
    expect(ada!.pilots.map(({ column, purpose, servedUser }) => [column, purpose, servedUser])).toEqual([
      [3, 'serve', 0],
      [40, 'interference', 1],
    ]);
    expect(bela!.pilots.map(({ column, purpose }) => [column, purpose])).toEqual([
      [3, 'interference'],
      [40, 'serve'],
    ]);
    expect(ada!.noiseFloor).toBeCloseTo(1e-9, 15);
  });

  it('tries probes before it serves where they come first, and serves with the strongest', () => {
    const place: PointM = [6, 0.4];
    const map = new BeamMap(codebook);
    const best = map.best(place);
    const observed: number[] = [];
    const tracker: Tracker = {
      found: () => {},
      // The best is what it believes in the least.
      predict: () => [
        [best + 3, best - 2, best].map((column, k) => ({ column, probability: 0.3 - 0.1 * k })),
      ],
      observe: ([user]) => observed.push(user!.pilots.filter(({ power }) => power !== null).length),
    };
    const probing = { budget: 0.9, confidence: 1, mostPerEpoch: 4, windowEpochs: 10 };
    const seen = track(tracker, 1, 30, { placeM: () => place }, { probesFirst: true, probing });
    const parts = seen.filter(({ plan }) => plan.epoch === 29);
    expect(parts.map(({ plan }) => plan.goesOn)).toEqual([true, false]);
    expect(parts[0]!.plan.pilots.map(({ column, purpose }) => [column, purpose])).toEqual(
      [best + 3, best - 2, best].map((column) => [column, 'probe']),
    );
    const { pilots, users } = parts[1]!.plan;
    expect(pilots.map(({ column, purpose }) => [column, purpose])).toEqual(
      Array.from({ length: 4 }, () => [best, 'serve']),
    );
    expect(users[0]).toMatchObject({ column: best, numServingSlots: 4, probes: [best + 3, best - 2, best] });
    // Three probes and the serving beam, each epoch told once.
    expect(observed).toHaveLength(30);
    expect(observed.at(-1)).toBe(4);
  });

  it('follows users with each filter, neighbours as far as their probes go, and hold falls behind', () => {
    const gainOf = (choice: unknown) => meanGain(track(build(choice, 2), 2, 150, walkers), 0, 40);
    expect(gainOf('ekf-velocity')).toBeGreaterThan(0.9);
    expect(gainOf('ekf-position')).toBeGreaterThan(0.6);
    expect(gainOf('hold')).toBeLessThan(0.5);
    // At a fourth of the speed, with probes of rings left out.
    const strolling: World = { placeM: (user, timeS) => passing(user, timeS / 4) };
    const strollGain = (choice: unknown) => meanGain(track(build(choice, 2), 2, 300, strolling), 0, 40);
    expect(strollGain({ name: 'neighbours', rings: 0 })).toBeGreaterThan(strollGain('hold') + 0.3);
  });

  it('retrains after so many epochs where a tracker holds, and again and again where one knows nothing', () => {
    const trainings = (choice: unknown) =>
      track(build(choice, 1), 1, 120, { placeM: still }).filter(({ plan }) => plan.users[0]!.found !== null);
    expect(trainings('hold')).toHaveLength(1);
    const held = trainings({ name: 'hold', epochs: 30 });
    expect(held.length).toBeGreaterThan(2);
    const [first, second] = held.map(({ plan }) => plan.epoch);
    expect(second! - first!).toBeGreaterThanOrEqual(30);
    expect(trainings('retrain').length).toBeGreaterThan(held.length);
    // While it is trained anew it is served by what was found last.
    const seen = track(build('retrain', 1), 1, 60, { placeM: still });
    expect(meanGain(seen, 0, 20)).toBeGreaterThan(0.9);
  });

  it('keeps probes to their share of all slots, and sends none where the tracker is sure', () => {
    const share = (choice: unknown, budget: number) => {
      const probing = { budget, confidence: 0.9, mostPerEpoch: 8, windowEpochs: 25 };
      const seen = track(build(choice, 2), 2, 150, { placeM: still }, { probing }).slice(30);
      const slots = seen.flatMap(({ plan }) => plan.pilots);
      return slots.filter(({ purpose }) => purpose === 'probe').length / slots.length;
    };
    expect(share('neighbours', 0.1)).toBeLessThanOrEqual(0.1);
    expect(share('neighbours', 0.1)).toBeGreaterThan(0.07);
    expect(share('neighbours', 0)).toBe(0);
    expect(share('neighbours', 1)).toBeGreaterThan(0.4);
    expect(share('hold', 0.5)).toBe(0);
  });

  it('notices a user that jumps, and finds it again', () => {
    const jump = 60;
    const placeM = (user: number, timeS: number): PointM =>
      user === 0 && timeS >= jump * EPOCH_S ? [6, 4] : still(user);
    const seen = track(build('hold', 2), 2, 140, { placeM });
    const states = seen.map(({ plan }) => plan.users[0]!.state);
    expect(states.slice(40, jump + 1)).toEqual(Array.from({ length: jump - 39 }, () => 'tracked'));
    expect(states.indexOf('lost', jump)).toBeLessThanOrEqual(jump + 4);
    expect(states.indexOf('tracked', jump + 5)).toBeLessThan(jump + 30);
    expect(meanGain(seen, 0, jump + 30)).toBeGreaterThan(0.9);
    // The other one did not lose a slot.
    const served = seen.slice(40).map(({ plan }) => plan.users[1]!.numServingSlots);
    expect(new Set(served)).toEqual(new Set([4]));
  });

  it('gives up a blocked user alone, goes on listening for it, and has it back when the way is free', () => {
    const blocked = (epoch: number) => epoch >= 60 && epoch < 160;
    const through = (user: number, epoch: number) => (user === 1 && blocked(epoch) ? 1e-9 : 1);
    const judged = function* (): ReturnType<typeof train> {
      const powers: number[] = [];
      const scheme = train();
      let step = scheme.next();
      while (!step.done) {
        const measured = yield step.value;
        powers.push(...measured.mean);
        step = scheme.next(measured);
      }
      if (Math.max(...powers) > 0.1) return step.value;
      throw new BeamloopError('NO_EVIDENCE', { what: 'nobody there' });
    };
    const seen = track(build('hold', 2), 2, 200, { placeM: still, through }, { train: judged });
    const users = seen.map(({ plan }) => plan.users[1]!);
    expect(users.filter(({ failure }) => failure?.code === 'NO_EVIDENCE').length).toBeGreaterThanOrEqual(3);
    const givenUp = users.flatMap(({ state }, epoch) => (state === 'given up' ? [epoch] : []));
    expect(givenUp.length).toBeGreaterThan(10);
    expect(users[givenUp[0]!]!.numServingSlots).toBe(1);
    expect(users.slice(163).map(({ state }) => state)).toEqual(Array.from({ length: 37 }, () => 'tracked'));
    const others = seen.slice(40).map(({ plan }) => plan.users[0]!);
    expect(others.every(({ state, numServingSlots }) => state === 'tracked' && numServingSlots === 4)).toBe(
      true,
    );
  });

  it('neither trains nor probes a user that does not answer, and serves it again when it does', () => {
    const through = (user: number, epoch: number) => (user === 1 && epoch >= 50 && epoch < 150 ? null : 1);
    const seen = track(build('neighbours', 2), 2, 200, { placeM: still, through });
    const silent = seen.slice(60, 150).map(({ plan }) => plan.users[1]!);
    expect(silent.every(({ isSilent, state }) => isSilent && state === 'lost')).toBe(true);
    for (const { plan } of seen.slice(60, 150)) {
      expect(plan.pilots.filter(({ user }) => user === 1)).toHaveLength(1);
      expect(plan.pilots.filter(({ user, purpose }) => user === 0 && purpose === 'serve')).toHaveLength(4);
    }
    const back = seen.slice(152).map(({ plan }) => plan.users[1]!);
    expect(back.every(({ state, numServingSlots }) => state === 'tracked' && numServingSlots === 4)).toBe(
      true,
    );
  });

  it('asks again, in later epochs, for pilots of the scheme that were not measured', () => {
    const random = new Random(2, 'missing');
    const through = () => (random.uniform() < 0.3 ? null : 1);
    const seen = track(build('hold', 1), 1, 80, { placeM: still, through });
    expect(seen.some(({ plan }) => plan.pilots.some(({ training }) => (training?.attempt ?? 1) > 1))).toBe(
      true,
    );
    const first = seen.findIndex(({ plan }) => plan.users[0]!.found !== null);
    expect(first).toBeGreaterThan(0);
    expect(meanGain(seen, 0, first)).toBeGreaterThan(0.9);
  });

  it('trusts power over a sensor that lies by 20 m', () => {
    const sensors: World['sensors'] = (user, epoch, placeM) =>
      noisyPosition(user, epoch, epoch >= 60 && epoch < 120 ? [placeM[0], placeM[1] + 20] : placeM);
    const seen = track(build('ekf-velocity', 2), 2, 150, { ...walkers, sensors });
    expect(meanGain(seen, 0, 60)).toBeGreaterThan(0.6);
    // Of a tracker that believes everything.
    const gullible = build({ name: 'ekf-velocity', gate: 1000 }, 2);
    expect(meanGain(track(gullible, 2, 150, { ...walkers, sensors }), 0, 60)).toBeLessThan(
      meanGain(seen, 0, 60),
    );
  });

  it('goes on without sensors that fall silent', () => {
    const sensors: World['sensors'] = (user, epoch, placeM) =>
      epoch >= 60 && epoch < 110 ? [] : noisyPosition(user, epoch, placeM);
    expect(meanGain(track(build('ekf-velocity', 2), 2, 150, { ...walkers, sensors }), 0, 60)).toBeGreaterThan(
      0.7,
    );
  });

  it('gives the same plans when it is run again on the same powers', () => {
    const plans = () =>
      JSON.stringify(track(build('ekf-position', 2), 2, 60, walkers).map(({ plan }) => plan));
    expect(plans()).toBe(plans());
  });
});
