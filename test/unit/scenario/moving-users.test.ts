import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pathsFrom } from '../../../src/channel/moving-paths.js';
import type { BeamloopError } from '../../../src/core/errors.js';
import { checkMotion, checkMotions } from '../../../src/scenario/motion-checks.js';
import { prepare } from '../../../src/scenario/plan.js';
import { planWarnings } from '../../../src/scenario/plan-warnings.js';
import { parseScenario, readScenario } from '../../../src/scenario/scenario.js';
import {
  arrayOf,
  pathsAt,
  polarCodebookOf,
  positionAt,
  type User,
  usersOf,
} from '../../../src/scenario/users.js';

const anything = z.strictObject({}).prefault({});
const head = `
seed: 3
array: { elements: 64, carrier: 60 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 20 dB, region: { distance: [5 m, 50 m], angle: [-50 deg, 50 deg] } }
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'motion-'));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = (users: string, rest = '') =>
  parseScenario(`${head}users: ${users}\n${rest}`, path.join(folder, 'try.yaml'), anything);
function users(text: string, rest = ''): User[] {
  const { scenario } = parse(text, rest);
  return usersOf(scenario, polarCodebookOf(scenario));
}
const only = (motion: string, rest = '') => users(`[{ id: ada, motion: ${motion} }]`, rest)[0]!;
function complaint(act: () => unknown): BeamloopError {
  try {
    act();
  } catch (error) {
    return error as BeamloopError;
  }
  throw new Error('it was accepted');
}

describe('users that move', () => {
  it('go along a line, by velocity or by speed and heading', () => {
    const a = only('{ kind: line, start: [20 m, 5 m], velocity: [0.5 m/s, -7.2 km/h] }');
    expect(a.positionM).toEqual([20, 5]);
    expect(a.motion!.positionAt(2)).toEqual([21, 1]);
    const b = only('{ kind: line, start: { distance: 20 m, angle: 0 deg }, speed: 2 m/s, heading: 90 deg }');
    expect(b.motion!.positionAt(3)[0]).toBeCloseTo(20, 9);
    expect(b.motion!.positionAt(3)[1]).toBeCloseTo(6, 9);
  });

  it('go by waypoints, at a speed or at times', () => {
    const a = only('{ kind: waypoints, points: [[10 m, 0 m], [20 m, 0 m], [20 m, 4 m]], speed: 2 m/s }');
    expect(a.motion!.positionAt(6)).toEqual([20, 2]);
    const b = only('{ kind: waypoints, points: [[10 m, 0 m], [20 m, 0 m]], times: [1 s, 3 s] }');
    expect(b.motion!.positionAt(2)).toEqual([15, 0]);
    expect(b.motion!.positionAt(0)).toEqual([10, 0]);
  });

  it('walk: each by itself, the same for the same seed, from where they are drawn', () => {
    const walk = '{ kind: walk, speed: 1 m/s }';
    const [one, two] = users(`{ count: 2, motion: ${walk} }`);
    const still = users('{ count: 2 }');
    // Without a start they begin where users without a motion are.
    expect(one!.positionM).toEqual(still[0]!.positionM);
    expect(one!.truth!.paths).toEqual(still[0]!.truth!.paths);
    const offM = ({ motion, positionM }: User) => {
      const [xM, yM] = motion!.positionAt(5);
      return [xM - positionM![0], yM - positionM![1]];
    };
    expect(offM(one!)).not.toEqual(offM(two!));
    const [again] = users(`[{ id: ue1, motion: ${walk} }, { id: new, motion: ${walk} }]`);
    expect(again!.motion!.positionAt(5)).toEqual(one!.motion!.positionAt(5));
  });

  it('have the options of a walk in their units', () => {
    const { truth } = only(
      '{ kind: walk, start: [9 m, 0 m], step: 10 ms, speed: 3 m/s, memory: 0.5, speedDeviation: 0.1 m/s, acceleration: 0.2 m/s, firstSpeedDeviation: 0.3 m/s, turn: 180 deg, leastX: 2 m, distance: [3 m, 30 m] }',
    );
    expect(truth!.motionPlan).toMatchObject({
      kind: 'walk',
      startM: [9, 0],
      stepS: 0.01,
      turnRad: Math.PI,
      meanSpeedMPerS: 3,
      memory: 0.5,
      speedDeviationMPerS: 0.1,
      limits: { leastXM: 2, distanceM: [3, 30] },
    });
    expect(truth!.motionPlan).toHaveProperty('accelerationVariance', 0.2 ** 2);
    expect(truth!.motionPlan).toHaveProperty('firstSpeedVariance', 0.3 ** 2);
    expect(only('{ kind: walk, heading: independent }').truth!.motionPlan).toMatchObject({
      turnRad: null,
      accelerationVariance: 0.5,
      firstSpeedVariance: 2,
    });
  });

  it('follow a file beside the scenario, whose text is kept', async () => {
    const text = 'time,x,y\n100,20,0\n102,24,0\n';
    await writeFile(path.join(folder, 'track.csv'), text);
    const read = parse('[{ id: ada, motion: { kind: file, file: track.csv } }]');
    expect(read.motionTexts).toEqual({ 'track.csv': text });
    const [user] = usersOf(read.scenario, polarCodebookOf(read.scenario));
    expect(user!.motion!.positionAt(1)).toEqual([22, 0]);
    await writeFile(path.join(folder, 'file.yaml'), read.text);
    await rm(path.join(folder, 'track.csv'));
    expect(complaint(() => readScenario(path.join(folder, 'file.yaml'), anything)).code).toBe(
      'FILE_NOT_FOUND',
    );
    // A recording brings the text along.
    const recorded = parseScenario(read.text, 'rec', anything, undefined, undefined, read.motionTexts);
    expect(recorded.scenario.users).toEqual(read.scenario.users);
    expect(parse('[{ id: ada, position: [5 m, 1 m] }]')).not.toHaveProperty('motionTexts');
  });

  it('have paths and a place at each time', () => {
    const { truth } = only('{ kind: line, start: [20 m, 5 m], velocity: [1 m/s, 0 m/s] }');
    const { scenario } = parse('{ count: 1 }');
    const array = arrayOf(scenario);
    expect(positionAt(truth!, 2)).toEqual([22, 5]);
    expect(pathsAt(truth!, 0, array)).toEqual(truth!.paths);
    expect(pathsAt(truth!, 2, array)).toEqual(pathsFrom(truth!.paths, [20, 5], [22, 5], array));
    const [still] = users('[{ id: ada, position: [20 m, 5 m] }]');
    expect(pathsAt(still!.truth!, 9, array)).toBe(still!.truth!.paths);
    expect(positionAt(still!.truth!, 9)).toEqual([20, 5]);
  });

  it('are taken for what they are on a real port: nobody knows how they move', () => {
    const text = `${head.replace('emulated', '/dev/ttyUSB0')}users: [{ id: ada, motion: { kind: walk } }]\n`;
    const { scenario } = parseScenario(text, 'f.yaml', anything);
    expect(usersOf(scenario, polarCodebookOf(scenario))).toEqual([
      { id: 'ada', positionM: null, motion: null, sensors: null, truth: null },
    ]);
  });
});

describe('sensors of users', () => {
  const still = 'position: [20 m, 5 m]';

  it('are those for all, those of the user, or none', () => {
    const all = 'sensors: { position: 1 m, rate: 10 Hz }';
    const [a, b, c] = users(
      `[{ id: a, ${still} }, { id: b, ${still}, sensors: { speed: 1 m/s, heading: 10 deg, latency: 5 ms } }, { id: c, ${still}, sensors: none }]`,
      all,
    );
    expect(a!.sensors).toMatchObject({ positionM: 1, rateHz: 10, velocity: null, latencyS: 0, gapsS: [] });
    expect(b!.sensors).toMatchObject({
      positionM: 0.5,
      rateHz: 50,
      velocity: { speedMPerS: 1, headingRad: Math.PI / 18 },
      latencyS: 5e-3,
    });
    expect(c!.sensors).toBeNull();
    expect(users('{ count: 1 }')[0]!.sensors).toBeNull();
  });

  it('are silent in gaps, and while the radio is blocked if they are told so', () => {
    const of = (more: string) =>
      users(`[{ id: a, ${still}, blocked: [[1 s, 3 s]], sensors: { gaps: [[5 s, 6 s]]${more} } }]`)[0]!;
    expect(of('').sensors!.gapsS).toEqual([[5, 6]]);
    expect(of('').truth!.blockedS).toEqual([[1, 3]]);
    expect(of(', whenBlocked: silent').sensors!.gapsS).toEqual([
      [5, 6],
      [1, 3],
    ]);
    const [away] = users(`[{ id: a, ${still}, away: [[7 s, 8 s]], sensors: { gaps: [[5 s, 6 s]] } }]`);
    expect(away!.sensors!.gapsS).toEqual([
      [5, 6],
      [7, 8],
    ]);
    expect(away!.truth!.awayS).toEqual([[7, 8]]);
  });

  it('have outliers and lies', () => {
    const [a] = users(
      `[{ id: a, ${still}, sensors: { outliers: { size: 20 m, times: [3 s] }, lie: { from: 4 s, offset: [20 m, -1 m] } } }]`,
    );
    expect(a!.sensors).toMatchObject({
      outliers: { sizeM: 20, share: 0, timesS: [3] },
      lie: { fromS: 4, offsetM: [20, -1] },
    });
  });
});

describe('a scenario is refused for', () => {
  it.each<[string, string, RegExp, RegExp]>([
    [
      'motion together with position',
      '[{ id: a, position: [5 m, 0 m], motion: { kind: walk } }]',
      /does not go with 'position'/,
      /users\[1\]\.motion/,
    ],
    ['an unknown kind', '[{ id: a, motion: { kind: run } }]', /kind/, /users\[1\]\.motion\.kind/],
    ['an unknown key', '[{ id: a, motion: { kind: walk, sped: 1 m/s } }]', /sped/, /users\[1\]\.motion/],
    [
      'a speed without a unit',
      '[{ id: a, motion: { kind: walk, speed: 18 } }]',
      /must be a speed with its unit, such as 18 m\/s/,
      /users\[1\]\.motion\.speed/,
    ],
    [
      'a line without a speed',
      '[{ id: a, motion: { kind: line, heading: 1 deg } }]',
      /is missing/,
      /motion\.speed/,
    ],
    [
      'both velocity and speed',
      '[{ id: a, motion: { kind: line, velocity: [1 m/s, 0 m/s], speed: 1 m/s } }]',
      /does not go with 'speed'/,
      /motion\.velocity/,
    ],
    [
      'waypoints without times',
      '[{ id: a, motion: { kind: waypoints, points: [[5 m, 0 m], [6 m, 0 m]] } }]',
      /is missing/,
      /motion\.speed/,
    ],
    [
      'times that go back',
      '[{ id: a, motion: { kind: waypoints, points: [[5 m, 0 m], [6 m, 0 m]], times: [2 s, 1 s] } }]',
      /must ascend/,
      /motion\.times/,
    ],
    [
      'too few times',
      '[{ id: a, motion: { kind: waypoints, points: [[5 m, 0 m], [6 m, 0 m]], times: [2 s] } }]',
      /has 1 times for 2 points/,
      /motion\.times/,
    ],
    [
      'turns of independent headings',
      '[{ id: a, motion: { kind: walk, heading: independent, turn: 5 deg } }]',
      /does not go with 'heading: independent'/,
      /motion\.turn/,
    ],
    [
      'a walk that begins outside its limits',
      '[{ id: a, motion: { kind: walk, start: [0.5 m, 0 m] } }]',
      /User 'a' cannot move so: The walk begins at \[0.5 m, 0 m\], outside its limits/,
      /motion of user 'a'/,
    ],
    [
      'a start behind the array',
      '[{ id: a, motion: { kind: line, start: [-5 m, 0 m], speed: 1 m/s, heading: 0 deg } }]',
      /User 'a', which is at \[-5 m, 0 m\] after 0 s, is behind the array/,
      /motion of user 'a'/,
    ],
    [
      'times of blockage that are the wrong way round',
      '[{ id: a, position: [5 m, 0 m], blocked: [[3 s, 1 s]] }]',
      /the second time must be after the first/,
      /blocked\[1\]/,
    ],
    [
      'outliers of which there are none',
      '[{ id: a, position: [5 m, 0 m], sensors: { outliers: { size: 20 m } } }]',
      /needs 'share' or 'times'/,
      /outliers/,
    ],
  ])('%s', (_, text, what, where) => {
    const error = complaint(() => parse(text));
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.message).toMatch(what);
    expect(error.message).toMatch(where);
  });

  it('a motion file with times that go back, naming file and line', async () => {
    await writeFile(path.join(folder, 'back.csv'), 'time,x,y\n1,5,0\n0.5,5,0\n');
    const error = complaint(() => parse('[{ id: a, motion: { kind: file, file: back.csv } }]'));
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.what).toBe('Time 0.5 s comes after 1 s: times must ascend');
    expect(error.where).toBe('back.csv:3');
  });

  it('a motion file that is none', async () => {
    await writeFile(path.join(folder, 'parquet.csv'), 'PAR1\0\0\0');
    const error = complaint(() => parse('{ count: 2, motion: { kind: file, file: parquet.csv } }'));
    expect(error.what).toBe(
      'This looks like a Parquet file; a motion file is wanted here, CSV text in UTF-8',
    );
  });
});

describe('whether motions stay in front of the array', () => {
  const line = (speed: string) =>
    parse(`[{ id: ada, motion: { kind: line, start: [10 m, 0 m], speed: ${speed}, heading: 180 deg } }]`)
      .scenario;

  it('is looked at for as long as the campaign takes', () => {
    expect(() => checkMotions(line('2 m/s'), 4.9, 'f.yaml')).not.toThrow();
    const error = complaint(() => checkMotions(line('2 m/s'), 6, 'f.yaml'));
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.what).toMatch(
      /^User 'ada', which is at \[0.002 m, .*\] after 4.999 s, is 2 mm away from the array/,
    );
    expect(error.where).toBe("f.yaml, motion of user 'ada'");
    expect(error.todo).toBeDefined();
  });

  it('is a matter of each user', () => {
    const scenario = line('2 m/s');
    const [ada] = usersOf(scenario, polarCodebookOf(scenario));
    expect(() => checkMotion(ada!, 4, arrayOf(scenario), 'f.yaml')).not.toThrow();
    expect(() => checkMotion(ada!, 40, arrayOf(scenario), 'f.yaml')).toThrow(/User 'ada'/);
    const [still] = users('[{ id: ada, position: [20 m, 5 m] }]');
    expect(() => checkMotion(still!, 1e6, arrayOf(scenario), 'f.yaml')).not.toThrow();
  });

  it('is not looked at without end: a walk has so many steps at most', () => {
    const { scenario } = parse('[{ id: ada, motion: { kind: walk, start: [20 m, 0 m], step: 1 us } }]');
    expect(() => checkMotions(scenario, 60, 'f.yaml')).toThrow(
      /would walk 60000000 steps in 60 s; 2000000 are/,
    );
  });

  it('is true of walks, which turn back', () => {
    const { scenario } = parse('[{ id: ada, motion: { kind: walk, start: [2 m, 0 m] } }]');
    expect(() => checkMotions(scenario, 60, 'f.yaml')).not.toThrow();
  });
});

describe('docs/scenario.md', () => {
  it('shows users that move as they are read', () => {
    const doc = readFileSync('docs/scenario.md', 'utf8').split('## Users that move')[1]!;
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(doc)!;
    const { scenario } = parseScenario(head + yaml, 'f.yaml', anything);
    const shown = usersOf(scenario, polarCodebookOf(scenario));
    expect(shown.map(({ truth }) => truth!.motionPlan!.kind)).toEqual([
      'line',
      'track',
      'track',
      'walk',
      'walk',
      'line',
    ]);
    expect(shown.map(({ sensors }) => sensors !== null)).toEqual([true, true, true, true, true, false]);
  });
});

describe('on a real port', () => {
  it('a warning says that motions and sensors are not used', () => {
    const text = head.replace('emulated', '/dev/ttyUSB0').replace(/channel:.*\n/, '');
    const warningsOf = (more: string) => {
      const { scenario } = parseScenario(text + more, 'f.yaml', anything);
      return planWarnings(prepare(scenario), null).filter((warning) => warning.includes('not used on'));
    };
    expect(warningsOf('users: { count: 2 }\n')).toEqual([]);
    expect(warningsOf('users: { count: 2, motion: { kind: walk } }\nsensors: {}\n')).toEqual([
      'users.motion, sensors describe emulated users and are not used on /dev/ttyUSB0, where the air decides',
    ]);
    expect(warningsOf('users: [{ id: a, motion: { kind: walk }, blocked: [[1 s, 2 s]] }]\n')[0]).toMatch(
      /^users\[\]\.motion, users\[\]\.blocked describe/,
    );
  });
});
