import type { CodebookDefinition } from './definition.js';
import { dftDefinition, dpcDefinition, polarDefinition } from './narrowband.js';
import { planarDefinition } from './planar.js';
import { farRainbowDefinition, rainbowDefinition, tdPsDefinition } from './split.js';

/** In the order in which `--help` lists them. */
export const codebookDefinitions: readonly CodebookDefinition[] = [
  dpcDefinition,
  polarDefinition,
  dftDefinition,
  planarDefinition,
  tdPsDefinition,
  rainbowDefinition,
  farRainbowDefinition,
];
