import { defineStudyKind, drawsNoUsers } from '../common/study-kind.js';
import { runPattern } from './pattern.js';
import { patternSchema } from './pattern-file.js';
import { patternSizes } from './pattern-sizes.js';

/** Amplitudes over a plane or along a ring. */
export const patternKind = defineStudyKind({
  kind: 'pattern',
  schema: patternSchema,
  sizes: patternSizes,
  override: drawsNoUsers,
  simulator: null,
  run: runPattern,
});
