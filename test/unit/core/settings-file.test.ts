import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BeamloopError, type ErrorCode } from '../../../src/core/errors.js';
import { parseSettings, readSettingsFile } from '../../../src/core/settings-file.js';
import { quantities, upTo } from '../../../src/core/settings-quantity.js';
import { schemeSchema } from '../../../src/training/registry.js';

const schema = z.strictObject({
  kind: z.literal('accuracy'),
  array: z.strictObject({ elements: z.int().min(2), rings: z.int().default(6) }),
  users: z
    .array(
      z.strictObject({ snr: z.union([z.number(), z.strictObject({ from: z.number(), to: z.number() })]) }),
    )
    .optional(),
  channel: z
    .discriminatedUnion('model', [
      z.strictObject({ model: z.literal('rician'), factor: z.number() }),
      z.strictObject({ model: z.literal('line-of-sight') }),
    ])
    .optional(),
  scheme: z.enum(['exhaustive', 'dpc']).optional(),
  bits: z.union([z.int().max(16), z.array(z.int().max(16))]).optional(),
});

function complaint(text: string): BeamloopError {
  try {
    parseSettings(text, schema, 'file.yaml');
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
  throw new Error('no complaint');
}

const good = 'kind: accuracy\narray:\n  elements: 64\n';

describe('settings file', () => {
  it('gives the checked value with its defaults', () => {
    expect(parseSettings(good, schema, 'f')).toEqual({ kind: 'accuracy', array: { elements: 64, rings: 6 } });
  });

  it.each<[string, string, ErrorCode, string, string, string]>([
    [
      'an unknown key at the top',
      `${good}user: []\n`,
      'SCENARIO_INVALID',
      "Unknown key 'user'",
      'file.yaml:4, user',
      "'users'",
    ],
    [
      'an unknown key further in',
      'kind: accuracy\narray:\n  elements: 64\n  ring: 5\n',
      'SCENARIO_INVALID',
      "Unknown key 'ring'",
      'file.yaml:4, array.ring',
      "'rings'",
    ],
    [
      'an unknown key in a list',
      `${good}users:\n  - snr: 3\n  - snt: 4\n    snr: 5\n`,
      'SCENARIO_INVALID',
      "Unknown key 'snt'",
      'file.yaml:6, users[2].snt',
      "'snr'",
    ],
    [
      'an unknown key inside one branch of a union',
      `${good}users:\n  - snr: {from: 1, too: 2, to: 3}\n`,
      'SCENARIO_INVALID',
      "Unknown key 'too'",
      'file.yaml:5, users[1].snr.too',
      "'to'",
    ],
    [
      'an unknown key in a discriminated union, with the keys of that branch only',
      `${good}channel:\n  model: line-of-sight\n  factor: 3\n`,
      'SCENARIO_INVALID',
      "Unknown key 'factor'",
      'file.yaml:6, channel.factor',
      'Keys here: model',
    ],
    [
      'a wrong discriminator',
      `${good}channel:\n  model: rice\n`,
      'SCENARIO_INVALID',
      `'model' cannot be "rice"`,
      'file.yaml:5, channel.model',
      "'rician'",
    ],
    [
      'a wrong choice',
      `${good}scheme: dcp\n`,
      'SCENARIO_INVALID',
      `'scheme' cannot be "dcp"`,
      'file.yaml:4, scheme',
      "'dpc'",
    ],
    [
      'a missing key',
      'kind: accuracy\narray: {}\n',
      'SCENARIO_INVALID',
      "'elements' is missing",
      'file.yaml:2, array.elements',
      'rings',
    ],
    [
      'a wrong type',
      'kind: accuracy\narray:\n  elements: many\n',
      'SCENARIO_INVALID',
      "'elements'",
      'file.yaml:3',
      '',
    ],
    [
      'a wrong type, in our words',
      'kind: accuracy\narray:\n  elements: 64 m\n',
      'SCENARIO_INVALID',
      `'elements': must be a number, not "64 m"`,
      'file.yaml:3, array.elements',
      '',
    ],
    [
      'a number out of its bounds',
      'kind: accuracy\narray:\n  elements: 1\n',
      'SCENARIO_INVALID',
      "'elements': must be at least 2, not 1",
      'file.yaml:3, array.elements',
      '',
    ],
    [
      'a value in a list, by its place as the path counts it',
      `${good}bits: [4, 17]\n`,
      'SCENARIO_INVALID',
      "'bits[2]': must be at most 16, not 17",
      'file.yaml:4, bits[2]',
      '',
    ],
    [
      'a bound that one branch of a union has rather than the list that the other wants',
      `${good}bits: 17\n`,
      'SCENARIO_INVALID',
      "'bits': must be at most 16, not 17",
      'file.yaml:4, bits',
      '',
    ],
    [
      'a word of a name, which means that name',
      `${good}channel:\n  model: line\n`,
      'SCENARIO_INVALID',
      `'model' cannot be "line"`,
      'file.yaml:5, channel.model',
      "Did you mean 'line-of-sight'?",
    ],
    ['an empty file', '', 'SCENARIO_INVALID', 'The file is empty', 'file.yaml', ''],
    ['broken YAML', 'kind: [accuracy\narray: 3\n', 'FILE_UNREADABLE', 'Not valid YAML', 'file.yaml:', ''],
    [
      'a second document, which nobody would read',
      `${good}---\nkind: accuracy\n`,
      'FILE_UNREADABLE',
      'A second document begins here; a settings file is one',
      'file.yaml:4',
      "'---'",
    ],
    [
      'keys to be merged, which YAML 1.2 does not have',
      'kind: accuracy\narray: { <<: { elements: 64 }, rings: 5 }\n',
      'SCENARIO_INVALID',
      "Keys are not merged: '<<' is not read",
      'file.yaml:2, array.<<',
      'Write the keys out',
    ],
    ['a key twice', 'kind: accuracy\nkind: accuracy\n', 'FILE_UNREADABLE', 'unique', 'file.yaml:2', ''],
  ])('%s', (_, text, code, what, where, todo) => {
    const error = complaint(text);
    expect(error.code).toBe(code);
    expect(error.what).toContain(what);
    expect(error.where).toContain(where);
    expect(error.todo ?? '').toContain(todo);
  });

  it('counts what else is wrong', () => {
    expect(complaint('kind: speed\narray:\n  elements: 1\n').what).toContain('and 1 more');
  });
});

describe('reading from disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file', () => {
    writeFileSync(path.join(folder, 'a.yaml'), good);
    expect(readSettingsFile(path.join(folder, 'a.yaml'), schema).array.elements).toBe(64);
  });

  it.each([
    ['a file that is not there', 'none.yaml', 'FILE_NOT_FOUND'],
    ['a folder', '.', 'FILE_UNREADABLE'],
  ])('%s', (_, name, code) => {
    expect(() => readSettingsFile(path.join(folder, name), schema)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });
});

describe('quantities', () => {
  const file = z.strictObject({
    carrier: upTo('10 THz', 'Hz').optional(),
    snr: quantities('dB').optional(),
    schemes: z.array(schemeSchema).optional(),
  });
  const read = (text: string) => parseSettings(text, file, 'file.yaml');

  it('reads units, lists, sweeps and infinity', () => {
    expect(read('carrier: 100 GHz')).toEqual({ carrier: 100e9 });
    expect(read('snr: 15 dB')).toEqual({ snr: [15] });
    expect(read('snr: [5 dB, 15 dB, Infinity, .inf]')).toEqual({ snr: [5, 15, Infinity, Infinity] });
    expect(read('snr: {from: 0 dB, to: 10 dB, points: 5}')).toEqual({ snr: [0, 2.5, 5, 7.5, 10] });
  });

  it.each([
    ['carrier: 100 GB', 'is not a quantity in Hz', 'file.yaml:1, carrier', '100 GHz'],
    ['carrier: 3 m', 'its unit is m', 'file.yaml:1, carrier', '100 GHz'],
    ['carrier: -1 Hz', 'must be above 0', 'file.yaml:1, carrier', ''],
    ['carrier: Infinity', 'must be finite', 'file.yaml:1, carrier', ''],
    ['carrier: [1]', 'expected a quantity in Hz', 'file.yaml:1, carrier', ''],
    ['snr:\n  - 3 dB\n  - 4 km', 'its unit is km', 'file.yaml:3, snr[2]', '13 dB'],
    ['snr: []', 'must list at least one value', 'file.yaml:1, snr', ''],
    ['snr: {from: 1 dB, to: 2 dB, point: 4}', "Unknown key 'point'", 'file.yaml:1, snr.point', "'points'"],
    ['schemes: [dcp]', 'cannot be "dcp"', 'file.yaml:1, schemes[1]', "'dpc'"],
    ['schemes: [{name: dcp}]', 'cannot be "dcp"', 'file.yaml:1, schemes[1].name', "'dpc'"],
    [
      'schemes: [{name: dpc, rangereduction: false}]',
      "Unknown key 'rangereduction'",
      'file.yaml:1, schemes[1].rangereduction',
      "'rangeReduction'",
    ],
    [
      'schemes: [{name: far-field-hierarchical, refinementAngles: 24}]',
      'power of two',
      'refinementAngles',
      '',
    ],
  ])('%s', (text, what, where, todo) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BeamloopError);
    const { what: gotWhat, where: gotWhere, todo: gotTodo } = error as BeamloopError;
    expect(gotWhat).toContain(what);
    expect(gotWhere).toContain(where);
    expect(gotTodo ?? '').toContain(todo);
  });
});
