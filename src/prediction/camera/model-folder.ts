/** Model folders of trackers that see: what model.json says beside what all say (docs/models.md). */
import { z } from 'zod';
import type { Weights } from '../learning/weights.js';
import {
  invalidModel,
  makingShape,
  readDescription,
  readWeights,
  weightsSchema,
  writeModelFolder,
} from '../model/model-folder.js';
import { CAMERA_NETWORKS, type CameraModel, cameraModelSchema, designOf } from './model-file.js';

const FORMAT = 1;

const figuresShape = { loss: z.number(), top1: z.number(), top5: z.number(), dbaTop3: z.number() };

/** In the order in which it is hashed. */
const descriptionSchema = z.object({
  format: z.literal(FORMAT),
  /** The model file, checked when it was read. */
  model: z.custom<CameraModel>((value) => typeof value === 'object' && value !== null),
  /** Of each slot: scores are divided by it, so that probabilities are right as often as they say. */
  temperatures: z.array(z.number().positive()).length(7),
  weights: weightsSchema,
  contentHash: z.string(),
  making: z.object({
    ...makingShape,
    /** Of a data set, so many were used. */
    windows: z.object({ training: z.int(), validation: z.int() }).optional(),
    /** Of that epoch, on the validation windows. */
    ...figuresShape,
    history: z.array(
      z.object({
        ...{ epoch: z.int(), trainingLoss: z.number(), seconds: z.number() },
        ...figuresShape,
      }),
    ),
  }),
});

type Description = z.output<typeof descriptionSchema>;

/** A model as it is used: nothing of TensorFlow. */
export interface TrainedCamera
  extends Pick<Description, 'model' | 'temperatures' | 'making' | 'contentHash'> {
  readonly weights: Weights;
}

/** @throws FILE_UNWRITABLE. */
export function writeCameraModel(
  folder: string,
  trained: Omit<TrainedCamera, 'contentHash'>,
): Promise<string> {
  const { model, temperatures, weights, making } = trained;
  const shapes = designOf(model).shapes.map(({ name, shape }) => ({ name, shape: [...shape] }));
  return writeModelFolder(
    folder,
    { format: FORMAT, model, temperatures, weights: shapes } as never,
    making,
    weights,
  );
}

/** @throws MODEL_INVALID for what is no model folder of this family, or a damaged one. */
export function readCameraModel(folder: string): TrainedCamera {
  const description = readDescription(folder, descriptionSchema, CAMERA_NETWORKS);
  const { model, temperatures, making, contentHash } = description;
  if (!cameraModelSchema.safeParse(plainOf(model)).success) {
    throw invalidModel(folder, 'does not say which network, beams and pictures it is for');
  }
  const weights = readWeights(folder, description, designOf(model).shapes);
  return { model, temperatures, weights, making, contentHash };
}

/** Quantities are plain numbers in base units by then, and were checked with their units. */
function plainOf(model: CameraModel): unknown {
  return { ...model, interval: '1 s' };
}
