/** What model.json says of a model of this family. */
import { z } from 'zod';
import { makingShape, weightsSchema } from '../model/model-folder.js';
import type { ModelFile } from './model-file.js';

export const MODEL_FORMAT = 1;

const numbers = z.array(z.number());

const makingSchema = z.object({
  ...makingShape,
  /** On the validation windows. */
  gain: z.number(),
  top1: z.number(),
  holdGain: z.number(),
  history: z.array(
    z.object({ epoch: z.int(), loss: z.number(), gain: z.number(), top1: z.number(), seconds: z.number() }),
  ),
});

/** In the order in which it is hashed. */
export const descriptionSchema = z.object({
  format: z.literal(MODEL_FORMAT),
  /** The model file, checked when it was read. */
  model: z.custom<ModelFile>((value) => typeof value === 'object' && value !== null),
  standardisation: z.object({ mean: numbers, deviation: numbers }),
  temperature: z.number().positive(),
  /** What training users received with their last beams, median: powers of other units are brought to it. */
  typicalAmplitude: z.number().positive(),
  weights: weightsSchema,
  contentHash: z.string(),
  making: makingSchema,
});

export type ModelDescription = z.output<typeof descriptionSchema>;
