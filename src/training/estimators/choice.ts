/** Estimators and their options, as scenario and study files write them. */
import { z } from 'zod';
import { LEVEL } from '../../core/bounds.js';
import { levelOrInfinite } from '../../core/settings-quantity.js';

export const ESTIMATOR_NAMES = ['on-grid', 'auxiliary-pair', 'matched-filter'] as const;

const estimatorWithOptions = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('on-grid') }),
  z.strictObject({
    name: z.literal('auxiliary-pair'),
    /** What a perfectly focused beam would receive over the noise, known from a link budget; studies know it anyway. */
    snr: levelOrInfinite(LEVEL).optional(),
  }),
  z.strictObject({
    name: z.literal('matched-filter'),
    /** `plain`: <z, D>; `normalised`: over ||D||; `debiased`: with the noise floor taken off z first. */
    score: z.enum(['plain', 'normalised', 'debiased']).default('debiased'),
    directions: z.int().min(2).max(65_536).default(1024),
    rings: z.int().min(1).max(4096).default(10),
    /** Beams as the codebook wants them, or as the board radiates them. */
    dictionary: z.enum(['ideal', 'actual']).default('actual'),
    model: z.enum(['fresnel', 'exact']).default('exact'),
    search: z.enum(['coarse-to-fine', 'full']).default('coarse-to-fine'),
    /** Refine the best cell of the grid off the grid. */
    refine: z.boolean().default(true),
  }),
]);

export type EstimatorChoice = z.output<typeof estimatorWithOptions>;

/** Schema of an estimator: its name alone, or a map with its name and options. */
export const estimatorSchema = z.union([
  z.enum(ESTIMATOR_NAMES).transform((name) => estimatorWithOptions.parse({ name })),
  estimatorWithOptions,
]);

/** Whether it estimates by the beams that the board really radiates. */
export function usesActualBeams(choice: EstimatorChoice): boolean {
  return choice.name === 'matched-filter' && choice.dictionary === 'actual';
}

/** Grid points of its dictionary, each of which holds a value per pilot and subcarrier; null where it has none. */
export function dictionaryPoints(choice: EstimatorChoice): number | null {
  return choice.name === 'matched-filter' ? choice.directions * choice.rings : null;
}
