import { defineStudyKind } from '../common/study-kind.js';
import { runTracking } from './tracking.js';
import { trackingSchema } from './tracking-file.js';
import { TrackingSimulator } from './tracking-simulator.js';
import { trackingSizes } from './tracking-sizes.js';

/** How well trackers keep moving users in their beams. */
export const trackingKind = defineStudyKind({
  kind: 'tracking',
  schema: trackingSchema,
  sizes: trackingSizes,
  override: (study, { numUsers, seed }) => ({
    ...study,
    seed: seed ?? study.seed,
    users: { ...study.users, count: numUsers ?? study.users.count },
  }),
  simulator: (study) => new TrackingSimulator(study),
  run: runTracking,
});
