/** Model files: what a learned tracker is for, from what data and how it is trained. Keys and units: docs/models.md. */
import { z } from 'zod';
import { carrierSchema, speedOfLightSchema } from '../../array/array-section.js';
import { LinearArray } from '../../array/linear-array.js';
import { WALK_DEFAULTS } from '../../channel/motion/walk.js';
import { PolarCodebook } from '../../codebook/polar.js';
import { DISTANCE, LEVEL } from '../../core/bounds.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../core/physics.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { levelOrInfinite, quantity, upTo, within, zeroTo } from '../../core/settings-quantity.js';
import { NETWORK_KINDS } from './networks/kinds.js';

const distance = within(DISTANCE);
const share = z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1');
const deviation = (most: string, unit: 'm' | 'm/s' | 'rad') => zeroTo(most, unit).default(0);

export const modelSchema = z.strictObject({
  title: z.string().min(1).max(200),
  network: z.enum(NETWORK_KINDS).default('stgcn'),
  array: z.strictObject({
    elements: z.int().min(2).max(4096),
    carrier: carrierSchema,
    speedOfLight: speedOfLightSchema.default(SPEED_OF_LIGHT_M_PER_S),
  }),
  codebook: z
    .strictObject({
      rings: z.int().min(1).max(64).default(8),
      angles: z.int().min(2).max(8192).default(256),
      ringSpacing: quantity('1').pipe(z.number().min(0.01).max(100)).default(1.2),
    })
    .prefault({}),
  /** Before each epoch, what was known in so many epochs is looked at. */
  slots: z.int().min(1).max(64).default(8),
  epoch: upTo('10 s', 's'),
  users: z
    .strictObject({
      count: z.int().min(1).max(100).default(10),
      angle: upTo('89 deg', 'rad').default(Math.PI / 3),
      distance: z
        .tuple([distance, distance], 'must be two distances, such as [3 m, 200 m]')
        .refine(([near, far]) => near < far, 'must list the smaller distance first')
        .default([3, 200]),
    })
    .prefault({}),
  motion: z
    .strictObject({
      /** Deviation from epoch to epoch, or a new direction in every epoch. */
      turn: z.union([z.literal('any'), zeroTo('180 deg', 'rad')]),
      speed: zeroTo('10000 m/s', 'm/s').default(WALK_DEFAULTS.meanSpeedMPerS),
      firstSpeedDeviation: zeroTo('10000 m/s', 'm/s').default(Math.sqrt(WALK_DEFAULTS.firstSpeedVariance)),
      leastX: distance.default(WALK_DEFAULTS.limits.leastXM),
    })
    .prefault({ turn: '5 deg' }),
  sensors: z
    .strictObject({
      position: deviation('1000 m', 'm'),
      speed: deviation('1000 m/s', 'm/s'),
      heading: deviation('180 deg', 'rad'),
    })
    .prefault({}),
  channel: z
    .strictObject({
      scatterers: z.int().min(0).max(100).default(2),
      /** Mean power of each against the line of sight's. */
      scattered: levelOrInfinite(LEVEL).default(-20),
      snr: levelOrInfinite(LEVEL).default(10),
    })
    .prefault({}),
  windows: z
    .strictObject({
      training: z.int().min(1).max(1_000_000).default(4000),
      validation: z.int().min(1).max(1_000_000).default(400),
    })
    .prefault({}),
  /** Share of user tracks of the training windows whose last beams are off or late, and whose sensors have gaps. */
  strays: share.default(0.2),
  training: z
    .strictObject({
      epochs: z.int().min(1).max(10_000).default(12),
      batch: z.int().min(1).max(10_000).default(50),
      rate: z.number().positive().max(1).default(3e-3),
      /** Epochs without a better validation score after which it ends. */
      patience: z.int().min(1).max(10_000).default(4),
    })
    .prefault({}),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});

/** Plain data: it goes to other threads and into the model's folder. */
export type ModelFile = z.output<typeof modelSchema>;

/** What drawn windows depend on, but for their numbers and their seed: networks that differ in the rest have the same windows. */
export type DrawnModel = Pick<
  ModelFile,
  'array' | 'codebook' | 'slots' | 'epoch' | 'users' | 'motion' | 'sensors' | 'channel' | 'strays'
>;

export function drawnModelOf(model: ModelFile): DrawnModel {
  const { array, codebook, slots, epoch, users, motion, sensors, channel, strays } = model;
  return { array, codebook, slots, epoch, users, motion, sensors, channel, strays };
}

/** @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID. */
export function readModelFile(file: string): ModelFile {
  return readSettingsFile(file, modelSchema, 'model file');
}

/** The codebook that the model ranks codewords of. */
export function codebookOf({ array, codebook }: Pick<ModelFile, 'array' | 'codebook'>): PolarCodebook {
  const geometry = new LinearArray({
    numElements: array.elements,
    carrierHz: array.carrier,
    speedOfLightMPerS: array.speedOfLight,
  });
  return new PolarCodebook(geometry, {
    numRings: codebook.rings,
    numAngles: codebook.angles,
    ringSpacing: codebook.ringSpacing,
    withInfinity: false,
    name: 'tracking',
  });
}
