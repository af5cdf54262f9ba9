import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BeamloopError } from '../../../src/core/errors.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { polarCodebookOf, usersOf } from '../../../src/scenario/users.js';
import { widebandOf } from '../../../src/scenario/wideband.js';

/** Stands for what the emulation says about its boards. */
const anything = z.strictObject({}).prefault({});

/** 64 elements, 1.5 mm apart. */
const atArray = (place: string, gapMm: number) =>
  new RegExp(
    `User 'ada' at \\[${place}\\] is ${gapMm} mm away .* -47.. mm to 47.. mm .*users\\[1\\]\\.position.*1.5 mm`,
    's',
  );

const small = `
seed: 3
array: { elements: 64, carrier: 2 * 50 GHz, speedOfLight: 3e8 m/s, rings: 3 }
board: { port: emulated }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 20 dB }
users:
  - { id: ada, position: [0.5 m, 20 cm] }
  - { id: bob, position: { distance: 0.8 m, angle: -30 deg }, snr: 10 dB }
`;

function parse(text: string) {
  return parseScenario(text, 'folder/try.yaml', anything);
}

function complaint(text: string): BeamloopError {
  try {
    parse(text);
  } catch (error) {
    return error as BeamloopError;
  }
  throw new Error('the scenario was accepted');
}

describe('scenario', () => {
  it('reads quantities with units and expressions, and fills in defaults', () => {
    const { name, scenario } = parse(small);
    expect(name).toBe('try');
    expect(scenario.array).toEqual({ elements: 64, carrier: 100e9, speedOfLight: 3e8, rings: 3 });
    expect(scenario.slots).toMatchObject({ duration: 125e-6, turnaround: 2e-3, contiguous: false });
    expect(scenario.board).toMatchObject({ port: 'emulated', baud: 3e6 });
    expect(scenario.scheme).toEqual({ name: 'dpc', rangeReduction: true, pilotSetExpansion: true });
    expect(scenario.bridge).toMatchObject({ host: '127.0.0.1', port: 0 });
  });

  it('takes positions as x and y, as distance and angle, and on a ring', () => {
    const text = small.replace(
      /users:[\s\S]*/,
      `users:
  - { id: a, position: [3 m, -4 m] }
  - { id: b, position: { distance: 2 m, angle: 90 deg } }
  - { id: c, position: { ring: 4 m, angle: 60 deg } }
`,
    );
    const { scenario } = parse(text);
    const users = usersOf(scenario, polarCodebookOf(scenario));
    expect(users[0]!.truth!.positionM).toEqual([3, -4]);
    expect(users[1]!.truth!.positionM[1]).toBeCloseTo(2, 12);
    // A ring of 4 m is 4 cos^2(60 deg) = 1 m away at 60 degrees.
    const [xM, yM] = users[2]!.truth!.positionM;
    expect(Math.hypot(xM, yM)).toBeCloseTo(1, 12);
  });

  it('draws each user by seed and id alone', () => {
    const { scenario } = parse(small);
    const polar = polarCodebookOf(scenario);
    const [ada, bob] = usersOf(scenario, polar);
    const swapped = parse(small.replace('- { id: ada, position: [0.5 m, 20 cm] }\n', '')).scenario;
    expect(usersOf(swapped, polar)).toEqual([bob]);
    expect(usersOf(parse(small.replace('seed: 3', 'seed: 4')).scenario, polar)[0]).not.toEqual(ada);
    expect(ada!.truth!.snrDb).toBe(20);
    expect(bob!.truth!.snrDb).toBe(10);
    const power = ada!.truth!.paths.reduce((sum, { gain }) => sum + gain.re ** 2 + gain.im ** 2, 0);
    expect(power).toBeCloseTo(1, 12);
    expect(ada!.truth!.paths).toHaveLength(6);
    expect(ada!.truth!.paths[0]!.positionM).toEqual([0.5, 0.2]);
  });

  it('draws as many users as asked for, within the region', () => {
    const text = small
      .replace(/users:[\s\S]*/, 'users: { count: 20 }\n')
      .replace('snr: 20 dB', 'snr: 20 dB, region: { ringDistance: [1 m, 2 m], angle: [10 deg, 20 deg] }');
    const { scenario } = parse(text);
    const users = usersOf(scenario, polarCodebookOf(scenario));
    expect(users.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, k) => `ue${k + 1}`));
    for (const { truth } of users) {
      const [x, y] = truth!.positionM;
      const angle = Math.atan2(y, x);
      const ring = Math.hypot(x, y) / Math.cos(angle) ** 2;
      expect(ring).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(ring).toBeLessThanOrEqual(2 + 1e-9);
      expect(angle).toBeGreaterThanOrEqual(Math.PI / 18 - 1e-12);
      expect(angle).toBeLessThanOrEqual(Math.PI / 9 + 1e-12);
    }
  });

  it('takes listed paths in place of drawn ones', () => {
    const text = small.replace(
      'position: [0.5 m, 20 cm] }',
      'position: [0.5 m, 20 cm], paths: [{ gain: [0.6, -0.8], position: [1 m, 0 m] }] }',
    );
    const { scenario } = parse(text);
    expect(usersOf(scenario, polarCodebookOf(scenario))[0]!.truth!.paths).toEqual([
      { gain: { re: 0.6, im: -0.8 }, positionM: [1, 0] },
    ]);
  });

  it('real hardware needs no positions: nobody knows them', () => {
    const text = small
      .replace('port: emulated', 'port: usb:0403:6014')
      .replace(/users:[\s\S]*/, 'users: [{ id: phone }]\n');
    const { scenario } = parse(text);
    expect(usersOf(scenario, polarCodebookOf(scenario))).toEqual([
      { id: 'phone', positionM: null, motion: null, sensors: null, truth: null },
    ]);
  });

  it('on real hardware users are where the scenario says; nothing else is drawn or taken for true', () => {
    const onPort = small.replace('port: emulated', 'port: /dev/ttyUSB7');
    const listed = parse(
      onPort.replace(/users:[\s\S]*/, 'users: [{ id: phone, position: [3 m, 4 m], snr: 9 dB }]\n'),
    );
    expect(usersOf(listed.scenario, polarCodebookOf(listed.scenario))).toEqual([
      { id: 'phone', positionM: [3, 4], motion: null, sensors: null, truth: null },
    ]);
    const counted = parse(onPort.replace(/users:[\s\S]*/, 'users: { count: 2 }\n'));
    expect(usersOf(counted.scenario, polarCodebookOf(counted.scenario))).toEqual([
      { id: 'ue1', positionM: null, motion: null, sensors: null, truth: null },
      { id: 'ue2', positionM: null, motion: null, sensors: null, truth: null },
    ]);
  });

  it.each([
    ['an unknown key', small.replace('duration:', 'duratoin:'), /duratoin.*\btry\.yaml:5.*duration/s],
    ['a wrong unit', small.replace('125 us', '125 kHz'), /125 kHz.*try\.yaml:5, slots\.duration/s],
    ['a negative duration', small.replace('125 us', '-1 us'), /above 0.*try\.yaml:5/s],
    ['an unknown scheme', small.replace('dpc', 'dcp'), /dcp.*dpc/s],
    [
      'a scheme of nobody',
      small.replace('dpc', 'my-name'),
      /my-name.*--plugin \.\/file\.js.*scheme: \.\/file/s,
    ],
    [
      'one with options',
      small.replace('dpc', '{ name: my-name }'),
      /may be: .*, dpc.*--plugin \.\/file\.js/s,
    ],
    ['a missing section', small.replace(/array:.*\n/, ''), /'array' is missing/],
    ['a repeated id', small.replace('id: bob', 'id: ada'), /'ada' is the id of another user/],
    ['no users', small.replace(/users:[\s\S]*/, 'users: []\n'), /at least one user/],
    ['an id with a slash', small.replace('id: bob', 'id: a/b'), /letters, digits/],
    [
      'an unknown key of a user',
      small.replace('id: bob,', 'id: bob, possition: [1, 2],'),
      /possition.*position/s,
    ],
    [
      'an emulated user without position',
      small.replace('position: [0.5 m, 20 cm]', 'snr: 3 dB'),
      /position.*users\[1\]/s,
    ],
    ['a user at the array', small.replace('20 cm]', '0 m]').replace('0.5 m', '0 m'), atArray('0 m, 0 m', 0)],
    [
      'a user between two elements, on real hardware too',
      small.replace('20 cm]', '-46 mm]').replace('0.5 m', '1 um').replace('emulated', '/dev/ttyUSB0'),
      atArray('0.000001 m, -0.046 m', 0.001),
    ],
    [
      'a user a little beyond the last element',
      small.replace('[0.5 m, 20 cm]', '[0, 48 mm]'),
      atArray('0 m, 0.048 m', 0.75),
    ],
    [
      'users drawn at the array',
      small
        .replace(/users:[\s\S]*/, 'users: { count: 2 }\n')
        .replace('20 dB', '20 dB, region: { distance: [0 m, 0 m], angle: [0, 1] }'),
      /distance.*from 1 mm.*channel\.region/s,
    ],
    ['noise without bounds', small.replace('20 dB', '-Infinity'), /at least -300 dB.*:7, channel\.snr/s],
    [
      'noise without bounds of a user',
      small.replace('snr: 10 dB', 'beamformedSnr: -1e4 dB'),
      /from -300 dB.*users\[2\]\.beamformedSnr/s,
    ],
    [
      'no number for noise',
      small.replace('20 dB', 'NaN dB'),
      /'NaN dB' is not a quantity.*:7, channel\.snr/s,
    ],
    ['an emulated user without SNR', small.replace('channel: { snr: 20 dB }\n', ''), /snr.*users\[1\]\.snr/s],
  ])('refuses %s, and says where', (_what, text, expected) => {
    const error = complaint(text);
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.message).toMatch(expected);
  });
});

const wide = `
array: { elements: 64, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: 256, sector: { angle: 60 deg, distance: [5 m, 30 m] } }
board: { port: emulated }
slots: { duration: 125 us }
scheme: { name: tdps, delayParameters: [349/11, -427/800], phaseParameters: [-30, 1859/3200], estimator: on-grid }
channel: { beamformedSnr: 15 dB, scatterers: 0 }
users: { count: 400 }
`;

describe('wideband scenario', () => {
  it('reads band, sector and the expressions of scheme options', () => {
    const { scenario } = parse(wide);
    const { band, sector } = widebandOf(scenario)!;
    expect(band.numSubcarriers).toBe(256);
    expect(band.frequenciesHz[0]).toBeCloseTo(30e9 - 2.5e9 + 5e9 / 512, 3);
    expect(sector).toEqual({ maxAngleRad: Math.PI / 3, distanceM: [5, 30] });
    expect(scenario.scheme).toMatchObject({
      delayParameters: [349 / 11, -427 / 800],
      phaseParameters: [-30, 1859 / 3200],
    });
    expect(widebandOf(parse(small).scenario)).toBeNull();
  });

  it('takes an auxiliary beam pair that is told of a perfect beam over some noise', () => {
    const { scheme } = parse(wide.replace('on-grid', '{ name: auxiliary-pair, snr: 15 dB }')).scenario;
    expect(scheme).toMatchObject({ estimator: { name: 'auxiliary-pair', snr: 15 } });
  });

  it('draws users in the sector, uniformly in distance and angle, on a single path', () => {
    const { scenario } = parse(wide);
    const users = usersOf(scenario, polarCodebookOf(scenario));
    const places = users.map(({ truth }) => {
      const [x, y] = truth!.positionM;
      return { distance: Math.hypot(x, y), angle: Math.atan2(y, x) };
    });
    const within = (values: number[], low: number, high: number) => {
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = (high - low) / Math.sqrt(12 * values.length);
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(4 * deviation);
    };
    within(
      places.map(({ distance }) => distance),
      5,
      30,
    );
    within(
      places.map(({ angle }) => angle),
      -Math.PI / 3,
      Math.PI / 3,
    );
    expect(users.every(({ truth }) => truth!.paths.length === 1)).toBe(true);
  });

  it('takes beamformedSnr as what the whole array receives, of all users or of one', () => {
    const listed = parse(
      wide.replace(
        /users:.*/,
        'users: [{ id: a, position: [9 m, 1 m] }, { id: b, position: [9 m, 2 m], snr: 3 dB }, { id: c, position: [9 m, 3 m], beamformedSnr: 20 dB }]',
      ),
    ).scenario;
    const [a, b, c] = usersOf(listed, polarCodebookOf(listed)).map(({ truth }) => truth!.snrDb);
    expect(a).toBeCloseTo(15 - 10 * Math.log10(64), 12);
    expect(b).toBe(3);
    expect(c).toBeCloseTo(20 - 10 * Math.log10(64), 12);
  });

  it.each([
    [
      'a band without its sector',
      wide.replace(/, sector: .* }/, ' }'),
      /sector.*bandwidth, subcarriers, sector go together.*5 GHz/s,
    ],
    ['a sector alone', wide.replace('bandwidth: 5 GHz, subcarriers: 256, ', ''), /bandwidth.*go together/s],
    [
      'a scheme of the whole band without one',
      wide.replace(/, bandwidth.*/, ' }'),
      /Scheme tdps uses the whole band; bandwidth, subcarriers, sector.*array/s,
    ],
    [
      'two signal-to-noise ratios',
      wide.replace('scatterers: 0', 'snr: 3 dB'),
      /beamformedSnr.*does not go with 'snr'/s,
    ],
    [
      'a wait beyond what timers can do',
      `${wide}bridge: { ueTimeout: 30 days }\n`,
      /ueTimeout.*above a week/s,
    ],
    [
      'a user behind the array',
      wide.replace(/users: .*/s, 'users: [{ id: eve, position: { distance: 6 m, angle: -120 deg } }]\n'),
      /'eve' at \[-3 m, -5\.196 m\] is behind the array.*users\[1\]\.position/s,
    ],
    [
      'a band as wide as twice the carrier',
      wide.replace('bandwidth: 5 GHz', 'bandwidth: 60 GHz'),
      /bandwidth.*below twice/s,
    ],
    [
      'an auxiliary beam pair that is not told of a perfect beam',
      wide.replace('on-grid', 'auxiliary-pair'),
      /'snr' is missing.*try\.yaml, scheme\.estimator\.snr.*snr: 15 dB/s,
    ],
    [
      'an auxiliary beam pair that is told nonsense',
      wide.replace('on-grid', '{ name: auxiliary-pair, snr: Infinity }'),
      /'snr' is Infinity dB.*scheme\.estimator\.snr/s,
    ],
    [
      'an auxiliary beam pair without noise',
      wide
        .replace('on-grid', '{ name: auxiliary-pair, snr: 15 dB }')
        .replace('beamformedSnr: 15 dB', 'snr: Infinity'),
      /Every user has a channel without noise.*scheme\.estimator/s,
    ],
    [
      'a sector turned round',
      wide.replace('[5 m, 30 m]', '[30 m, 5 m]'),
      /distance.*smaller distance first/s,
    ],
    ['a parameter that is no number', wide.replace('349/11', '349/eleven'), /349\/eleven/],
    [
      'a region of mixed kinds',
      wide.replace(
        'scatterers: 0',
        'region: { distance: [5 m, 30 m], ringDistance: [1 m, 2 m], angle: [0, 1] }',
      ),
      /region/,
    ],
  ])('refuses %s, and says where', (_what, text, expected) => {
    const error = complaint(text);
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.message).toMatch(expected);
  });
});

describe('how a board is opened', () => {
  const board = (text: string) => small.replace('board: { port: emulated }', `board: { ${text} }`);

  it('takes 3 s and leaves the lines alone unless told otherwise', () => {
    expect(parse(small).scenario.board).toMatchObject({ openTimeout: 3 });
    expect(parse(small).scenario.board).not.toHaveProperty('dtr');
    const told = parse(board('port: /dev/ttyUSB0, openTimeout: 8 s, dtr: off, rts: on'));
    expect(told.scenario.board).toMatchObject({ openTimeout: 8, dtr: 'off', rts: 'on' });
  });

  it('refuses lines of an emulated board, levels that are none, and times without a unit', () => {
    expect(complaint(board('port: emulated, dtr: off'))).toMatchObject({
      code: 'SCENARIO_INVALID',
      message: expect.stringMatching(/dtr.*emulated board has none/s),
    });
    expect(complaint(board('port: /dev/ttyUSB0, rts: low')).code).toBe('SCENARIO_INVALID');
    expect(complaint(board('port: /dev/ttyUSB0, openTimeout: 8')).message).toContain('openTimeout');
    expect(complaint(board('port: /dev/ttyUSB0, openTimeout: 1 h')).message).toContain('openTimeout');
  });
});
