/** Study files of kind `prediction-cost`: what networks that name a beam from a sweep cost. Keys: docs/study.md. */
import { z } from 'zod';
import { gridSchema, type SweepModelFile, sweepModelShape } from '../../prediction/sweep/model-file.js';
import { headingShape, paperShape } from '../common/file-sections.js';

const { branch, fusion, heads } = sweepModelShape;

export const predictionCostSchema = z.strictObject({
  kind: z.literal('prediction-cost'),
  ...headingShape,
  beams: z
    .strictObject({ coarse: gridSchema.default([4, 4]), fine: gridSchema.default([16, 16]) })
    .prefault({}),
  networks: z
    .record(z.string().min(1), z.strictObject({ branch, fusion, heads }))
    .refine((given) => Object.keys(given).length > 0, 'must name at least one network'),
  /** That each network is timed with. */
  sweeps: z.int().min(1).max(10_000).default(20),
  paper: z.strictObject(paperShape).optional(),
});

export type PredictionCostStudy = z.output<typeof predictionCostSchema>;

/** What sizes and titles are of. */
export function costedModel(
  { beams, networks }: PredictionCostStudy,
  network: string,
): Pick<SweepModelFile, 'branch' | 'fusion' | 'heads' | 'beams'> {
  return { ...networks[network]!, beams };
}
