import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/core/random.js';
import { ChannelMaker } from '../../../../src/prediction/datasets/deepmimo/channels.js';
import type { UserPaths } from '../../../../src/prediction/datasets/deepmimo/user-paths.js';
import { bandwidthOf } from '../../../../src/prediction/datasets/deepmimo/user-paths.js';
import { importSource } from '../../../../src/prediction/datasets/import.js';
import { readPaths } from '../../../../src/prediction/datasets/parquet/read-dataset.js';
import { openSource } from '../../../../src/prediction/datasets/source.js';
import { surveySource } from '../../../../src/prediction/datasets/survey.js';
import { matrix, npyBytes, npzBytes, writeMatFile } from './array-files.js';

/** As DeepMIMO names them; angles in degrees, theta from the zenith, powers in dBm of a transmitter of 10 dBm. */
interface Ray {
  readonly phase: number;
  readonly toa: number;
  readonly power: number;
  readonly doaPhi: number;
  readonly doaTheta: number;
  readonly dodPhi: number;
  readonly dodTheta: number;
  readonly los: number;
}
const TRANSMIT_DBM = 10;
/** Users with 0, 1, 2, 3, 0, 1 and 2 paths; numbers that single precision holds, so that all formats mean the same. */
const random = new Random('rays');
const draw = (low: number, high: number) => Math.fround(low + (high - low) * random.uniform());
const users = Array.from({ length: 7 }, (_, user) => ({
  place: [draw(5, 50), draw(-20, 20), 1.5] as const,
  rays: Array.from(
    { length: user % 4 },
    (_, l): Ray => ({
      ...{ phase: draw(-180, 180), toa: draw(1e-7, 9e-7), power: draw(-110, -60) },
      ...{
        doaPhi: draw(-180, 180),
        doaTheta: draw(60, 120),
        dodPhi: draw(-180, 180),
        dodTheta: draw(60, 120),
      },
      los: l === 0 ? 1 : 0,
    }),
  ),
}));
const BASE_M = [1, 2, 20] as const;

/** 3 x 2 elements in the y-z plane, half a wavelength apart. */
const elements = [0, 0.5, 1].flatMap((y) => [0, 0.5].map((z) => [0, y, z] as const));
const BANDWIDTH_HZ = 10e6;
const K = 16;

/** Slow and obvious: the sum as DeepMIMO's documents print it, element by element and subcarrier by subcarrier. */
function directChannel(user: number, element: number, k: number): [re: number, im: number] {
  let [re, im] = [0, 0];
  const rad = (deg: number) => (deg * Math.PI) / 180;
  const [x, y, z] = elements[element]!;
  for (const ray of users[user]!.rays) {
    const power = 10 ** ((ray.power + 30 - TRANSMIT_DBM) / 10 - 3);
    const steering =
      x * Math.sin(rad(ray.dodTheta)) * Math.cos(rad(ray.dodPhi)) +
      y * Math.sin(rad(ray.dodTheta)) * Math.sin(rad(ray.dodPhi)) +
      z * Math.cos(rad(ray.dodTheta));
    const phase = rad(ray.phase) - (2 * Math.PI * k * ray.toa * BANDWIDTH_HZ) / K + 2 * Math.PI * steering;
    re += Math.sqrt(power / K) * Math.cos(phase);
    im += Math.sqrt(power / K) * Math.sin(phase);
  }
  return [re, im];
}

const ROWS = ['phase', 'toa', 'power', 'doaPhi', 'doaTheta', 'dodPhi', 'dodTheta', 'los'] as const;

async function writeV3(folder: string, compressed: boolean, numRows: 8 | 10 = 8): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeMatFile(
    path.join(folder, 'params.mat'),
    {
      version: matrix([[3]]),
      carrier_freq: matrix([[3.5e9]]),
      transmit_power: matrix([[TRANSMIT_DBM]]),
      bandwidth: matrix([[0.01]]),
    },
    compressed,
  );
  for (const [first, end] of [
    [0, 3],
    [3, 7],
  ] as const) {
    const some = users.slice(first, end);
    const paths = some.map(({ rays }) =>
      matrix([
        ...ROWS.map((row) => rays.map((ray) => ray[row])),
        ...Array.from({ length: numRows - 8 }, () => rays.map(() => 0)),
      ]),
    );
    await writeMatFile(
      path.join(folder, `BS3_UE_${first}-${end}.mat`),
      {
        channels: { kind: 'cell', values: paths.map((p) => ({ kind: 'struct', fields: { p } })) },
        rx_locs: matrix(some.map(({ place }) => [...place, 30, 100])),
        tx_loc: matrix([[...BASE_M]]),
      },
      compressed,
    );
  }
}

const V4_WIDTH = 5;
const QUANTITIES: Readonly<Record<string, (ray: Ray) => number>> = {
  // v4 gives powers in dBW for a transmitter of 0 dBW: the gains of the v3 files above.
  power: ({ power }) => power - TRANSMIT_DBM,
  phase: ({ phase }) => phase,
  delay: ({ toa }) => toa,
  aoa_az: ({ doaPhi }) => doaPhi,
  aoa_el: ({ doaTheta }) => doaTheta,
  aod_az: ({ dodPhi }) => dodPhi,
  aod_el: ({ dodTheta }) => dodTheta,
  inter: ({ los }) => (los === 1 ? 0 : 12),
};

async function writeV4(
  folder: string,
  format: 'mat' | 'npz' | 'npy',
  parameters: object = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'params.json'),
    JSON.stringify({ version: '4.0', rt_params: { frequency: 3.5e9 }, ...parameters }),
  );
  const tables: Record<string, number[][]> = {
    rx_pos: users.map(({ place }) => [...place]),
    tx_pos: [[...BASE_M]],
  };
  for (const [name, of] of Object.entries(QUANTITIES)) {
    tables[name] = users.map(({ rays }) => {
      const row = rays.map(of);
      return [...row, ...Array(V4_WIDTH - row.length).fill(Number.NaN)];
    });
  }
  for (const [name, rows] of Object.entries(tables)) {
    const file = path.join(folder, `${name}_t001_tx000_r000.${format}`);
    if (format === 'mat') await writeMatFile(file, { [name]: matrix(rows) }, name !== 'power');
    else
      writeFileSync(
        file,
        format === 'npz' ? npzBytes(name, rows) : npyBytes(rows, name === 'phase', name === 'delay' ? 2 : 1),
      );
  }
}

let root: string;
const at = (name: string) => path.join(root, name);
beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-deepmimo-'));
  await writeV3(at('v3'), false);
  await writeV3(at('v3-compressed'), true, 10);
  for (const format of ['mat', 'npz', 'npy'] as const) await writeV4(at(`v4-${format}`), format);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function worstError(paths: AsyncIterable<UserPaths>): Promise<{ numUsers: number; worst: number }> {
  const maker = new ChannelMaker({ elements, bandwidthHz: BANDWIDTH_HZ, numSubcarriers: K });
  let [worst, largest, numUsers] = [0, 0, 0];
  for await (const user of paths) {
    const { re, im } = maker.channel(user);
    numUsers += 1;
    for (let n = 0; n < elements.length; n++) {
      for (let k = 0; k < K; k++) {
        const [wantedRe, wantedIm] = directChannel(user.user, n, k);
        worst = Math.max(worst, Math.hypot(re[n * K + k]! - wantedRe, im[n * K + k]! - wantedIm));
        largest = Math.max(largest, Math.hypot(wantedRe, wantedIm));
      }
    }
  }
  return { numUsers, worst: worst / largest };
}

async function openPaths(name: string) {
  const source = await openSource(at(name));
  if (source.kind !== 'paths') throw new Error('no paths');
  return source;
}

describe('scenarios of DeepMIMO', () => {
  it.each(['v3', 'v3-compressed', 'v4-mat', 'v4-npz', 'v4-npy'])(
    '%s give the channels of the direct formula',
    async (name) => {
      const { opened } = await openPaths(name);
      const { numUsers, worst } = await worstError(opened.users());
      expect(numUsers).toBe(7);
      // Powers of v4 are rounded to single precision.
      expect(worst).toBeLessThan(1e-6);
      expect(opened.problems()).toEqual([]);
    },
  );

  it('keep their channels as Parquet', async () => {
    const source = await openPaths('v3');
    const manifest = await importSource(source, at('imported'));
    expect(manifest).toMatchObject({
      kind: 'paths',
      numRows: 7,
      carrierHz: 3.5e9,
      bandwidthHz: 10e6,
      bases: [{ base: 'BS3', positionM: [1, 2, 20] }],
    });
    expect((await worstError(readPaths(at('imported')))).worst).toBeLessThan(1e-12);
    const again = await importSource(source, at('imported-again'));
    expect(again.contentHash).toBe(manifest.contentHash);
  });

  it('are surveyed', async () => {
    for (const [name, interactions] of [
      ['v3', [0, -1, -1]],
      ['v4-npz', [0, 12, 12]],
    ] as const) {
      const source = await openPaths(name);
      expect(await surveySource(source, { history: 8, future: 6 })).toMatchObject({
        ...{ numUsers: 7, numWithoutPath: 2, numInSight: 5, numPaths: 9, mostPaths: 3, carrierHz: 3.5e9 },
        lowM: [Math.min(...users.map(({ place }) => place[0])), expect.any(Number), 1.5],
      });
      const third: UserPaths[] = [];
      for await (const user of source.opened.users()) if (user.user === 3) third.push(user);
      expect([...third[0]!.interactions]).toEqual(interactions);
      expect(third[0]!.positionM).toEqual(users[3]!.place);
    }
  });

  it('drop paths that arrive after the symbol has ended, as DeepMIMO does', () => {
    const maker = new ChannelMaker({
      elements: [[0, 0, 0]],
      bandwidthHz: 10e6,
      numSubcarriers: 16,
      subcarriers: [3],
    });
    const one = (delayS: number) => {
      const list = (value: number) => Float64Array.of(value);
      const { re, im } = maker.channel({
        ...{ power: list(1), phaseRad: list(0), delayS: list(delayS) },
        ...{ departureAzimuthRad: list(0), departureElevationRad: list(0) },
      });
      return Math.hypot(re[0]!, im[0]!);
    };
    expect(one(1.5999e-6)).toBeCloseTo(0.25, 12);
    expect(one(1.6001e-6)).toBe(0);
  });
});

describe('damaged scenarios of DeepMIMO', () => {
  const refusal = async (name: string) => {
    const source = await openPaths(name);
    for await (const _ of source.opened.users());
  };

  it.each([
    ['plain', false],
    ['compressed', true],
  ] as const)('are refused when a %s file is cut off anywhere', async (_, compressed) => {
    const name = `cut-${compressed}`;
    await writeV3(at(name), compressed);
    const file = at(`${name}/BS3_UE_3-7.mat`);
    const whole = readFileSync(file);
    for (let k = 1; k < 12; k++) {
      writeFileSync(file, whole.subarray(0, Math.floor((whole.length * k) / 12)));
      await expect(refusal(name)).rejects.toMatchObject({
        code: 'DATASET_INVALID',
        where: expect.stringContaining('BS3_UE_3-7.mat'),
      });
    }
  });

  it.each(['npy', 'npz'] as const)('are refused when a file of %s is cut off', async (format) => {
    const name = `cut-${format}`;
    await writeV4(at(name), format);
    const file = at(`${name}/delay_t001_tx000_r000.${format}`);
    const whole = readFileSync(file);
    for (const length of [3, 20, 90, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await expect(refusal(name)).rejects.toMatchObject({
        code: 'DATASET_INVALID',
        where: expect.stringContaining('delay_'),
      });
    }
  });

  it.each([
    ['more', 6, "has 4 users, and the file's name says 3: 3 to 5"],
    ['fewer', 9, "has 4 users, and the file's name says 6: 3 to 8"],
  ])('are refused when a file holds %s users than its name says', async (name, end, why) => {
    await writeV3(at(name), false);
    renameSync(at(`${name}/BS3_UE_3-7.mat`), at(`${name}/BS3_UE_3-${end}.mat`));
    await expect(refusal(name)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(why),
      todo: expect.stringContaining('BS3_UE_3-7.mat'),
    });
  });

  it('are refused when two files hold the same users, and say which are missing', async () => {
    await writeV3(at('twice'), false);
    renameSync(at('twice/BS3_UE_3-7.mat'), at('twice/BS3_UE_2-6.mat'));
    await expect(openSource(at('twice'))).rejects.toThrow('Users 2 to 2 are in BS3_UE_0-3.mat, too');
    renameSync(at('twice/BS3_UE_2-6.mat'), at('twice/BS3_UE_4-8.mat'));
    const { opened } = await openPaths('twice');
    expect(opened.problems()).toMatchObject([{ what: 'users between two files are missing', count: 1 }]);
  });

  it('are refused when bandwidths or carriers are in the unit of the other version', async () => {
    expect(bandwidthOf('DeepMIMO v3', 0.05, 'here')).toBe(50e6);
    expect(bandwidthOf('DeepMIMO v4', 50e6, 'here')).toBe(50e6);
    expect(() => bandwidthOf('DeepMIMO v3', 50e6, 'here')).toThrow(
      'The bandwidth is 50000000, and DeepMIMO v3 gives it in GHz: it looks like one in Hz (here). Give 0.05',
    );
    expect(() => bandwidthOf('DeepMIMO v4', 0.05, 'here')).toThrow(
      'in Hz: it looks like one in GHz (here). Give 50000000',
    );
    expect(() => new ChannelMaker({ elements, bandwidthHz: 0.01, numSubcarriers: K })).toThrow(
      'bandwidthHz: 10000000',
    );
    await writeV4(at('ghz'), 'npy', { rt_params: { frequency: 3.5 } });
    await expect(openSource(at('ghz'))).rejects.toThrow('The carrier is 3.5, and DeepMIMO v4 gives it in Hz');
    await writeV4(at('ghz-band'), 'npy', { bandwidth: 0.01 });
    await expect(openSource(at('ghz-band'))).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('are refused when quantities do not fit each other, or are missing', async () => {
    await writeV4(at('shapes'), 'npy');
    writeFileSync(at('shapes/phase_t001_tx000_r000.npy'), npyBytes(users.map(() => [1, 2])));
    await expect(refusal('shapes')).rejects.toThrow("'phase' is 7 x 2, and 'power' 7 x 5");
    rmSync(at('shapes/phase_t001_tx000_r000.npy'));
    await expect(openSource(at('shapes'))).rejects.toThrow('Files of t001_tx000_r000 are missing: phase');
    rmSync(at('shapes/params.json'));
    await expect(openSource(at('shapes'))).rejects.toThrow('no params.json');
  });

  it('of MATLAB 7.3 and other files are told from what can be read', async () => {
    await writeV3(at('hdf'), false);
    const header = Buffer.alloc(600, ' ');
    header.write('MATLAB 7.3 MAT-file, Platform: GLNXA64');
    writeFileSync(at('hdf/params.mat'), header);
    await expect(openSource(at('hdf'))).rejects.toThrow("save(…, '-v7')");
    writeFileSync(at('hdf/params.mat'), 'no such file');
    await expect(openSource(at('hdf'))).rejects.toThrow('no MAT file of level 5');
  });

  it('have scenes in folders, of which one is to be named', async () => {
    await writeV4(at('dynamic/scene_0'), 'npz');
    await expect(openSource(at('dynamic'))).rejects.toMatchObject({
      todo: expect.stringContaining('dynamic/scene_0'),
    });
    renameSync(at('dynamic/scene_0/params.json'), at('dynamic/params.json'));
    expect(readdirSync(at('dynamic/scene_0'))).not.toContain('params.json');
    expect((await openPaths('dynamic/scene_0')).opened.numRows).toBe(7);
  });
});
