/** Study files of kind `beam-split`: where subcarriers focus and what they cover. Keys and units: docs/study.md. */
import { z } from 'zod';
import { schemeSchema, splitOf, splitSchemes } from '../../training/registry.js';
import { checkSector, headingShape, paperShape, widebandArraySchema } from '../common/file-sections.js';

const gridPoints = z.int().min(2).max(2000);

export const beamSplitSchema = z
  .strictObject({
    kind: z.literal('beam-split'),
    ...headingShape,
    array: widebandArraySchema.safeExtend({ subcarriers: z.int().min(2).max(65_535) }),
    scheme: schemeSchema.refine((choice) => splitOf(choice) !== null, {
      error: () => `must be ${splitSchemes('or')}`,
    }),
    /** Numbers of pilots that are tried; the scheme's own unless given. */
    pilots: z.array(z.int().min(1).max(65_535)).nonempty().optional(),
    /** Numbers of pilots that are drawn; all that are tried unless given. */
    drawn: z.array(z.int().min(1)).optional(),
    air: z.enum(['exact', 'fresnel']).default('fresnel'),
    /** Directions and rings of the grid over the sector. */
    directions: gridPoints.default(240),
    rings: gridPoints.default(100),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine(({ array }, context) => checkSector(array, context))
  .superRefine(({ pilots, drawn }, context) => {
    const untried = drawn?.findIndex((count) => pilots !== undefined && !pilots.includes(count)) ?? -1;
    if (untried < 0) return;
    context.addIssue({
      code: 'custom',
      path: ['drawn', untried],
      message: `is ${drawn![untried]}, which is not among the numbers of pilots: ${pilots!.join(', ')}`,
    });
  });

export type BeamSplitStudy = z.output<typeof beamSplitSchema>;
