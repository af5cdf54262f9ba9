import { defineStudyKind } from '../common/study-kind.js';
import { runRate } from './rate.js';
import { rateSchema } from './rate-file.js';
import { RateSimulator } from './rate-simulator.js';
import { rateSizes } from './rate-sizes.js';

/** What serving the estimates of wideband schemes yields. */
export const rateKind = defineStudyKind({
  kind: 'rate',
  schema: rateSchema,
  sizes: rateSizes,
  override: (study, { numUsers, seed }) => ({
    ...study,
    seed: seed ?? study.seed,
    users: { ...study.users, count: numUsers ?? study.users.count },
  }),
  simulator: (study) => new RateSimulator(study),
  run: runRate,
});
