/** Model files of networks that name the best fine beam from a coarse sweep. Keys and units: docs/models.md. */
import { z } from 'zod';
import { carrierSchema } from '../../array/array-section.js';
import { LEVEL } from '../../core/bounds.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { levelOrInfinite, upTo, zeroTo } from '../../core/settings-quantity.js';
import {
  type BranchSizes,
  branchFeatures,
  FULL,
  FUSIONS,
  HEADS,
  REDUCED,
  type SweepSizes,
} from './networks/sweep-network.js';
import type { SweepSetting } from './sweep-setting.js';

const count = (most: number) => z.int().min(1).max(most);
const side = z.int().min(2).max(64);
/** Both sides alike: the picture of the powers is a square. */
const grid = z
  .tuple([side, side], 'must be azimuths and elevations, such as [4, 4]')
  .refine(([azimuths, elevations]) => azimuths === elevations, 'must have as many elevations as azimuths');

export const sweepModelSchema = z.strictObject({
  title: z.string().min(1).max(200),
  network: z.literal('sweep'),
  branch: z.enum(['reduced', 'full']).default('reduced'),
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
  beams: z.strictObject({ coarse: grid.default([4, 4]), fine: grid.default([16, 16]) }).prefault({}),
  receiver: z.strictObject({ rows: count(8).default(2), columns: count(8).default(2) }).prefault({}),
  /** Powers are means over subcarriers of this band. */
  bandwidth: upTo('1 GHz', 'Hz').default(10e6),
  subcarriers: count(64).default(8),
  /** Of a pilot of unit norm; means over elements and users' antennas are 1. */
  snr: levelOrInfinite(LEVEL).default(20),
  /** Seeds of the cities whose users it learns from: 70 % of them, 15 % for validation, and the rest for tests at home. */
  cities: z.array(z.int().min(0).max(1_000_000)).nonempty('must list at least one city').default([1]),
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
});

/** Plain data: it goes into the model's folder. */
export type SweepModelFile = z.output<typeof sweepModelSchema>;

/** @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID. */
export function readSweepModelFile(file: string): SweepModelFile {
  return readSettingsFile(file, sweepModelSchema, 'model file');
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

function branchOf({ branch }: Pick<SweepModelFile, 'branch'>): BranchSizes {
  return branch === 'full' ? FULL : REDUCED;
}

export function sizesOf(model: SweepModelFile): SweepSizes {
  const { fusion, heads, beams } = model;
  return { branch: branchOf(model), fusion, heads, numBeams: beams.fine[0] * beams.fine[1] };
}

const FUSION_TITLES = {
  none: 'one branch',
  auto: 'two branches, AutoFusion',
  gan: 'two branches, GanFusion',
};

export function titleOf(model: SweepModelFile): string {
  const head = model.heads === 'shared' ? 'shared head' : 'three heads';
  const features = branchFeatures(branchOf(model));
  return `RegNet of ${features} features, ${FUSION_TITLES[model.fusion]}, ${head}`;
}
