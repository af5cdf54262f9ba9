/** Studies that would take gigabytes, or days without a word, are refused with the number that is too large. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodewordCache } from '../../../src/codebook/codeword-cache.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { overrideStudy, runStudy } from '../../../src/study/run-study.js';
import { readStudy } from '../../../src/study/study-file.js';
import { studySchema } from '../../../src/study/study-kinds.js';
import { studyThreads } from '../../../src/study/study-threads.js';

function complaint(text: string): string {
  try {
    parseSettings(text, studySchema, 'study.yaml');
  } catch (error) {
    if (error instanceof BeamloopError) return error.message;
    throw error;
  }
  throw new Error('no complaint');
}

const sweep = (points: number) => `{from: 1 m, to: 2 m, points: ${points}}`;
const accuracy = (array: string, users: string, more = '') =>
  `kind: accuracy\ntitle: t\narray: ${array}\nschemes: [dpc]\nsnr: 10 dB\nusers: ${users}\n${more}`;
const rate = (subcarriers: number, more: string) =>
  `kind: rate\ntitle: t\nsnr: 10 dB
array: {elements: 64, carrier: 30 GHz, bandwidth: 3 GHz, subcarriers: ${subcarriers}, sector: {angle: 60 deg, distance: [1 m, 9 m]}}
${more}`;
const pattern = (text: string) => `kind: pattern\ntitle: t\n${text}`;

describe('a study that is too large', () => {
  it.each<[string, string, RegExp]>([
    [
      'a thousand million users',
      accuracy('{elements: 64}', '{count: 1e9, ring: 1 m}'),
      /users\.count|100000000/,
    ],
    [
      'many users at many points',
      accuracy('{elements: 64}', `{count: 1e8, ring: ${sweep(2000)}}`),
      /number of trainings .* is 200000000000; at most 100000000000/,
    ],
    [
      'places that are a product',
      accuracy(
        '{elements: 64}',
        '{count: 1, ring: {from: 1 m, to: 2 m, points: 9999}, angle: {from: 0 deg, to: 1 deg, points: 9999}}',
      ),
      /number of rows .* is 99980001; at most 20000/,
    ],
    [
      'many elements and rings',
      accuracy('{elements: 16384}', '{count: 1, ring: 100 m}', 'codebook: {rings: 1000}'),
      /polar codebook \(elements × rings\) is 16384000; at most 2000000/,
    ],
    [
      'elements that are no power of two',
      accuracy('{elements: 16383}', '{count: 1, ring: 100 m}').replace('dpc', 'near-field-hierarchical'),
      /no power of two.* is 3220832268; at most 50000000/,
    ],
    [
      'dictionaries',
      rate(4096, 'schemes: {a: {name: tdps}}\npilots: {a: [10, 20, 30]}'),
      /dictionaries .* is 2516582400; at most 1073741824/,
    ],
    [
      'cells of a map',
      pattern('pattern: diverging\narray: {elements: 64}\nvirtualFocalPoint: [-1, 0]\ngridPoints: 5000'),
      /gridPoints .* is 250000000/,
    ],
    [
      'a figure',
      pattern('pattern: twin\narray: {elements: 64}\nuser: [2 m, 0 m]\ndrawnPoints: 5000'),
      /cells drawn .* is 25000000/,
    ],
    [
      'focal points',
      pattern('pattern: diverging-degree\narray: {}\nelements: [64]\nfocalColumns: 500\nfocalRows: 500'),
      /is 1250000000; at most 50000000/,
    ],
    [
      'beams',
      pattern('pattern: ring\narray: {elements: 16384}\nring: 100 m\nschemes: [far-field-sweep]'),
      /beams .* is 268435456/,
    ],
    [
      'sectors',
      pattern('pattern: regions\narray: {elements: 65536}\nlevel: 16').replace('65536', '32768'),
      /number of rows .* is 65536/,
    ],
    [
      'a map over direction and distance',
      rate(64, 'scheme: tdps\ndirections: 2000\nrings: 2000')
        .replace('rate', 'beam-split')
        .replace(/snr.*\n/, ''),
      /directions × rings\) is 4000000; at most 1000000/,
    ],
    [
      'a boundary',
      `kind: boundary\ntitle: t\narray: {}\nelements: [${Array(300).fill(64)}]\nangles: [${Array(300).fill('1 deg')}]`,
      /is 90000; at most 20000/,
    ],
    [
      'a list',
      accuracy('{elements: 64}', `{count: 1, ring: {unit: m, values: [${Array(20_000).fill(1)}]}}`),
      /10000/,
    ],
  ])('is refused: %s', (_, text, message) => {
    const start = performance.now();
    expect(complaint(text)).toMatch(message);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('is refused too when the command line makes it so', async () => {
    const study = parseSettings(
      accuracy('{elements: 64}', `{count: 1, ring: ${sweep(2000)}}`),
      studySchema,
      'f',
    );
    const larger = overrideStudy(study, { numUsers: 1e8 });
    await expect(runStudy(larger, { executor: studyThreads(1), traced: false })).rejects.toThrow(
      'number of trainings',
    );
  });

  it('is refused for its traces alone', async () => {
    const study = parseSettings(
      accuracy('{elements: 512}', '{count: 2000, ring: 20 m}').replace('dpc', 'exhaustive'),
      studySchema,
      'f',
    );
    await expect(runStudy(study, { executor: studyThreads(1), traced: true })).rejects.toThrow('traces take');
  });

  it.each(
    ['papers', 'studies'].flatMap((folder) =>
      readdirSync(`scenarios/${folder}`).map((name) => `${folder}/${name}`),
    ),
  )('is none of ours: %s', (name) => {
    expect(() => readStudy(`scenarios/${name}`)).not.toThrow();
  });
});

describe('codewords that have been built', () => {
  it('are kept while they fit, and forgotten when they do not', () => {
    const cache = new CodewordCache<number, object>(24_000_000);
    const built = [1, 2, 1, 2, 3, 1].map((key) => cache.get(key, () => ({})));
    expect(built[2]).toBe(built[0]);
    expect(built[3]).toBe(built[1]);
    expect(built[5]).not.toBe(built[0]);
  });
});
