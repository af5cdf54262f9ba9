import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { overrideStudy } from '../../../src/study/run-study.js';
import { readStudy } from '../../../src/study/study-file.js';
import { studySchema } from '../../../src/study/study-kinds.js';

const accuracy = (changes: string) =>
  `kind: accuracy
title: t
array: {elements: 64}
schemes: [dpc]
snr: 10 dB
users: {count: 10, between: [1 m, 2 m]}
${changes}`;
const replaced = (line: RegExp, by: string) => accuracy('').replace(line, by);
const listed = (user: string) => replaced(/^users.*$/m, `users:\n  list:\n    - ${user}`);

function complaint(text: string): BeamloopError {
  try {
    parseSettings(text, studySchema, 'study.yaml');
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
  throw new Error('no complaint');
}

describe('a study file', () => {
  it('is read with its defaults', () => {
    const study = parseSettings(accuracy(''), studySchema, 'study.yaml');
    expect(study).toMatchObject({
      array: { elements: 64, carrier: 100e9, speedOfLight: 299_792_458 },
      codebook: { rings: 6, ringSpacing: 1.2 },
      schemes: [{ name: 'dpc', rangeReduction: true, pilotSetExpansion: true }],
      snr: [10],
      users: { count: 10, between: [1, 2] },
      seed: 1,
    });
  });

  it.each<[string, string, string, string, string]>([
    ['no kind', 'title: t\n', "'kind' is missing", 'study.yaml', ''],
    ['a wrong kind', replaced(/accuracy/, 'acuracy'), '"acuracy"', 'study.yaml:1, kind', "'accuracy'"],
    ['an unknown key', accuracy('chanel: {scatterers: 3}'), "'chanel'", 'study.yaml:7, chanel', "'channel'"],
    [
      'an unknown key further in',
      accuracy('channel: {ricanFactor: 13 dB}'),
      "'ricanFactor'",
      'study.yaml:7, channel.ricanFactor',
      "'ricianFactor'",
    ],
    [
      'an unknown scheme',
      replaced(/\[dpc\]/, '[dpc, exhaustiv]'),
      '"exhaustiv"',
      'study.yaml:4, schemes[2]',
      "'exhaustive'",
    ],
    [
      'an unknown option of a scheme',
      replaced(/\[dpc\]/, '[{name: dpc, pilotSetExpansoin: false}]'),
      "'pilotSetExpansoin'",
      'study.yaml:4, schemes[1].pilotSetExpansoin',
      "'pilotSetExpansion'",
    ],
    ['no scheme', replaced(/\[dpc\]/, '[]'), 'at least one scheme', 'study.yaml:4, schemes', ''],
    ['a wrong unit', replaced(/10 dB/, '10 GHz'), 'its unit is GHz', 'study.yaml:5, snr', '13 dB'],
    [
      'a distance below 0',
      replaced(/1 m, 2 m/, '-1 m, 2 m'),
      'must be from 1 mm to 100 km',
      'users.between[1]',
      '',
    ],
    [
      'rings in the wrong order',
      replaced(/1 m, 2 m/, '2 m, 1 m'),
      'smaller ring distance first',
      'users.between',
      '',
    ],
    ['one ring distance', replaced(/1 m, 2 m/, '2 m'), 'between', 'users.between', ''],
    [
      'both between and ring',
      replaced(/count: 10/, 'ring: 3 m'),
      "does not go with 'between'",
      'users.ring',
      '',
    ],
    [
      'both within and angle',
      replaced(/count: 10/, 'within: 1 rad, angle: 1 rad'),
      "does not go with 'within'",
      'users.angle',
      '',
    ],
    ['an angle behind the array', replaced(/count: 10/, 'angle: 100 deg'), '+-90 deg', 'users.angle', ''],
    [
      'no place',
      replaced(/, between.*\]/, ''),
      "needs 'between', 'ring' or 'list'",
      'study.yaml:6, users',
      '',
    ],
    ['no users', replaced(/^users.*$/m, ''), "'users' is missing", 'users', ''],
    ['half a user', replaced(/count: 10/, 'count: 1.5'), 'count', 'users.count', ''],
    ['no snr', replaced(/^snr.*$/m, ''), 'is missing; give it here or for every', 'snr', ''],
    ['a signal without an SNR', replaced(/10 dB/, '-Infinity'), 'must be above -Infinity', 'snr', ''],
    [
      'no elements',
      replaced(/elements: 64/, 'carrier: 1 GHz'),
      "has no 'elements'",
      'study.yaml:3, array',
      '',
    ],
    [
      'a list and a place',
      listed('{position: [1 m, 0 m]}').replace('  list', '  ring: 3 m\n  list'),
      'does not go with a list',
      'users.ring',
      '',
    ],
    [
      'a list and a channel',
      `${listed('{position: [1 m, 0 m]}')}\nchannel: {}`,
      'does not go with a list',
      'channel',
      '',
    ],
    [
      'a user behind the array',
      listed('{position: [-1 m, 0 m]}'),
      'behind the array',
      'study.yaml:8, users.list[1].position',
      '',
    ],
    [
      'a position of three numbers',
      listed('{position: [1 m, 2 m, 3 m]}'),
      'must be [x, y]',
      'users.list[1].position',
      '',
    ],
    [
      'a position in seconds',
      listed('{position: [1 s, 2 m]}'),
      'its unit is s',
      'users.list[1].position[1]',
      '',
    ],
    ['no position', listed('{snr: 3}'), "'position' is missing", 'users.list[1].position', ''],
    ['no paths', listed('{position: [1 m, 0 m], paths: []}'), 'at least one path', 'users.list[1].paths', ''],
    [
      'a gain that is text',
      listed('{position: [1 m, 0 m], paths: [{gain: loud}]}'),
      'gain',
      'users.list[1].paths[1].gain',
      '',
    ],
    [
      'an unknown key of a path',
      listed('{position: [1 m, 0 m], paths: [{gain: 1, at: [1, 2]}]}'),
      "'at'",
      'paths[1].at',
      "'gain'",
    ],
    [
      'a case with a place of listed users',
      `${listed('{position: [1 m, 0 m]}')}\ncases: [{label: a, ring: 3 m}]`,
      'when they are listed',
      'cases[1]',
      '',
    ],
    [
      'a claim without a bound',
      accuracy('paper: {reference: r, claims: [{claim: c, paper: p, column: accuracy}]}'),
      'one of atLeast, atMost',
      'paper.claims[1]',
      '',
    ],
  ])('%s', (_, text, what, where, todo) => {
    const error = complaint(text);
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.what).toContain(what);
    expect(error.where).toContain(where);
    expect(error.todo ?? '').toContain(todo);
  });
});

describe('what the command line overrides', () => {
  it('are users and seed', () => {
    const study = overrideStudy(parseSettings(accuracy(''), studySchema, 'f'), { numUsers: 3, seed: 9 });
    expect(study).toMatchObject({ seed: 9, users: { count: 3, between: [1, 2] } });
  });

  it('not the number of listed users', () => {
    const study = parseSettings(listed('{position: [1 m, 0 m]}'), studySchema, 'f');
    expect(overrideStudy(study, { seed: 9 })).toMatchObject({ seed: 9 });
    expect(() => overrideStudy(study, { numUsers: 3 })).toThrow('lists its users');
  });

  it('not the users of a study that draws none', () => {
    const study = readStudy('scenarios/papers/beam-diverging-table1.yaml');
    expect(() => overrideStudy(study, { numUsers: 3 })).toThrow('draws no users');
  });
});

it('the examples of docs/study.md follow the schema', () => {
  const blocks = [...readFileSync('docs/study.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    (m) => m[1]!,
  );
  const [study, users, rate, panels, hardware, beamSplit, tracking, prediction, camera, calibration, paper] =
    blocks;
  expect(blocks).toHaveLength(11);
  expect(parseSettings(calibration!, studySchema, 'docs/study.md')).toMatchObject({ kind: 'calibration' });
  expect(parseSettings(camera!, studySchema, 'docs/study.md')).toMatchObject({
    kind: 'camera-prediction',
    networks: { 'told beams': { training: { epochs: 40 } } },
  });
  expect(parseSettings(prediction!, studySchema, 'docs/study.md')).toMatchObject({
    kind: 'beam-prediction',
    places: { uptown: { city: 7 }, harbour: { base: 'BS3' } },
  });
  expect(parseSettings(tracking!, studySchema, 'docs/study.md')).toMatchObject({
    kind: 'tracking',
    snr: [0, 10],
    trackers: { 'hold-last': { name: 'retrain', lateEpochs: 1 } },
  });
  expect(parseSettings(beamSplit!, studySchema, 'docs/study.md')).toMatchObject({
    pilots: [1, 2, 3],
    rings: 100,
  });
  expect(parseSettings(`${rate}${panels}${hardware}`, studySchema, 'docs/study.md')).toMatchObject({
    kind: 'rate',
    pilots: { rainbow: [5, 10] },
    panels: { 'matched filter': ['TD-PS'], 'on-grid': ['rainbow'] },
    hardware: [
      { label: 'ideal' },
      { phaseBits: [1, 2, 3, 4, 5, 6] },
      { delayBits: [8, 12] },
      { lines: true },
    ],
  });
  const whole = parseSettings(`${study}${paper}`, studySchema, 'docs/study.md');
  expect(whole).toMatchObject({ kind: 'accuracy', snr: [15, 35], users: { count: 5000 } });
  const listing = study!.replace(/^users.*\nchannel.*\n/m, users!);
  expect(parseSettings(listing, studySchema, 'docs/study.md')).toMatchObject({
    users: {
      list: [{ snr: Infinity }, { paths: [{ gain: { re: 0.97, im: 0.1 } }, { scatterer: [18, 3] }] }],
    },
  });
});

it('every study of a paper follows the schema', () => {
  const files = readdirSync('scenarios/papers');
  expect(files.length).toBeGreaterThanOrEqual(10);
  for (const file of files) {
    const paper = file.startsWith('beam-diverging')
      ? '2509.16035'
      : file.startsWith('stgcn')
        ? 'Spatio-Temporal Graph'
        : file.startsWith('camera-attention')
          ? '2509.11725'
          : file.startsWith('position-fusion')
            ? 'Generalizable and Robust Beam Prediction'
            : 'Distance-Dependent Beam Split';
    const study = readStudy(`scenarios/papers/${file}`);
    if (study.kind === 'scenario') throw new Error('not a study of the paper');
    const { title, paper: theirs } = study;
    // Studies beyond a paper hold none of its claims, and say so.
    expect(theirs?.reference ?? `beyond ${paper}: ${title}`).toContain(paper);
  }
});
