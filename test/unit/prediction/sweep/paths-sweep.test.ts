/** Sweeps of ray-traced users: what they receive worked out slowly, and a model that learns from them by the command line's parts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlanarArray } from '../../../../src/array/planar-array.js';
import { PlanarCodebook } from '../../../../src/codebook/planar.js';
import { importSource } from '../../../../src/prediction/datasets/import.js';
import { openSource } from '../../../../src/prediction/datasets/source.js';
import { familyOfFile, familyOfModel } from '../../../../src/prediction/families.js';
import { basesOf, pathsSweep } from '../../../../src/prediction/sweep/data/paths-sweep.js';
import { boresightRad } from '../../../../src/prediction/sweep/data/sector.js';
import { someOf, Thinned } from '../../../../src/prediction/sweep/data/some-of.js';
import { readSweepModel } from '../../../../src/prediction/sweep/model-folder.js';
import { drawnHere } from '../../../fixtures/drawn-here.js';
import { CARRIER_HZ, usersAround, writeRayTree } from '../../../fixtures/ray-tree.js';

const SETTING = {
  ...{ carrierHz: CARRIER_HZ, bandwidthHz: 10e6, numSubcarriers: 2, rows: 4, columns: 4, tiltRad: 0.35 },
  ...{ coarse: [4, 4] as const, fine: [8, 8] as const, receiver: { rows: 1, columns: 2 } },
};
const BASES = [
  { placeM: [500, -200, 20] as const, usersM: usersAround([500, -200, 0], 60) },
  { placeM: [900, 100, 25] as const, usersM: usersAround([900, 100, 0], 40, 1.1) },
];

let root: string;
const at = (name: string) => path.join(root, name);
beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-paths-sweep-'));
  writeRayTree(at('raw'), BASES, (user) => user % 10 === 9);
  const source = await openSource(at('raw'));
  await importSource(source, at('set'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the users of a base station', () => {
  it('receive what the sum over paths, elements, antennas and subcarriers gives', async () => {
    const { sweeps, numUsers, numWithoutPath, base } = await pathsSweep(SETTING, {
      ...{ set: at('set'), base: 't000_tx000', users: 1000 },
    });
    expect({ base, numUsers, numWithoutPath }).toEqual({
      base: 't000_tx000',
      numUsers: 60,
      numWithoutPath: 6,
    });
    expect(sweeps.numUsers).toBe(54);
    // The fourth user, and one behind where a blocked one was left out.
    for (const [row, user] of [
      [3, 3],
      [20, 22],
    ] as const) {
      const [x, y, z] = BASES[0]!.usersM[user]!;
      expect([...sweeps.worldM.subarray(2 * row, 2 * row + 2)]).toEqual([
        expect.closeTo(x - 500, 2),
        expect.closeTo(y + 200, 2),
      ]);
      const sector = sweeps.sectors[row]!;
      const turned = Math.atan2(y + 200, x - 500) - boresightRad(sector);
      expect(Math.cos(turned)).toBeGreaterThan(Math.cos(Math.PI / 3 + 1e-6));
      const array = new PlanarArray({
        ...{ rows: 4, columns: 4, carrierHz: CARRIER_HZ, tiltRad: 0.35 },
        boresightRad: boresightRad(sector),
      });
      const lambda = array.wavelengthM;
      const channels = [-1, 1].flatMap((side) =>
        [0, 5e6].map((offsetHz) =>
          Array.from({ length: 16 }, (_, n) => {
            let [re, im] = [0, 0];
            for (const bounces of [0, 1]) {
              const d = [x - 500, y + 200, (bounces === 0 ? z : -z) - 20] as const;
              const length = Math.hypot(...d);
              const along =
                (array.elementXM[n]! * d[0] + array.elementYM[n]! * d[1] + array.elementZM[n]! * d[2]) /
                length;
              // The receiver's antennas stand along y: nearer where the path comes from.
              const nearer = (side * lambda * -d[1]) / (4 * length);
              const phase =
                (2 * Math.PI * (along + nearer - length)) / lambda -
                (2 * Math.PI * offsetHz * length) / 299_792_458;
              const gain = 10 ** (-bounces / 2) / length;
              re += gain * Math.cos(phase);
              im += gain * Math.sin(phase);
            }
            return [re, im] as const;
          }),
        ),
      );
      const meanSquare = channels.flat().reduce((sum, [re, im]) => sum + re * re + im * im, 0) / (4 * 16);
      const codebook = new PlanarCodebook(array, { numAzimuths: 8, numElevations: 8 });
      const powers = Array.from({ length: 64 }, (_, beam) => {
        const { phaseRad } = codebook.codewordAt(beam);
        const sum = channels.reduce((total, h) => {
          let [re, im] = [0, 0];
          h.forEach(([a, b], n) => {
            const [c, s] = [Math.cos(phaseRad[n]!) / 4, Math.sin(phaseRad[n]!) / 4];
            re += a * c - b * s;
            im += a * s + b * c;
          });
          return total + re * re + im * im;
        }, 0);
        return sum / (4 * meanSquare);
      });
      // Files hold single precision: a phase of thousands of turns is kept to a ten-thousandth of one.
      powers.forEach((power, beam) => {
        expect(sweeps.fine[row * 64 + beam]).toBeCloseTo(power, 2);
      });
      expect(powers[sweeps.best[row]!]).toBeCloseTo(Math.max(...powers), 2);
      expect(Math.max(...powers)).toBeGreaterThan(4);
    }
  });

  it('are the same from the folder itself as from the data set', async () => {
    const of = (set: string) => pathsSweep(SETTING, { set: at(set), base: 't001_tx000', users: 20 });
    const [raw, imported, again] = [await of('raw'), await of('set'), await of('raw')];
    expect(raw.sweeps).toEqual(imported.sweeps);
    expect(raw.sweeps.numUsers).toBe(20);
    expect(again.contentHash).toBe(raw.contentHash);
    expect(await basesOf(at('raw'))).toEqual(['t000_tx000', 't001_tx000']);
  });

  it.each([
    ['no base', {}, {}, /2 base stations: t000_tx000, t001_tx000.*Name one of them/s],
    ['a base that is not there', { base: 'BS7' }, {}, /no base station BS7; it has t000_tx000/],
    [
      'another carrier',
      { base: 't000_tx000' },
      { carrierHz: 28e9 },
      /carrier of 3.5 GHz.*one of 28 GHz.*array.carrier 3.5 GHz/s,
    ],
  ])('are refused with %s', async (_, named, changed, message) => {
    const sweep = pathsSweep({ ...SETTING, ...changed }, { set: at('set'), users: 50, ...named });
    await expect(sweep).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('are refused where nobody is reached', async () => {
    writeRayTree(at('dark'), [BASES[0]!], () => true);
    await expect(pathsSweep(SETTING, { set: at('dark'), users: 50 })).rejects.toThrow(
      /60 users, and no path/,
    );
  });
});

it('some of many are spread over them, all at once or one by one', () => {
  const all = Array.from({ length: 1000 }, (_, k) => k);
  expect(someOf(all, 4)).toEqual([0, 250, 500, 750]);
  expect(someOf(all, 5000)).toBe(all);
  const thinned = new Thinned<number>(10);
  for (const one of all) thinned.add(one);
  const some = thinned.some();
  expect(thinned.numSeen).toBe(1000);
  expect(some).toHaveLength(10);
  const gaps = some.slice(1).map((one, k) => one - some[k]!);
  expect(Math.max(...gaps)).toBeLessThan(200);
  expect(some.at(-1)).toBeGreaterThan(750);
});

describe('a model of a data set', () => {
  const MODEL = `title: t
network: sweep
branch: mlp
array: { rows: 4, columns: 4 }
beams: { fine: [8, 8] }
receiver: { rows: 1, columns: 1 }
subcarriers: 2
training: { epochs: 2 }
`;
  const options = { resume: false, executor: drawnHere };

  it('learns, knows what it learned from, and is evaluated at another base station', async () => {
    writeFileSync(at('model.yaml'), `${MODEL}data: { set: set, base: t000_tx000, users: 50 }`);
    const family = familyOfFile(at('model.yaml'));
    const model = family.readModelFile(at('model.yaml'));
    const { title, sentence } = await family.train(model, { ...options, folder: at('model') });
    expect(title).toBe('Perceptron of 128 features, one branch, shared head');
    expect(sentence).toContain('6 of 60 users of t000_tx000');
    const { making } = readSweepModel(at('model'));
    expect(making.data).toEqual([
      {
        base: 't000_tx000',
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        numUsers: 60,
        numWithoutPath: 6,
      },
    ]);
    expect(JSON.stringify(family.cardOf(at('model')))).toContain('6 of them without a path');
    const evaluation = { numExamples: 30, seed: 1, executor: drawnHere };
    const { heading, rows } = await familyOfModel(at('model')).evaluate([at('model')], evaluation);
    expect(heading).toMatch(
      /7 users kept from training in base station t000_tx000 of set; abroad: 30 users of base station t001_tx000 of set/,
    );
    expect(rows).toHaveLength(6);
    const elsewhere = { ...evaluation, data: { set: at('raw'), base: 't001_tx000' } };
    expect((await family.evaluate([at('model')], elsewhere)).heading).toContain('t001_tx000 of raw');
    const atHome = family.evaluate([at('model')], {
      ...evaluation,
      data: { set: at('set'), base: 't000_tx000' },
    });
    await expect(atHome).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('learned from'),
    });
  });

  it('is refused when another data set stands in its place', async () => {
    rmSync(at('set'), { recursive: true });
    writeRayTree(at('other'), [...BASES].reverse());
    await importSource(await openSource(at('other')), at('set'));
    const evaluation = familyOfModel(at('model')).evaluate([at('model')], {
      numExamples: 30,
      seed: 1,
      executor: drawnHere,
    });
    await expect(evaluation).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });

  it('learns from cities or from data, and not from both', () => {
    writeFileSync(at('both.yaml'), `${MODEL}cities: [1]\ndata: { set: set, base: t000_tx000 }`);
    const family = familyOfFile(at('both.yaml'));
    expect(() => family.readModelFile(at('both.yaml'))).toThrow(/cannot go together with cities/);
  });
});
