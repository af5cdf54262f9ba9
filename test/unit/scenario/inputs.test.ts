/** What files and programs may ask for: the same thing is refused alike in whichever way it is asked. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import { Band } from '../../../src/array/band.js';
import { ringRangeOf } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { servingCodeword } from '../../../src/codebook/serving.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { prepare } from '../../../src/scenario/plan.js';
import { parseScenario, readScenario } from '../../../src/scenario/scenario.js';
import { usersOf } from '../../../src/scenario/users.js';
import { readStudy } from '../../../src/study/study-file.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { assumedBoard, emulatedSection } from '../../../src/testbed.js';

const folder = mkdtempSync(path.join(tmpdir(), 'inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(run: () => unknown): BeamloopError {
  try {
    run();
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
  throw new Error('accepted');
}

interface Parts {
  readonly array?: string;
  readonly channel?: string;
  readonly users?: string;
  readonly rest?: string;
  readonly scheme?: string;
}

const scenarioText = ({ array = '', channel = '', users, rest = '', scheme = 'dpc' }: Parts) => `
array: { elements: 64, carrier: 28 GHz${array} }
board: { port: emulated }
slots: { duration: 125 us }
scheme: ${scheme}
channel: { snr: 20 dB${channel} }
users: ${users ?? '[{ id: ada, position: [20 m, 5 m] }]'}
${rest}`;
const scenario = (parts: Parts) => parseScenario(scenarioText(parts), 'f.yaml', emulatedSection).scenario;

const BAND = ', bandwidth: 5 GHz, subcarriers: 64';
const studyOf = (text: string) => parseSettings(`title: t\n${text}`, studySchema, 'f.yaml', 'study');
const accuracy = (users: string, more = '') =>
  studyOf(
    `kind: accuracy\narray: { elements: 64, carrier: 28 GHz }\nschemes: [dpc]\nsnr: 20 dB\nusers: ${users}\n${more}`,
  );
const rate = (array: string, users = '{ count: 3 }') =>
  studyOf(
    `kind: rate\narray: { elements: 64, carrier: 28 GHz${BAND}${array} }\nsnr: 20 dB\nschemes: { a: tdps }\nusers: ${users}`,
  );
const SECTOR = ', sector: { angle: 60 deg, distance: [5 m, 30 m] }';

describe('a place where nobody can be', () => {
  it.each<[string, () => unknown]>([
    ['a listed user by coordinates', () => scenario({ users: '[{ id: a, position: [-20 m, 5 m] }]' })],
    [
      'a listed user by distance',
      () => scenario({ users: '[{ id: a, position: { distance: 20 m, angle: 135 deg } }]' }),
    ],
    [
      'a listed user by ring',
      () => scenario({ users: '[{ id: a, position: { ring: 20 m, angle: 135 deg } }]' }),
    ],
    [
      'an angle once around',
      () => scenario({ users: '[{ id: a, position: { ring: 20 m, angle: 375 deg } }]' }),
    ],
    [
      'a region',
      () => scenario({ channel: ', region: { distance: [5 m, 9 m], angle: [100 deg, 120 deg] }' }),
    ],
    [
      'a region between rings',
      () => scenario({ channel: ', region: { ringDistance: [5 m, 9 m], angle: [0 deg, 120 deg] }' }),
    ],
    [
      'a path',
      () =>
        scenario({
          users: '[{ id: a, position: [20 m, 5 m], paths: [{ gain: [1, 0], position: [-5 m, 1 m] }] }]',
        }),
    ],
    ['a sector', () => scenario({ array: `${BAND}, sector: { angle: 120 deg, distance: [5 m, 30 m] }` })],
    ['a listed user of a study', () => accuracy('{ list: [{ position: [-20 m, 5 m] }] }')],
    [
      'a scatterer of a study',
      () => accuracy('{ list: [{ position: [20 m, 5 m], paths: [{ gain: 1, scatterer: [-2 m, 0 m] }] }] }'),
    ],
    ['users within an angle of a study', () => accuracy('{ between: [5 m, 9 m], within: 120 deg }')],
    ['users at an angle of a study', () => accuracy('{ ring: 5 m, angle: 120 deg }')],
    ['the sector of a study', () => rate(', sector: { angle: 100 deg, distance: [5 m, 30 m] }')],
  ])('behind the array is refused: %s', (_, ask) => {
    expect(errorOf(ask)).toMatchObject({
      code: 'SCENARIO_INVALID',
      message: expect.stringMatching(/behind the array|90 deg|180 deg/),
    });
  });

  it.each<[string, () => unknown]>([
    ['a listed user', () => scenario({ users: '[{ id: a, position: [3 mm, 0 m] }]' })],
    [
      'a region',
      () => scenario({ channel: ', region: { distance: [3 mm, 9 m], angle: [-60 deg, 60 deg] }' }),
    ],
    [
      'a region between rings',
      () => scenario({ channel: ', region: { ringDistance: [9 mm, 9 m], angle: [-60 deg, 60 deg] }' }),
    ],
    [
      'a path',
      () =>
        scenario({
          users: '[{ id: a, position: [20 m, 5 m], paths: [{ gain: [1, 0], position: [2 mm, 0 m] }] }]',
        }),
    ],
    ['a sector', () => scenario({ array: `${BAND}, sector: { angle: 60 deg, distance: [3 mm, 30 m] }` })],
    ['a listed user of a study', () => accuracy('{ list: [{ position: [3 mm, 0 m] }] }')],
    [
      'a scatterer of a study',
      () => accuracy('{ list: [{ position: [20 m, 5 m], paths: [{ gain: 1, scatterer: [2 mm, 0 m] }] }] }'),
    ],
    ['users between rings of a study', () => accuracy('{ between: [3 mm, 9 m] }')],
    ['users on a ring of a study', () => accuracy('{ ring: 3 mm, angle: 0 }')],
    [
      'a case of a study',
      () => accuracy('{ between: [5 m, 9 m] }', 'cases: [{ label: c, between: [3 mm, 9 m] }]'),
    ],
    ['the sector of a study', () => rate(', sector: { angle: 60 deg, distance: [3 mm, 30 m] }')],
    ['users at a distance of a study', () => rate(SECTOR, '{ distance: [3 mm] }')],
  ])('at the array is refused: %s', (_, ask) => {
    expect(errorOf(ask)).toMatchObject({
      code: 'SCENARIO_INVALID',
      message: expect.stringContaining('away from the array'),
    });
  });

  it.each<[string, () => unknown]>([
    ['a listed user', () => scenario({ users: '[{ id: a, position: [20 Mm, 5 m] }]' })],
    [
      'a listed user by distance',
      () => scenario({ users: '[{ id: a, position: { distance: 200 km, angle: 0 } }]' }),
    ],
    [
      'a region',
      () => scenario({ channel: ', region: { distance: [5 m, 200 km], angle: [-60 deg, 60 deg] }' }),
    ],
    ['a sector', () => scenario({ array: `${BAND}, sector: { angle: 60 deg, distance: [5 m, 200 km] }` })],
    ['users of a study', () => accuracy('{ between: [5 m, 200 km] }')],
    [
      'the region that stands in for none',
      () =>
        scenario({
          array: ', rings: 6',
          users: '{ count: 2 }',
          rest: '',
          channel: ', region: { ringDistance: [5 m, 200 km], angle: [0, 0] }',
        }),
    ],
  ])('out of reach is refused: %s', (_, ask) => {
    expect(errorOf(ask)).toMatchObject({
      code: 'SCENARIO_INVALID',
      message: expect.stringMatching(/100 km|100000 m/),
    });
  });

  it('draws users of a small array at least half a wavelength away, as listed ones are', () => {
    const text = scenarioText({ users: '{ count: 200 }' }).replace('elements: 64', 'elements: 2');
    const { scenario: read } = parseScenario(text, 'f.yaml', emulatedSection);
    const array = new LinearArray({ numElements: 2, carrierHz: 28e9 });
    for (const { truth } of usersOf(read, new PolarCodebook(array, { numRings: 6 }))) {
      expect(Math.hypot(truth!.positionM[0], truth!.positionM[1])).toBeGreaterThan(array.spacingM);
    }
  });
});

describe('a quantity without its unit, or out of bounds', () => {
  it.each<[string, Parts, RegExp]>([
    ['carrier', { array: ', carrier: 28' }, /./],
    ['bandwidth', { array: `, bandwidth: 5, subcarriers: 64${SECTOR}` }, /5 GHz or 5 Hz/],
    [
      'angle',
      { users: '[{ id: a, position: { distance: 20 m, angle: 45 } }]' },
      /45 deg or 45 rad \(= 58.3 deg\)/,
    ],
    ['position', { users: '[{ id: a, position: [20, 5] }]' }, /20 m or 20 mm/],
    ['region', { channel: ', region: { distance: [5, 9], angle: [-60 deg, 60 deg] }' }, /5 m or 5 mm/],
    ['snr', { users: '[{ id: a, position: [20 m, 5 m], snr: 15 }]' }, /15 dB or 15 as a ratio/],
    ['timeout', { rest: 'bridge: { ueTimeout: 20 }' }, /20 us or 20 ms or 20 s/],
    ['sector', { array: `${BAND}, sector: { angle: 1, distance: [5 m, 30 m] }` }, /1 deg or 1 rad/],
  ])('is refused: %s', (_, parts, message) => {
    const error = errorOf(() => scenario(parts));
    expect(['SCENARIO_INVALID', 'FILE_UNREADABLE']).toContain(error.code);
    expect(error.message).toMatch(message);
    expect(error.where).toMatch(/^f\.yaml:\d+/);
  });

  it.each([
    ['28 mHz', 'must be from 10 MHz to 10 THz, not 28 mHz'],
    ['1e300 Hz', 'must be from 10 MHz to 10 THz'],
    ['28', "'28' has no unit: it could mean 28 GHz or 28 Hz"],
    ['28 GHZ', "there is no unit 'GHZ'"],
  ])('refuses a carrier of %s', (carrier, what) => {
    const text = scenarioText({}).replace('28 GHz', carrier);
    expect(errorOf(() => parseScenario(text, 'f.yaml', emulatedSection)).what).toContain(what);
  });

  it('of a calibration table too, which may name its unit once', () => {
    const bare = errorOf(() => parseCalibrationTable('board: A\nphaseError: [2.2, -4.8]\n', 'c.yaml'));
    expect(bare.message).toContain('2.2 deg or 2.2 rad (= 126 deg)');
    expect(bare.todo).toContain('{ unit: deg, values:');
    const text =
      'board: A\nphaseError: { unit: deg, values: [3, -11] }\nlineError: [[1 ps, 0], { unit: ps, values: [1, 2] }]\n';
    const { phaseErrorRad, lineErrorS } = parseCalibrationTable(text, 'c.yaml');
    expect(phaseErrorRad[1]).toBeCloseTo((-11 * Math.PI) / 180, 12);
    expect(lineErrorS![1]![1]).toBeCloseTo(2e-12, 24);
    expect(errorOf(() => parseCalibrationTable('board: A\nphaseError: [3 m]\n', 'c.yaml')).what).toContain(
      'its unit is m',
    );
    expect(
      errorOf(() => parseCalibrationTable('board: A\nphaseError: [3 deg]\ndelayError: [3 ms]\n', 'c.yaml'))
        .what,
    ).toContain('1 us');
  });

  it('of functions too, whose names say the unit', () => {
    const array = errorOf(() => new LinearArray({ numElements: 64, carrierHz: 28 }));
    expect(array).toMatchObject({
      code: 'BAD_ARGUMENT',
      todo: 'It is in Hz: for 28 GHz give carrierHz: 28000000000',
    });
    const band = errorOf(() => new Band({ carrierHz: 28e9, bandwidthHz: 5, numSubcarriers: 64 }));
    expect(band).toMatchObject({ code: 'BAD_ARGUMENT', todo: expect.stringContaining('for 5 GHz') });
  });
});

describe('what programs give to the library', () => {
  const array = new LinearArray({ numElements: 64, carrierHz: 28e9 });
  it.each<[string, () => unknown, RegExp]>([
    [
      'a carrier in GHz',
      () => new LinearArray({ numElements: 64, carrierHz: 28 }),
      /28 GHz give carrierHz: 28000000000/,
    ],
    [
      'a sector in degrees',
      () => ringRangeOf({ maxAngleRad: 60, distanceM: [5, 30] }),
      /60 deg give maxAngleRad: 1\.047/,
    ],
    [
      'a sector from far to near',
      () => ringRangeOf({ maxAngleRad: 1, distanceM: [30, 5] }),
      /distanceM must be from 30 m/,
    ],
    ['a sector in km', () => ringRangeOf({ maxAngleRad: 1, distanceM: [5, 3e6] }), /distanceM must be/],
    [
      'an angle for a sine',
      () => servingCodeword(array, { sinAngle: 45, ringPerM: 0 }),
      /sinAngle must be from -1 to 1/,
    ],
    [
      'a ring behind the array',
      () => servingCodeword(array, { sinAngle: 0, ringPerM: -1 }),
      /ringPerM must be/,
    ],
    ['not a number', () => servingCodeword(array, { sinAngle: Number.NaN, ringPerM: 0 }), /sinAngle must be/],
  ])('is refused when it cannot be meant: %s', (_, call, why) => {
    const error = errorOf(call);
    expect(error.code).toBe('BAD_ARGUMENT');
    expect(error.message).toMatch(why);
  });
});

it('dead elements that the array does not have are refused by number', () => {
  const text = scenarioText({}).replace(
    'port: emulated',
    'port: emulated, emulated: { impairments: { deadElements: [65] } }',
  );
  const { scenario: read } = parseScenario(text, 'f.yaml', emulatedSection);
  expect(errorOf(() => assumedBoard(read)).message).toMatch(/Element 65 cannot be dead: the array has 64/);
});

it.each<[string, Parts, string]>([
  [
    'paths without a gain',
    { users: '[{ id: a, position: [20 m, 5 m], paths: [{ gain: [0, 0], position: [9 m, 1 m] }] }]' },
    'path with a gain',
  ],
  [
    'a gain that is none in single precision',
    { users: '[{ id: a, position: [20 m, 5 m], paths: [{ gain: [1e-300, 0], position: [9 m, 1 m] }] }]' },
    'path with a gain',
  ],
  [
    'neither line of sight nor scatterers',
    { channel: ', ricianFactor: -Infinity, scatterers: 0' },
    'Nothing is received',
  ],
  [
    'the same of drawn users',
    { channel: ', ricianFactor: -Infinity, scatterers: 0', users: '{ count: 3 }' },
    'Nothing is received',
  ],
  [
    'the same of one user',
    { users: '[{ id: a, position: [20 m, 5 m], ricianFactor: -Infinity, scatterers: 0 }]' },
    'users[1]',
  ],
  ['a token that the bridge refuses', { rest: 'bridge: { token: abc }' }, 'shorter than 16'],
  ['a bridge open to all without a token', { rest: 'bridge: { host: 0.0.0.0 }' }, 'without a token'],
])('%s is refused before anything is planned', (_, parts, why) => {
  expect(errorOf(() => scenario(parts)).message).toContain(why);
});

it.each([
  [`serialNumber: ${'ü'.repeat(128)}`, '255 bytes'],
  ['delayBits: 4, delayLsb: 1e-300 s', 'delayLsb'],
  ['delayBits: 4, delayLsb: 1 ps, delayRange: 1e-300 s', 'delayRange'],
])('a board that cannot say of itself { %s } is refused', (section, why) => {
  const text = scenarioText({}).replace('port: emulated', `port: emulated, emulated: { ${section} }`);
  expect(errorOf(() => parseScenario(text, 'f.yaml', emulatedSection)).message).toContain(why);
});

describe('a scenario that is too large', () => {
  it.each<[string, Parts, string]>([
    ['rings of many elements', { array: ', rings: 1000', scheme: 'exhaustive' }, '16384000'],
    [
      'rings of many elements, for a search of few pilots',
      { array: ', rings: 1000', scheme: 'dpc' },
      '16384000',
    ],
    [
      'many users with many scatterers',
      { users: '{ count: 1024 }', channel: ', scatterers: 1000' },
      '1025024',
    ],
    ['more users than the bridge serves', { users: '{ count: 10001 }' }, '10000'],
  ])('is refused with the number: %s', (_, parts, number) => {
    const text = scenarioText(parts).replace(
      parts.array === undefined ? 'elements: 64' : 'elements: 64',
      parts.array === undefined ? 'elements: 64' : 'elements: 16384',
    );
    const error = errorOf(() => parseScenario(text, 'f.yaml', emulatedSection));
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.what).toContain(number);
  });

  it.each(['far-field-hierarchical', 'near-field-hierarchical', 'dpc'])(
    'is planned at the limit with little memory: %s',
    (scheme) => {
      const text = scenarioText({ array: ', rings: 6', scheme }).replace(
        'elements: 64, carrier: 28 GHz',
        'elements: 16384, carrier: 100 GHz',
      );
      const { scenario: read } = parseScenario(text, 'f.yaml', emulatedSection);
      const before = process.memoryUsage().arrayBuffers;
      const preparation = prepare(read);
      expect(preparation.searches.length).toBeGreaterThan(0);
      // 32 searches of 200 pilots of 16384 phases would be 800 MB.
      expect((process.memoryUsage().arrayBuffers - before) / 2 ** 20).toBeLessThan(300);
    },
  );

  it.each([
    ['lines: scheme', 'near-field-rainbow, rings: 100'],
    [
      `lines: { delays: [${Array.from({ length: 65 }, () => `[${Array.from({ length: 1024 }, () => 0).join(',')}]`).join(',')}] }`,
      'tdps',
    ],
  ])('has no more lines than can be chosen from: { %.20s }', (lines, scheme) => {
    const text = scenarioText({
      array: `${BAND.replace('64', '2048')}${SECTOR}`,
      scheme: `{ name: ${scheme} }`,
    })
      .replace('elements: 64', 'elements: 1024')
      .replace('port: emulated', `port: emulated, emulated: { ${lines} }`);
    const { scenario: read } = parseScenario(text, 'f.yaml', emulatedSection);
    expect(errorOf(() => assumedBoard(read)).message).toMatch(
      /fixed lines of 1024 elements are \d+ delays; at most 65536/,
    );
  });

  it('lists no more users than can be drawn', () => {
    const users = `[${Array.from({ length: 10_001 }, (_, k) => `{ id: u${k}, position: [20 m, 5 m] }`).join(', ')}]`;
    expect(errorOf(() => scenario({ users })).what).toContain('at most 10000 users');
  });
});

describe('a file of another kind', () => {
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const studyText = 'kind: accuracy\ntitle: t\n';

  it.each<[string, string | Buffer, RegExp]>([
    ['a CSV table', `a,b,secret\n${'1,2,3\n'.repeat(50)}`, /a table of 3 columns/],
    [
      'a large CSV table',
      `a,b,secret\n${'1,2,3\n'.repeat(500_000)}`,
      /3000011 bytes and looks like a table of 3 columns/,
    ],
    ['UTF-16', Buffer.from('\ufefftitle: secret\n', 'utf16le'), /UTF-16.*Save it as UTF-8/],
    ['binary data', Buffer.from([1, 2, 0, 255, 254, 0, 7, 8]), /binary data/],
    ['accounts', 'root:x:0:0:secret:/root:/bin/sh\nman:x:6:12:man:/x:/y\n', /a list of accounts/],
    ['HTML', '<!doctype html><html>secret</html>', /HTML/],
    ['nested lists without end', `secret: ${'['.repeat(100_000)}`, /./],
    [
      'anchors of anchors',
      `a: &a [1,1,1,1]\n${'bcdefghi'
        .split('')
        .map((c, k) => `${c}: &${c} [${`*${'abcdefgh'[k]},`.repeat(9)}1]`)
        .join('\n')}\n`,
      /anchors/,
    ],
    ['a tag that nobody knows', 'title: !secret x\n', /f:1|Unresolved tag/],
    ['a study', studyText, /This is a study; a scenario is wanted here.*beamloop study /],
    ['a calibration table', 'board: A\nphaseError: [0]\n', /This is a calibration table.*board\.calibration/],
    ['a board description', 'phaseBits: 4\n', /This is a board description.*emulate-board --settings/],
  ])('is told in one line, without its content: %s', (name, content, message) => {
    const file = write(name.replaceAll(' ', '-'), content);
    const error = errorOf(() => readScenario(file, emulatedSection));
    expect(['SCENARIO_INVALID', 'FILE_UNREADABLE']).toContain(error.code);
    expect(error.message).toMatch(message);
    expect(error.message.replaceAll(file, '')).not.toMatch(
      name.startsWith('a tag') ? /\p{Cc}/u : /secret|\p{Cc}/u,
    );
    expect(error.message.length).toBeLessThan(600);
  });

  it('a scenario given as a study', () => {
    const error = errorOf(() => readStudy(write('scenario.yaml', scenarioText({}))));
    expect(error.message).toMatch(/This is a scenario; a study is wanted here.*beamloop run /);
  });

  it('devices and pipes are not read', () => {
    const pipe = path.join(folder, 'pipe');
    const makePipe = 'mkfifo';
    execFileSync(makePipe, [pipe]);
    for (const file of ['/dev/zero', pipe]) {
      expect(errorOf(() => readScenario(file, emulatedSection)).what).toContain('a device or a pipe');
    }
    const calibrated = scenarioText({}).replace('port: emulated', 'port: emulated, calibration: /dev/zero');
    expect(errorOf(() => readScenario(write('z.yaml', calibrated), emulatedSection)).what).toContain(
      'a calibration table is wanted',
    );
  });

  it('a port that is almost emulated', () => {
    const text = scenarioText({}).replace('port: emulated', 'port: emulatd');
    expect(errorOf(() => parseScenario(text, 'f.yaml', emulatedSection)).todo).toContain(
      "Did you mean 'emulated'",
    );
  });
});
