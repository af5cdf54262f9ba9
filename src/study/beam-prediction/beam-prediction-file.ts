/** Study files of kind `beam-prediction`: networks and searches that name the best fine beam from a coarse sweep. Keys: docs/study.md. */
import { z } from 'zod';
import { LEVEL } from '../../core/bounds.js';
import { levelOrInfinite, quantities } from '../../core/settings-quantity.js';
import {
  citySchema,
  gridSchema,
  namedPathsSchema,
  type SweepModelFile,
  sweepModelShape,
} from '../../prediction/sweep/model-file.js';
import { headingShape, MAX_USERS, paperShape } from '../common/file-sections.js';

/** What needs no network, by the names that rows have. */
export const BASELINES = ['nearest', 'hc4', 'hc9', '1-nn', 'exhaustive'] as const;

/** So many users leave some for validation and for tests. */
export const LEAST_USERS = 20;
const mostUsers = z.int().min(LEAST_USERS).max(MAX_USERS);
const { array, receiver, bandwidth, subcarriers, branch, fusion, heads } = sweepModelShape;

const placeSchema = z.union([
  z.strictObject({ city: citySchema, users: mostUsers.optional() }),
  namedPathsSchema.extend({ users: mostUsers.optional() }),
]);

export const beamPredictionSchema = z
  .strictObject({
    kind: z.literal('beam-prediction'),
    ...headingShape,
    ...{ array, receiver, bandwidth, subcarriers },
    beams: z
      .strictObject({
        coarse: gridSchema.default([4, 4]),
        fine: z
          .union([
            gridSchema.transform((one) => [one]),
            z.array(gridSchema).nonempty('must list at least one grid').max(10),
          ])
          .prefault([[16, 16]]),
      })
      .prefault({}),
    snr: quantities('dB', levelOrInfinite(LEVEL)),
    /** Where users are, by the names that rows have: each is home to networks, and abroad to those of the others. */
    places: z.record(z.string().min(1), placeSchema).optional(),
    /** In place of `places`: a data set whose base stations are the places. */
    data: z.string().min(1, 'must be the folder of a data set').optional(),
    /** Of a place that does not say it, the most. */
    users: mostUsers.default(3000),
    networks: z
      .record(z.string().min(1), z.strictObject({ branch, fusion, heads }))
      .refine(
        (given) => Object.keys(given).every((name) => !(BASELINES as readonly string[]).includes(name)),
        {
          message: `must have names of their own: ${BASELINES.join(', ')} are always there`,
        },
      ),
    training: z
      .strictObject({
        /** Of about so many: whole passes over the users are made, the more of them the fewer users there are. */
        steps: z.int().min(1).max(1_000_000).default(1000),
        batch: z.int().min(1).max(10_000).default(64),
        rate: z.number().positive().max(1).default(2e-3),
        weightDecay: z.number().min(0).max(10).default(0.05),
      })
      .prefault({}),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine(({ places, data, beams }, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (data !== undefined && places !== undefined) complain(['data'], 'cannot go together with places');
    if (data === undefined && Object.keys(places ?? {}).length === 0) {
      complain(['places'], 'must name at least one city or base station');
    }
    // Searches by levels go down from grid to grid, each twice as fine.
    if (
      !beams.fine.every(
        (fine) => Number.isInteger(Math.log2(fine[0] / beams.coarse[0])) && fine[0] > beams.coarse[0],
      )
    ) {
      complain(
        ['beams', 'fine'],
        'must have 2, 4, 8 … times as many beams along each axis as the coarse grid',
      );
    }
  });

export type BeamPredictionStudy = z.output<typeof beamPredictionSchema>;
export type Place = NonNullable<BeamPredictionStudy['places']>[string];

/** What a network is trained as: a model file without a place. */
export function modelFor(
  study: BeamPredictionStudy,
  {
    network,
    fine,
    snrDb,
    numTraining,
  }: {
    readonly network: string | null;
    readonly fine: readonly [number, number];
    readonly snrDb: number;
    readonly numTraining: number;
  },
): SweepModelFile {
  const { array, receiver, bandwidth, subcarriers, beams, training, seed } = study;
  const { steps, batch, rate, weightDecay } = training;
  const epochs = Math.max(1, Math.round(steps / Math.ceil(numTraining / batch)));
  return {
    ...{ title: network ?? study.title, network: 'sweep', array, receiver, bandwidth, subcarriers },
    ...(network === null ? { branch: 'mlp', fusion: 'none', heads: 'shared' } : study.networks[network]!),
    beams: { coarse: beams.coarse, fine: [...fine] },
    ...{ snr: snrDb, cities: [], seed },
    training: { epochs, batch, rate, weightDecay, patience: epochs },
  };
}
