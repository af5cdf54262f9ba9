import { describe, expect, it } from 'vitest';
import { WALK_DEFAULTS, type WalkOptions, type WalkStep, walk } from '../../../../src/channel/motion/walk.js';
import { Walking } from '../../../../src/channel/motion/walking.js';
import { Random } from '../../../../src/core/random.js';

const paper: WalkOptions = { ...WALK_DEFAULTS, startM: [100, 0], stepS: 1e-4 };

function steps(options: WalkOptions, count: number, key: string | number = 1): WalkStep[] {
  const generator = walk(options, new Random(key, 'walk'));
  return Array.from({ length: count }, () => generator.next().value);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]) => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

describe("the paper's walk", () => {
  const many = steps(paper, 60_000);

  it('goes from each position at its speed along its heading', () => {
    for (let k = 1; k < 1000; k++) {
      const { positionM, speedMPerS, headingRad } = many[k - 1]!;
      const goneM = 1e-4 * speedMPerS;
      expect(many[k]!.positionM[0]).toBeCloseTo(positionM[0] + goneM * Math.cos(headingRad), 12);
      expect(many[k]!.positionM[1]).toBeCloseTo(positionM[1] + goneM * Math.sin(headingRad), 12);
    }
  });

  it('has the speeds of eq. 87: mean, variance and memory', () => {
    const speeds = many.map(({ speedMPerS }) => speedMPerS);
    expect(mean(speeds)).toBeCloseTo(18, 0);
    // (0.19 + 0.5) / (1 - 0.81)
    expect(variance(speeds) / (0.69 / 0.19)).toBeCloseTo(1, 1);
    const innovations = speeds.slice(1).map((speed, k) => speed - 0.9 * speeds[k]! - 1.8);
    expect(mean(innovations)).toBeCloseTo(0, 1);
    expect(variance(innovations) / 0.69).toBeCloseTo(1, 1);
  });

  it('begins at speeds of variance 2 around 18 m/s', () => {
    const first = Array.from({ length: 4000 }, (_, key) => steps(paper, 1, key)[0]!.speedMPerS);
    expect(mean(first)).toBeCloseTo(18, 0);
    expect(variance(first) / 2).toBeCloseTo(1, 0);
  });

  it('draws each heading by itself, uniform over the circle', () => {
    const headings = many.map(({ headingRad }) => headingRad);
    expect(mean(headings.map((rad) => Math.cos(rad)))).toBeCloseTo(0, 1);
    expect(mean(headings.map((rad) => Math.sin(rad)))).toBeCloseTo(0, 1);
    expect(variance(headings) / (Math.PI ** 2 / 3)).toBeCloseTo(1, 1);
    const products = headings.slice(1).map((rad, k) => Math.cos(rad - headings[k]!));
    expect(mean(products)).toBeCloseTo(0, 1);
  });
});

describe('a walk with correlated headings', () => {
  it('turns by so many degrees rms from step to step', () => {
    const turnRad = (5 * Math.PI) / 180;
    const headings = steps({ ...paper, turnRad }, 10_000).map(({ headingRad }) => headingRad);
    const turns = headings.slice(1).map((rad, k) => Math.asin(Math.sin(rad - headings[k]!)));
    expect(mean(turns)).toBeCloseTo(0, 2);
    expect(Math.sqrt(variance(turns)) / turnRad).toBeCloseTo(1, 1);
  });
});

describe('limits of a walk', () => {
  it.each([null, 0.1])('are never left, whatever the turns (%s rad)', (turnRad) => {
    const limits = { leastXM: 1, distanceM: [3, 12] } as const;
    const options = { ...paper, startM: [5, 0] as const, stepS: 0.1, turnRad, limits };
    for (let key = 0; key < 20; key++) {
      const all = steps(options, 500, key);
      for (const [k, { positionM, speedMPerS, headingRad }] of all.entries()) {
        expect(positionM[0]).toBeGreaterThanOrEqual(1);
        expect(Math.hypot(...positionM)).toBeGreaterThanOrEqual(3);
        expect(Math.hypot(...positionM)).toBeLessThanOrEqual(12);
        const next = all[k + 1]?.positionM;
        if (next === undefined) continue;
        // The heading is the one that it was gone along, at the limits too.
        expect(next[0]).toBeCloseTo(positionM[0] + 0.1 * speedMPerS * Math.cos(headingRad), 9);
        expect(next[1]).toBeCloseTo(positionM[1] + 0.1 * speedMPerS * Math.sin(headingRad), 9);
      }
      // It moves: nobody is stuck at a limit.
      expect(all.filter(({ speedMPerS }) => speedMPerS === 0).length).toBeLessThan(5);
    }
  });

  it('mirror: a user that walks at the line leaves it at the angle at which it came', () => {
    const options: WalkOptions = {
      ...paper,
      startM: [1.1, 0],
      stepS: 0.02,
      turnRad: 0,
      firstSpeedVariance: 0,
      speedDeviationMPerS: 0,
      accelerationVariance: 0,
    };
    let mirrored = 0;
    for (let key = 0; key < 50; key++) {
      const random = new Random(key, 'walk');
      random.normal();
      const drawn = Math.PI * (2 * random.uniform() - 1);
      const [{ headingRad }] = steps(options, 1, key) as [WalkStep];
      const leaves = 1.1 + 0.36 * Math.cos(drawn) < 1;
      expect(Math.sin(headingRad)).toBeCloseTo(Math.sin(drawn), 12);
      expect(Math.cos(headingRad)).toBeCloseTo(leaves ? -Math.cos(drawn) : Math.cos(drawn), 12);
      if (leaves) mirrored++;
    }
    expect(mirrored).toBeGreaterThan(5);
  });

  it('that are too narrow for any step make the user wait', () => {
    const limits = { leastXM: 1, distanceM: [3, 3.2] } as const;
    const all = steps({ ...paper, startM: [3.1, 0], stepS: 10, limits }, 20);
    for (const { positionM, speedMPerS } of all) {
      expect(positionM).toEqual([3.1, 0]);
      expect(speedMPerS).toBe(0);
    }
  });

  it('refuse a start outside, and options that are none', () => {
    const refused = (change: Partial<WalkOptions>) => () => steps({ ...paper, ...change }, 1);
    expect(refused({ startM: [0.5, 0] })).toThrow(/outside its limits \(x of 1 m or more/);
    expect(refused({ memory: 1 })).toThrow(/memory cannot be 1/);
    expect(refused({ stepS: 0 })).toThrow(/stepS cannot be 0/);
    expect(refused({ speedDeviationMPerS: Number.NaN })).toThrow(/speedDeviationMPerS/);
    expect(refused({ accelerationVariance: -1 })).toThrow(/accelerationVariance/);
  });
});

describe('walking', () => {
  const options: WalkOptions = { ...paper, stepS: 0.02, turnRad: 0.1 };
  const walker = () => new Walking(options, new Random(3, 'walk', 'ue1'));

  it('is where the steps are, in whatever order it is asked', () => {
    const all = steps(options, 500, 'other');
    const motion = new Walking(options, new Random('other', 'walk'));
    for (const k of [400, 3, 0, 499, 250]) {
      expect(motion.positionAt(k * 0.02)[0]).toBeCloseTo(all[k]!.positionM[0], 9);
      expect(motion.positionAt(k * 0.02)[1]).toBeCloseTo(all[k]!.positionM[1], 9);
    }
    const forwards = walker();
    const backwards = walker();
    const timesS = Array.from({ length: 100 }, (_, k) => 0.0137 * k);
    const there = timesS.map((timeS) => forwards.positionAt(timeS));
    const back = timesS
      .toReversed()
      .map((timeS) => backwards.positionAt(timeS))
      .toReversed();
    expect(back).toEqual(there);
  });

  it('goes straight between steps, at the velocity that it tells', () => {
    const motion = walker();
    for (const timeS of [0.001, 0.0305, 0.7777]) {
      const [vx, vy] = motion.velocityAt(timeS);
      const before = motion.positionAt(timeS - 1e-4);
      const after = motion.positionAt(timeS + 1e-4);
      expect((after[0] - before[0]) / 2e-4).toBeCloseTo(vx, 6);
      expect((after[1] - before[1]) / 2e-4).toBeCloseTo(vy, 6);
    }
  });

  it('stands still before it begins', () => {
    expect(walker().positionAt(-5)).toEqual([100, 0]);
    expect(walker().velocityAt(-5)).toEqual([0, 0]);
  });
});
