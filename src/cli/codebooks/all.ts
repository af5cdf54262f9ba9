import type { CodebookDefinition } from './definition.js';
import { dftDefinition, dpcDefinition, polarDefinition } from './narrowband.js';
import { farRainbowDefinition, rainbowDefinition, tdPsDefinition } from './split.js';

/** In the order in which `--help` lists them. */
export const codebookDefinitions: readonly CodebookDefinition[] = [
  dpcDefinition,
  polarDefinition,
  dftDefinition,
  tdPsDefinition,
  rainbowDefinition,
  farRainbowDefinition,
];
