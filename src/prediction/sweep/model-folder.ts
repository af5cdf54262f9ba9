/** Model folders of this family: what model.json says beside what all say (docs/models.md). */
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
import { SWEEP_MODEL_KEYS, type SweepModelFile, sizesOf } from './model-file.js';
import { sweepShapes } from './networks/sweep-network.js';

const FORMAT = 1;

const scores = { surprise: z.number(), top1: z.number(), within1Db: z.number() };

const makingSchema = z.object({
  ...makingShape,
  /** On the validation users. */
  ...scores,
  /** Of each base station of a data set that it learned from, in the order of the model file. */
  data: z
    .array(
      z.object({
        base: z.string(),
        contentHash: z.string(),
        numUsers: z.int(),
        numWithoutPath: z.int(),
      }),
    )
    .optional(),
  history: z.array(z.object({ epoch: z.int(), loss: z.number(), ...scores, seconds: z.number() })),
});

/** In the order in which it is hashed. */
const descriptionSchema = z.object({
  format: z.literal(FORMAT),
  /** The model file, checked when it was read. */
  model: z.custom<SweepModelFile>((value) => typeof value === 'object' && value !== null),
  temperature: z.number().positive(),
  weights: weightsSchema,
  contentHash: z.string(),
  making: makingSchema,
});

export interface TrainedSweep {
  readonly model: SweepModelFile;
  readonly temperature: number;
  readonly weights: Weights;
  /** SHA-256, hexadecimal. */
  readonly contentHash: string;
  readonly making: z.output<typeof makingSchema>;
}

/** @throws FILE_UNWRITABLE. */
export function writeSweepModel(folder: string, trained: Omit<TrainedSweep, 'contentHash'>): Promise<string> {
  const { model, temperature, weights, making } = trained;
  const shapes = sweepShapes(sizesOf(model)).map(({ name, shape }) => ({ name, shape: [...shape] }));
  return writeModelFolder(
    folder,
    { ...{ format: FORMAT, model, temperature }, weights: shapes },
    making,
    weights,
  );
}

/** @throws MODEL_INVALID for what is no model folder, one of another family, or a damaged one. */
export function readSweepModel(folder: string): TrainedSweep {
  const description = readDescription(folder, descriptionSchema, ['sweep']);
  const { model, temperature, contentHash, making } = description;
  // What comes out of a model file goes in again: quantities are plain numbers in base units by then.
  const isWhole = SWEEP_MODEL_KEYS.every((key) => key in model);
  if (!isWhole) throw invalidModel(folder, 'does not say which array, beams and network it is');
  const weights = readWeights(folder, description, sweepShapes(sizesOf(model)));
  return { model, temperature, weights, contentHash, making };
}
