import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseScenario } from '../../src/campaign/scenario.js';
import { polarCodebookOf, usersOf } from '../../src/campaign/users.js';
import type { BeamloopError } from '../../src/core/errors.js';

/** Stands for what the emulation says about its boards. */
const anything = z.strictObject({}).prefault({});

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
    expect(Math.hypot(...users[2]!.truth!.positionM)).toBeCloseTo(1, 12);
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
    expect(usersOf(scenario, polarCodebookOf(scenario))).toEqual([{ id: 'phone', truth: null }]);
  });

  it.each([
    ['an unknown key', small.replace('duration:', 'duratoin:'), /duratoin.*\btry\.yaml:5.*duration/s],
    ['a wrong unit', small.replace('125 us', '125 kHz'), /125 kHz.*try\.yaml:5, slots\.duration/s],
    ['a negative duration', small.replace('125 us', '-1 us'), /above 0.*try\.yaml:5/s],
    ['an unknown scheme', small.replace('dpc', 'dcp'), /dcp.*dpc/s],
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
      small.replace('position: [0.5 m, 20 cm]', 'snr: 3'),
      /position.*users\[1\]/s,
    ],
    ['an emulated user without SNR', small.replace('channel: { snr: 20 dB }\n', ''), /snr.*users\[1\]\.snr/s],
  ])('refuses %s, and says where', (_what, text, expected) => {
    const error = complaint(text);
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.message).toMatch(expected);
  });
});
