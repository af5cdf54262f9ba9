/** Schemes of users: what is wrong with one is told by the plugin's name, with what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Band } from '../../../src/array/band.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { COLOUR, coloursOf } from '../../../src/report/drawing/colour.js';
import { pilotName } from '../../../src/report/run/pilot-groups.js';
import { sampleSearches } from '../../../src/scenario/demand.js';
import { powersOf } from '../../../src/sounding/powers.js';
import { runSounding } from '../../../src/sounding/run-sounding.js';
import { inTime } from '../../../src/training/plugins/limited-time.js';
import { pluginPathsIn } from '../../../src/training/plugins/named-files.js';
import { loadPlugin } from '../../../src/training/plugins/plugin-file.js';
import { createScheme, schemeNames, schemeOf, schemeSchema } from '../../../src/training/registry.js';
import { schemeLabel, schemeTitle } from '../../../src/training/scheme-label.js';

const folder = mkdtempSync(path.join(tmpdir(), 'plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));

let numFiles = 0;
function pluginFile(text: string): string {
  const file = path.join(folder, `plugin-${++numFiles}.mjs`);
  writeFileSync(file, text);
  return file;
}

/** A plugin of one scheme with these parts; names are used once in a process. */
function scheme(
  parts: string,
  search = 'yield [polar.codeword({ ring: 1, angleIndex: 1 })]; return polarEstimate({ ring: 1, angleIndex: 1 });',
) {
  const name = `own-${++numFiles}`;
  const file = pluginFile(`export default {
  name: '${name}', title: 'Own', needs: 'carrier',
  build({ polar, array, options, codewordOfPhases, polarEstimate }) { return function* () { ${search} }; },
  ${parts}
};`);
  return { name, file };
}

const polar = new PolarCodebook(new LinearArray({ numElements: 16, carrierHz: 100e9 }), { numRings: 3 });

async function complaintOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    return `${error.code}: ${error.message.replaceAll(folder, '')}`;
  }
  return 'accepted';
}

/** Trains a user to whom every pilot is as strong as its place in the batch. */
function train(name: string) {
  const factory = createScheme({ name }, polar);
  return runSounding(factory.start(), (batch) =>
    powersOf(
      Float64Array.from(batch, (_, k) => k + 1),
      1,
    ),
  );
}

describe('a plugin', () => {
  it('makes a scheme known under its own name, title, colour and options', async () => {
    const { name, file } = scheme(
      "colour: 'sky', options: ({ z }) => ({ reach: z.int().min(1).default(2) }),",
    );
    await loadPlugin(file);
    expect(schemeNames()).toContain(name);
    expect(schemeOf({ name })).toMatchObject({ title: 'Own', colour: 'sky', plugin: file });
    expect(schemeSchema.parse(name)).toEqual({ name, reach: 2 });
    expect(schemeLabel(schemeSchema.parse({ name, reach: 5 }))).toBe(`${name} (reach=5)`);
    expect(schemeTitle(`${name}, 15 dB`)).toBe('Own, 15 dB');
    expect(coloursOf([`${name} (reach=5)`, 'dpc'])).toEqual([COLOUR.sky, COLOUR.blue]);
    expect(train(name).result.codeword.key).toBe('polar/1/1');
  });

  it('is checked like any other scheme where a file chooses it, keys and all', async () => {
    const { name, file } = scheme(
      "options: ({ z, quantity }) => ({ reach: z.int().min(1), far: quantity('m').optional() }),",
    );
    await loadPlugin(file);
    expect(
      await complaintOf(() => parseSettings(`name: ${name}\nreech: 3`, schemeSchema, 'x.yaml')),
    ).toContain("SCENARIO_INVALID: Unknown key 'reech'");
    expect(
      await complaintOf(() => parseSettings(`name: ${name}\nreach: 0`, schemeSchema, 'x.yaml')),
    ).toContain("'reach': must be at least 1, not 0");
    expect(
      await complaintOf(() => parseSettings(`scheme: ${name}`, z.object({ scheme: schemeSchema }), 'x.yaml')),
    ).toContain(`'scheme': lacks reach; write { name: ${name}, reach: … }`);
    expect(schemeSchema.parse({ name, reach: 1, far: '20 m' })).toEqual({ name, reach: 1, far: 20 });
  });

  it('is read again when its file was changed', async () => {
    const { name, file } = scheme('');
    const before = await loadPlugin(file);
    expect(await loadPlugin(file)).toBe(before);
    writeFileSync(
      file,
      `export default { name: '${name}', title: 'Otherwise', needs: 'carrier', build() {} };`,
    );
    expect((await loadPlugin(file)).sha256).not.toBe(before.sha256);
    expect(schemeTitle(name)).toBe('Otherwise');
  });

  it('may define several schemes', async () => {
    const file = pluginFile(`const build = () => function* () {};
export default ['own-a', 'own-b'].map((name) => ({ name, title: name, needs: 'carrier', build }));`);
    expect((await loadPlugin(file)).schemes).toEqual(['own-a', 'own-b']);
  });

  it('gets the band, and powers of every subcarrier, where it needs them', async () => {
    const { name, file } = scheme(
      "needs: 'band',",
      'const { perSubcarrier, numSubcarriers } = yield [polar.codeword({ ring: 1, angleIndex: 1 }), polar.codeword({ ring: 1, angleIndex: 2 })]; if (perSubcarrier.length !== 2 * numSubcarriers || numSubcarriers !== 4) throw new Error("shape"); return polarEstimate({ ring: 1, angleIndex: 1 });',
    );
    await loadPlugin(file);
    const band = new Band({ carrierHz: 100e9, bandwidthHz: 5e9, numSubcarriers: 4 });
    const setting = { band, sector: { maxAngleRad: 1, distanceM: [1, 10] as const } };
    expect(await complaintOf(() => createScheme({ name }, polar))).toContain('needs a band of subcarriers');
    expect(sampleSearches(createScheme({ name }, polar, setting))[0]).toEqual([['polar/1/1', 'polar/1/2']]);
  });
});

describe('a plugin that is wrong is told of', () => {
  it.each([
    ['a syntax error', 'export default { name: ', /The plugin does not load: /],
    ['an import that is not there', "import './nowhere.mjs'; export default {};", /does not load: .*nowhere/],
    [
      'a throw while it loads',
      '\nthrow new Error("no luck");',
      /does not load: no luck \(\/plugin-\d+\.mjs:2\)/,
    ],
    [
      'no default export',
      'export const x = 1;',
      /has no default export .*export default \{ name, title, needs, build \}/,
    ],
    ['an empty list', 'export default [];', /exports no scheme/],
    ['something else', 'export default 7;', /exports a number where a scheme is wanted/],
    ['missing parts', "export default { name: 'x-1' };", /Scheme x-1 lacks title, needs, build/],
    [
      'an unknown part',
      "export default { name: 'x-1', title: 'x', needs: 'carrier', bild() {} };",
      /has a part 'bild'.*Did you mean 'build'/,
    ],
    [
      'a name with spaces',
      "export default { name: 'x 1', title: 'x', needs: 'carrier', build() {} };",
      /name must be lower-case words with dashes/,
    ],
    [
      'an unknown need',
      "export default { name: 'x-1', title: 'x', needs: 'luck', build() {} };",
      /needs must be 'carrier' or 'band'/,
    ],
    [
      'an unknown colour',
      "export default { name: 'x-1', title: 'x', needs: 'band', colour: 'beige', build() {} };",
      /colour must be one of blue/,
    ],
    [
      'options that are no schemas',
      "export default { name: 'x-1', title: 'x', needs: 'band', options: () => ({ reach: 2 }), build() {} };",
      /are no map of schemas/,
    ],
    [
      'options that throw',
      "export default { name: 'x-1', title: 'x', needs: 'band', options: () => nothing, build() {} };",
      /options of scheme x-1 cannot be made: nothing is not defined/,
    ],
    ['an end of the process', 'process.exit(0);', /does not load: it calls process\.exit/],
    [
      'an option in a unit that is none',
      "export default { name: 'x-1', title: 'x', needs: 'band', options: ({ quantity }) => ({ d: quantity('metres') }), build() {} };",
      /options of scheme x-1 cannot be made: quantity\('metres'\) has no unit; units: Hz, s, m/,
    ],
    [
      'the name of a scheme of ours',
      "export default { name: 'dpc', title: 'x', needs: 'band', build() {} };",
      /The name dpc is taken by a scheme of beamloop/,
    ],
    [
      'a name twice',
      "const s = { name: 'x-2', title: 'x', needs: 'band', build() {} }; export default [s, s];",
      /The name x-2 is taken by another scheme of the plugin/,
    ],
  ])('%s', async (_, text, complaint) => {
    const before = schemeNames();
    const told = await complaintOf(() => loadPlugin(pluginFile(text)));
    expect(told).toMatch(/^PLUGIN_INVALID: /);
    expect(told).toMatch(complaint);
    expect(schemeNames()).toEqual(before);
  });

  it('a file that is not there', async () => {
    expect(await complaintOf(() => loadPlugin('nowhere/my-scheme.js'))).toBe(
      'PLUGIN_INVALID: There is no such plugin (nowhere/my-scheme.js). Give the path of a JavaScript file, such as ./my-scheme.js',
    );
  });

  it('the name of another plugin', async () => {
    const { name, file } = scheme('');
    await loadPlugin(file);
    const other = pluginFile(`export default { name: '${name}', title: 'x', needs: 'band', build() {} };`);
    expect(await complaintOf(() => loadPlugin(other))).toMatch(/is taken by .*plugin-\d+\.mjs/);
  });

  it.each([
    ['no batch', 'yield 1;', 'yields no list of codewords'],
    ['an empty batch', 'yield [];', 'yields an empty list of codewords'],
    [
      'something else than codewords',
      'yield [array];',
      'yields something at place 1 that is no codeword: it lacks key',
    ],
    [
      'a codeword of its own with phases that are none',
      "yield [{ key: 'a', label: { kind: 'own', scheme: 'a', name: 'a' }, phaseRad: Array(16).fill(NaN), delayS: null, amplitude: null }];",
      'phaseRad of element 1 is NaN',
    ],
    [
      'too few phases',
      "yield [codewordOfPhases('a', [1, 2])];",
      'makes a codeword that is none: a: phaseRad has 2 values for 16 elements',
    ],
    ['a pilot without a name', 'yield [codewordOfPhases(1, [])];', 'its name must be a text'],
    ['no estimate', 'yield [polar.codeword({ ring: 1, angleIndex: 1 })];', 'returns no estimate'],
    [
      'an estimate without a codeword',
      'yield [polar.codeword({ ring: 1, angleIndex: 1 })]; return { angleRad: 0, distanceM: 1 };',
      'returns an estimate without a codeword',
    ],
    [
      'an estimate behind the array',
      'yield [polar.codeword({ ring: 1, angleIndex: 1 })]; return { ...polarEstimate({ ring: 1, angleIndex: 1 }), angleRad: 3 };',
      'whose angleRad is 3',
    ],
    [
      'an estimate at no distance',
      'yield [polar.codeword({ ring: 1, angleIndex: 1 })]; return { ...polarEstimate({ ring: 1, angleIndex: 1 }), distanceM: NaN };',
      'whose distanceM is NaN',
    ],
    [
      'an estimate without a pilot',
      'return polarEstimate({ ring: 1, angleIndex: 1 });',
      'returns an estimate without having sent a pilot',
    ],
    ['an error', 'null.x;', 'fails in its search: Cannot read properties of null'],
    [
      'a search without an end',
      'for (;;) yield [polar.codeword({ ring: 1, angleIndex: 1 })];',
      'does not come to an end',
    ],
  ])('in its search: %s', async (_, search, complaint) => {
    const { name, file } = scheme('', search);
    await loadPlugin(file);
    const told = await complaintOf(() => train(name));
    expect(told).toMatch(/^PLUGIN_INVALID: Scheme own-\d+ /);
    expect(told).toContain(complaint);
    expect(told).toMatch(/\(\/plugin-\d+\.mjs/);
    expect(told).not.toContain('\n');
  });

  it('with the line of the file where it threw', async () => {
    const { name, file } = scheme('', '\n\nthrow new Error("three lines on");');
    await loadPlugin(file);
    expect(await complaintOf(() => train(name))).toMatch(/three lines on \(\/plugin-\d+\.mjs:5\)/);
  });

  it.each([
    [
      'that throws',
      "build() { throw new Error('needs 32 elements'); },",
      'cannot be built: needs 32 elements',
    ],
    ['that returns nothing', 'build() {},', 'build returns no function that begins a search'],
    ['that returns a plain function', 'build: () => () => 1,', 'is no generator function'],
    ['that returns an async generator', 'build: () => async function* () {},', 'is no generator function'],
  ])('a build %s', async (_, parts, complaint) => {
    const { name, file } = scheme(parts);
    await loadPlugin(file);
    expect(await complaintOf(() => train(name))).toContain(complaint);
  });

  it('a second batch of a scheme that sends one', async () => {
    const { name, file } = scheme(
      'adaptive: false,',
      'for (;;) yield [polar.codeword({ ring: 1, angleIndex: 1 })];',
    );
    await loadPlugin(file);
    expect(await complaintOf(() => train(name))).toContain(
      "says 'adaptive: false' and yields a second batch",
    );
  });
});

describe('codewords of a plugin', () => {
  it('are told apart by their phases though they have one name', async () => {
    const { name, file } = scheme(
      '',
      "const made = [0, 1].map((rad) => codewordOfPhases('beam', Array(16).fill(rad))); yield made; return { codeword: made[1], angleRad: 0, distanceM: Infinity };",
    );
    await loadPlugin(file);
    const [batch] = sampleSearches(createScheme({ name }, polar))[0]!;
    expect(new Set(batch).size).toBe(2);
    const { codeword } = train(name).result;
    expect(codeword.label).toEqual({ kind: 'own', scheme: name, name: 'beam' });
    expect(pilotName(codeword.label)).toBe('beam');
    expect(codeword.phaseRad).toEqual(new Float64Array(16).fill(1));
  });
});

describe('an option with a unit', () => {
  it('is read in its base unit, within its bounds', async () => {
    const { name, file } = scheme(
      "options: ({ quantity }) => ({ d: quantity('m', { min: 1, max: 9 }).default(2) }),",
    );
    await loadPlugin(file);
    expect(schemeSchema.parse({ name })).toEqual({ name, d: 2 });
    expect(schemeSchema.parse({ name, d: '300 cm' })).toEqual({ name, d: 3 });
    const read = (d: string) =>
      complaintOf(() =>
        parseSettings(
          `scheme: { name: ${name}, d: ${d} }`,
          z.object({ scheme: schemeSchema }),
          'f.yaml',
          'scenario',
        ),
      );
    expect(await read('12 m')).toContain('must be at most 9 m');
    expect(await read('0.5 m')).toContain('must be at least 1 m');
    expect(await read('3 s')).toMatch(/SCENARIO_INVALID/);
  });
});

describe('code that does not come back', () => {
  it('is cut off, and told of', () => {
    expect(() =>
      inTime(() => {
        for (;;);
      }, 0.05),
    ).toThrow('a step takes longer than 0.05 s');
    expect(inTime(() => 7)).toBe(7);
    expect(() =>
      inTime(() => {
        throw new RangeError('its own');
      }),
    ).toThrow(RangeError);
  });
});

it.each([
  ['scheme: ./a.js', ['./a.js']],
  ['scheme: "../b"', ['../b']],
  ['scheme: { name: /abs/c.mjs, reach: 1 }', ['/abs/c.mjs']],
  ['schemes: [dpc, ./d.cjs,/e]', ['./d.cjs', '/e']],
  ['kept: &own ./f.js\nscheme: *own', ['./f.js']],
  ['schemes: { a: sub/g.js, b: dpc }', ['sub/g.js']],
  ['board: { port: /dev/ttyUSB0 }\nscheme: dpc', []],
])('files in place of schemes are found: %s', (text, paths) => {
  expect(pluginPathsIn(text)).toEqual(paths);
});
