/** Schemes that are learned stand in a room above the others': whoever reads scenarios and studies gets to know them here. */
import { learnedSweepScheme } from '../prediction/sweep/scheme.js';
import { learnSchemes } from '../training/registry.js';
import type { SchemeDefinition } from '../training/scheme-definition.js';

export const LEARNED_SCHEMES: readonly SchemeDefinition[] = [learnedSweepScheme];

learnSchemes(LEARNED_SCHEMES);
