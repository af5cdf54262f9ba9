import { defineStudyKind, drawsNoUsers } from '../common/study-kind.js';
import { rows } from '../common/study-sizes.js';
import { boundarySchema, runBoundary } from './boundary.js';

/** How much of the near field lies within an angle of broadside. */
export const boundaryKind = defineStudyKind({
  kind: 'boundary',
  schema: boundarySchema,
  sizes: ({ elements, angles }) => [rows('elements × angles', elements.length * angles.length)],
  override: drawsNoUsers,
  simulator: null,
  run: runBoundary,
});
