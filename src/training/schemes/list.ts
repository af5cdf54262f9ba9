/** All schemes that come with beamloop, in the order in which they are listed to people. Adding one is a line here. */
import type { SchemeDefinition } from '../scheme-definition.js';
import { dpcScheme } from './dpc.js';
import { exhaustiveScheme } from './exhaustive.js';
import { exhaustiveGridScheme } from './exhaustive-grid.js';
import { farFieldHierarchicalScheme } from './far-field-hierarchical.js';
import { farFieldRainbowScheme } from './far-field-rainbow.js';
import { farFieldSweepScheme } from './far-field-sweep.js';
import { nearFieldHierarchicalScheme } from './near-field-hierarchical.js';
import { nearFieldRainbowScheme } from './near-field-rainbow.js';
import { planarHierarchicalScheme } from './planar-hierarchical.js';
import { planarSweepScheme } from './planar-sweep.js';
import { spatialChirpScheme } from './spatial-chirp.js';
import { tdPsScheme } from './tdps.js';

export const BUILT_IN_SCHEMES: readonly SchemeDefinition[] = [
  exhaustiveScheme,
  dpcScheme,
  farFieldSweepScheme,
  nearFieldHierarchicalScheme,
  farFieldHierarchicalScheme,
  spatialChirpScheme,
  tdPsScheme,
  nearFieldRainbowScheme,
  farFieldRainbowScheme,
  exhaustiveGridScheme,
  planarSweepScheme,
  planarHierarchicalScheme,
];
