/** Model files of networks that name the best fine beam from a coarse sweep. Keys and units: docs/models.md. */
import path from 'node:path';
import { z } from 'zod';
import { carrierSchema } from '../../array/array-section.js';
import { LEVEL } from '../../core/bounds.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { levelOrInfinite, upTo, zeroTo } from '../../core/settings-quantity.js';
import {
  type Branch,
  branchFeatures,
  FULL,
  FUSIONS,
  HEADS,
  isPerceptron,
  perceptronFor,
  REDUCED,
  type SweepSizes,
} from './networks/sweep-network.js';
import type { SweepSetting } from './sweep-setting.js';

/** `mlp`: dense layers in place of convolutions. */
const BRANCHES = ['reduced', 'full', 'mlp'] as const;

/** Of one base station: a hundred kilobytes each. */
const MOST_USERS = 20_000;
export const citySchema = z.int().min(0).max(1_000_000);

const count = (most: number) => z.int().min(1).max(most);
const side = z.int().min(2).max(64);
/** Both sides alike: the picture of the powers is a square. */
export const gridSchema = z
  .tuple([side, side], 'must be azimuths and elevations, such as [4, 4]')
  .refine(([azimuths, elevations]) => azimuths === elevations, 'must have as many elevations as azimuths');

/** Users of a base station of a data set of paths. */
export const namedPathsSchema = z.strictObject({
  set: z.string().min(1, 'must be the folder of a data set'),
  base: z.string().min(1).optional(),
  users: z.int().min(10).max(MOST_USERS).default(3000),
});

/** Keys of model files. */
export const sweepModelShape = {
  title: z.string().min(1).max(200),
  network: z.literal('sweep'),
  branch: z.enum(BRANCHES).default('reduced'),
  fusion: z.enum(FUSIONS).default('none'),
  heads: z.enum(HEADS).default('shared'),
  array: z
    .strictObject({
      rows: count(64).default(8),
      columns: count(64).default(8),
      carrier: carrierSchema.default(3.5e9),
      tilt: zeroTo('89 deg', 'rad').default(Math.PI / 9),
    })
    .prefault({}),
  beams: z
    .strictObject({ coarse: gridSchema.default([4, 4]), fine: gridSchema.default([16, 16]) })
    .prefault({}),
  receiver: z.strictObject({ rows: count(8).default(2), columns: count(8).default(2) }).prefault({}),
  /** Powers are means over subcarriers of this band. */
  bandwidth: upTo('1 GHz', 'Hz').default(10e6),
  subcarriers: count(64).default(8),
  /** Of a pilot of unit norm; means over elements and users' antennas are 1. */
  snr: levelOrInfinite(LEVEL).default(20),
  /** Seeds of the cities whose users it learns from: 70 % of them, 15 % for validation, and the rest for tests at home. */
  cities: z.array(citySchema).nonempty('must list at least one city').optional(),
  /** In place of cities: base stations of data sets. */
  data: z
    .union([
      namedPathsSchema.transform((one) => [one]),
      z.array(namedPathsSchema).nonempty('must name a data set'),
    ])
    .optional(),
  training: z
    .strictObject({
      epochs: count(10_000).default(60),
      batch: count(10_000).default(64),
      /** Peak of one cycle. */
      rate: z.number().positive().max(1).default(2e-3),
      weightDecay: z.number().min(0).max(10).default(0.05),
      patience: count(10_000).default(60),
    })
    .prefault({}),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
};

const sweepModelSchema = z
  .strictObject(sweepModelShape)
  .refine(({ cities, data }) => cities === undefined || data === undefined, {
    message: 'cannot go together with cities: a model learns from either',
    path: ['data'],
  })
  .transform((model) => ({ ...model, cities: model.cities ?? (model.data === undefined ? [1] : []) }));

/** What every model says; those of cities name no data. */
export const SWEEP_MODEL_KEYS = Object.keys(sweepModelShape).filter((key) => key !== 'data');

/** Plain data: it goes into the model's folder. */
export type SweepModelFile = z.output<typeof sweepModelSchema>;

/**
 * Data sets are found from the file's own folder.
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID.
 */
export function readSweepModelFile(file: string): SweepModelFile {
  const model = readSettingsFile(file, sweepModelSchema, 'model file');
  if (model.data === undefined) return model;
  const folder = path.dirname(path.resolve(file));
  return { ...model, data: model.data.map((named) => ({ ...named, set: path.resolve(folder, named.set) })) };
}

export function settingOf(model: SweepModelFile): SweepSetting {
  const { array, beams, receiver, bandwidth, subcarriers } = model;
  return {
    carrierHz: array.carrier,
    bandwidthHz: bandwidth,
    numSubcarriers: subcarriers,
    ...{ rows: array.rows, columns: array.columns, tiltRad: array.tilt, receiver },
    coarse: beams.coarse,
    fine: beams.fine,
  };
}

function branchOf({ branch, beams }: Pick<SweepModelFile, 'branch' | 'beams'>): Branch {
  if (branch === 'mlp') return perceptronFor(beams.coarse[0]);
  return branch === 'full' ? FULL : REDUCED;
}

/** All that decides how large a network is. */
type Sized = Pick<SweepModelFile, 'branch' | 'fusion' | 'heads' | 'beams'>;

export function sizesOf(model: Sized): SweepSizes {
  const { fusion, heads, beams } = model;
  return { branch: branchOf(model), fusion, heads, numBeams: beams.fine[0] * beams.fine[1] };
}

const FUSION_TITLES = {
  none: 'one branch',
  auto: 'two branches, AutoFusion',
  gan: 'two branches, GanFusion',
};

export function titleOf(model: Sized): string {
  const head = model.heads === 'shared' ? 'shared head' : 'three heads';
  const branch = branchOf(model);
  const what = isPerceptron(branch) ? 'Perceptron' : 'RegNet';
  return `${what} of ${branchFeatures(branch)} features, ${FUSION_TITLES[model.fusion]}, ${head}`;
}

/** Where the users that it learns from are: `cities 1, 2` or `base station BS1 of my-set`. */
export function homesOf({ cities, data }: SweepModelFile): string {
  if (data !== undefined) return data.map(({ set, base }) => placeName(set, base)).join(', ');
  return `${cities.length === 1 ? 'city' : 'cities'} ${cities.join(', ')}`;
}

export function placeName(set: string, base: string | undefined): string {
  return `${base === undefined ? 'the base station' : `base station ${base}`} of ${path.basename(set)}`;
}
