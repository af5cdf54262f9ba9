import { defineStudyKind, drawsNoUsers } from '../common/study-kind.js';
import { rows } from '../common/study-sizes.js';
import { pilotsSchema, runPilots } from './pilots.js';

/** How many pilots each scheme sends, by array size. */
export const pilotsKind = defineStudyKind({
  kind: 'pilots',
  schema: pilotsSchema,
  sizes: ({ elements, schemes }) => [rows('elements × schemes', elements.length * schemes.length)],
  override: drawsNoUsers,
  simulator: null,
  run: runPilots,
});
