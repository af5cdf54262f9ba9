import { defineStudyKind, drawsNoUsers } from '../common/study-kind.js';
import { runBeamSplit } from './beam-split.js';
import { beamSplitSchema } from './beam-split-file.js';
import { beamSplitSizes } from './beam-split-sizes.js';

/** Where subcarriers focus and what they cover. */
export const beamSplitKind = defineStudyKind({
  kind: 'beam-split',
  schema: beamSplitSchema,
  sizes: beamSplitSizes,
  override: drawsNoUsers,
  simulator: null,
  run: (study, { signal }) => runBeamSplit(study, signal),
});
