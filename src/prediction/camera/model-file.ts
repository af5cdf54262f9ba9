/** Model files of trackers that see: from what they foretell beams, what they learn from and how. Keys and units: docs/models.md. */
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { upTo } from '../../core/settings-quantity.js';
import { formatQuantity } from '../../core/units.js';
import type { WindowSource } from '../datasets/window-source.js';
import { type CameraDesign, cameraDesign, historyDesign } from './camera-lesson.js';
import { type DataSection, dataSchema } from './data/dataset-windows.js';
import { type CameraSizes, cameraSizes } from './networks/camera-network.js';

export const CAMERA_NETWORKS = ['camera', 'camera-no-attention', 'beam-history'] as const;
export type CameraNetwork = (typeof CAMERA_NETWORKS)[number];

export const CAMERA_TITLES: Readonly<Record<CameraNetwork, string>> = {
  camera: 'camera: CNN, GRU and attention',
  'camera-no-attention': 'camera: CNN and GRU',
  'beam-history': 'beams of the last 8 slots: GRU and attention',
};

const share = z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1');

/** How a network learns, without what is usual. */
export const trainingShape = {
  epochs: z.int().min(1).max(10_000),
  batch: z.int().min(1).max(10_000),
  /** Peak of one cycle. */
  rate: z.number().positive().max(1),
  patience: z.int().min(1).max(10_000),
  weightDecay: z.number().min(0).max(1),
  /** Whether windows are shown with left and right exchanged, too, at random. */
  mirror: z.boolean(),
  /** Share of what comes out of each hidden layer that is left out, in place of those of the network's size. */
  dropout: share.optional(),
};

export const trainingSchema = z.strictObject({
  ...trainingShape,
  epochs: trainingShape.epochs.default(20),
  batch: trainingShape.batch.default(32),
  rate: trainingShape.rate.default(2e-3),
  patience: trainingShape.patience.default(20),
  weightDecay: trainingShape.weightDecay.default(0),
  mirror: trainingShape.mirror.default(true),
});

export const cameraModelSchema = z
  .strictObject({
    title: z.string().min(1).max(200),
    network: z.enum(CAMERA_NETWORKS).default('camera'),
    /** `full`: pictures of 224 x 224; `miniature`: 56 x 56. */
    size: z.enum(['full', 'miniature']).default('miniature'),
    /** Evenly spread over 180 degrees. */
    beams: z.int().min(2).max(1024).optional(),
    /** Between frames, which are slots of what is foretold. */
    interval: upTo('10 s', 's').optional(),
    /** Of the drawn street. */
    windows: z
      .strictObject({
        training: z.int().min(1).max(100_000).default(1500),
        validation: z.int().min(1).max(100_000).default(400),
      })
      .optional(),
    /** In place of the drawn street. */
    data: dataSchema.optional(),
    training: trainingSchema.prefault({}),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
  })
  .refine(({ data, windows }) => data === undefined || windows === undefined, {
    path: ['windows'],
    error: "are those of the drawn street, and cannot stand beside 'data'",
  });

export type CameraModelFile = z.output<typeof cameraModelSchema>;

/** A model file with what it leaves to its data set. Plain data: it goes into the model's folder. */
export interface CameraModel extends CameraModelFile {
  readonly beams: number;
  readonly interval: number;
}

const STREET = { beams: 64, interval: 0.1, windows: { training: 1500, validation: 400 } } as const;
/** Of the usual step of a data set: another interval is another speed of all that moves. */
export const INTERVAL_TOLERANCE = 0.05;

/** The model file with all that it leaves out. */
export function streetModel(file: CameraModelFile): CameraModel {
  const { beams = STREET.beams, interval = STREET.interval, windows = STREET.windows } = file;
  return inOrder({ ...file, beams, interval, windows });
}

/**
 * The model file with the beams and the interval of its data set, and its hash.
 *
 * @throws MODEL_MISMATCH where the file says others.
 */
export function modelOfData(
  file: CameraModelFile & { readonly data: DataSection },
  { numBeams, stepS, contentHash }: Pick<WindowSource, 'numBeams' | 'stepS' | 'contentHash'>,
): CameraModel {
  const { beams = numBeams ?? STREET.beams, data } = file;
  // Steps are measured: to the millisecond.
  const { interval = stepS === null ? STREET.interval : Math.round(1e3 * stepS) / 1e3 } = file;
  if (numBeams !== null && beams !== numBeams) {
    throw new BeamloopError('MODEL_MISMATCH', {
      what: `The data set has ${numBeams} beams, and the model file says ${beams}`,
      where: data.set,
      todo: `Leave 'beams' out, or say beams: ${numBeams}`,
    });
  }
  if (stepS !== null && Math.abs(interval - stepS) > INTERVAL_TOLERANCE * stepS) {
    const own = formatQuantity(Math.round(1e3 * stepS) / 1e3, 's');
    throw new BeamloopError('MODEL_MISMATCH', {
      what: `The samples of the data set are ${own} apart, and the model file says ${formatQuantity(interval, 's')}`,
      where: data.set,
      todo: `Leave 'interval' out, or say interval: ${own}`,
    });
  }
  return inOrder({ ...file, beams, interval, data: { ...data, contentHash } });
}

/** Keys as files have them: the same content has the same hash whatever was left out. */
function inOrder(model: CameraModel): CameraModel {
  const { title, network, size, beams, interval, ...rest } = model;
  return { title, network, size, beams, interval, ...rest };
}

/** @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID. */
export function readCameraModelFile(file: string): CameraModelFile {
  return readSettingsFile(file, cameraModelSchema, 'model file');
}

/** Null of a network that sees no pictures. */
export function sizesOf({ network, size, beams, training }: CameraModel): CameraSizes | null {
  if (network === 'beam-history') return null;
  const sizes = cameraSizes(size, { numBeams: beams, withAttention: network === 'camera' });
  const { dropout } = training;
  if (dropout === undefined) return sizes;
  const everywhere = (shares: readonly number[]) => shares.map(() => dropout);
  return {
    ...sizes,
    dropout: {
      embedding: everywhere(sizes.dropout.embedding),
      recurrent: dropout,
      head: everywhere(sizes.dropout.head),
    },
  };
}

export function designOf(model: CameraModel): CameraDesign {
  const sizes = sizesOf(model);
  return sizes === null ? historyDesign(model.beams) : cameraDesign(sizes);
}
