/** Trackers that learn nothing, in the order in which they are listed to people. Adding one is a line here. */
import type { TrackerDefinition } from '../tracker-definition.js';
import { ekfPositionTracker } from './ekf-position.js';
import { ekfVelocityTracker } from './ekf-velocity.js';
import { holdTracker } from './hold.js';
import { neighboursTracker } from './neighbours.js';
import { partialCodebookTracker } from './partial-codebook.js';
import { retrainTracker } from './retrain.js';

export const CLASSICAL_TRACKERS: readonly TrackerDefinition[] = [
  holdTracker,
  retrainTracker,
  partialCodebookTracker,
  neighboursTracker,
  ekfPositionTracker,
  ekfVelocityTracker,
];
