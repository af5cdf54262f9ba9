import type { Prediction } from '../tracker.js';
import { trackerDefinition } from '../tracker-definition.js';

/** Knows nothing from one epoch to the next: each user is trained again and again, and served by what was found last. */
export const retrainTracker = trackerDefinition({
  name: 'retrain',
  title: 'Retrain',
  source: 'unlimited feedback, as in Qian et al. 2026',
  options: {},
  build: (_, { numUsers }) => ({
    found: () => {},
    observe: () => {},
    predict: () => Array.from({ length: numUsers }, (): Prediction => null),
  }),
});
