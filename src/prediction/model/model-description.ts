/** What a model folder says of itself, in model.json. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ModelFile } from '../model-file.js';

export const MODEL_FORMAT = 1;

const numbers = z.array(z.number());

/** How it was made: tells people, decides nothing. */
const makingSchema = z.object({
  /** Versions of what computed. */
  beamloop: z.string(),
  tensorflow: z.string(),
  backend: z.string(),
  node: z.string(),
  /** Epoch whose weights these are, from 1. */
  epoch: z.int(),
  /** On the validation windows. */
  gain: z.number(),
  top1: z.number(),
  holdGain: z.number(),
  history: z.array(
    z.object({ epoch: z.int(), loss: z.number(), gain: z.number(), top1: z.number(), seconds: z.number() }),
  ),
});

export const descriptionSchema = z.object({
  format: z.literal(MODEL_FORMAT),
  /** The model file, checked when it was read. */
  model: z.custom<ModelFile>((value) => typeof value === 'object' && value !== null),
  standardisation: z.object({ mean: numbers, deviation: numbers }),
  temperature: z.number().positive(),
  /** What training users received with their last beams, median: powers of other units are brought to it. */
  typicalAmplitude: z.number().positive(),
  weights: z.array(z.object({ name: z.string(), shape: z.array(z.int().min(1)) })),
  /** SHA-256 of all that decides what the model predicts. */
  contentHash: z.string(),
  making: makingSchema,
});

export type ModelDescription = z.output<typeof descriptionSchema>;

export function contentHash(
  description: Omit<ModelDescription, 'contentHash' | 'making'>,
  weightBytes: Uint8Array,
): string {
  const { format, model, standardisation, temperature, typicalAmplitude, weights } = description;
  const decisive = JSON.stringify({ format, model, standardisation, temperature, typicalAmplitude, weights });
  return createHash('sha256').update(decisive).update(weightBytes).digest('hex');
}
