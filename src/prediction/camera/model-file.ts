/** Model files of trackers that see: from what they foretell beams, what they learn from and how. Keys and units: docs/models.md. */
import { z } from 'zod';
import { readSettingsFile } from '../../core/settings-file.js';
import { upTo } from '../../core/settings-quantity.js';
import { type CameraDesign, cameraDesign, historyDesign } from './camera-lesson.js';
import { type CameraSizes, cameraSizes } from './networks/camera-network.js';

export const CAMERA_NETWORKS = ['camera', 'camera-no-attention', 'beam-history'] as const;
export type CameraNetwork = (typeof CAMERA_NETWORKS)[number];

export const CAMERA_TITLES: Readonly<Record<CameraNetwork, string>> = {
  camera: 'camera: CNN, GRU and attention',
  'camera-no-attention': 'camera: CNN and GRU',
  'beam-history': 'beams of the last 8 slots: GRU and attention',
};

const share = z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1');

export const cameraModelSchema = z.strictObject({
  title: z.string().min(1).max(200),
  network: z.enum(CAMERA_NETWORKS).default('camera'),
  /** `full`: pictures of 224 x 224; `miniature`: 56 x 56. */
  size: z.enum(['full', 'miniature']).default('miniature'),
  /** Evenly spread over 180 degrees. */
  beams: z.int().min(2).max(1024).default(64),
  /** Between frames, which are slots of what is foretold. */
  interval: upTo('10 s', 's').default(0.1),
  windows: z
    .strictObject({
      training: z.int().min(1).max(100_000).default(1500),
      validation: z.int().min(1).max(100_000).default(400),
    })
    .prefault({}),
  training: z
    .strictObject({
      epochs: z.int().min(1).max(10_000).default(20),
      batch: z.int().min(1).max(10_000).default(32),
      /** Peak of one cycle. */
      rate: z.number().positive().max(1).default(2e-3),
      patience: z.int().min(1).max(10_000).default(20),
      weightDecay: z.number().min(0).max(1).default(0),
      /** Whether windows are shown with left and right exchanged, too, at random. */
      mirror: z.boolean().default(true),
      /** Share of what comes out of each hidden layer that is left out, in place of those of the network's size. */
      dropout: share.optional(),
    })
    .prefault({}),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});

/** Plain data: it goes into the model's folder. */
export type CameraModelFile = z.output<typeof cameraModelSchema>;

/** @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID. */
export function readCameraModelFile(file: string): CameraModelFile {
  return readSettingsFile(file, cameraModelSchema, 'model file');
}

/** Null of a network that sees no pictures. */
export function sizesOf({ network, size, beams, training }: CameraModelFile): CameraSizes | null {
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

export function designOf(model: CameraModelFile): CameraDesign {
  const sizes = sizesOf(model);
  return sizes === null ? historyDesign(model.beams) : cameraDesign(sizes);
}
