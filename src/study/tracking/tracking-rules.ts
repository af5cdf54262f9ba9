/** What a study asks of the generator beside the tracker. */
import type { LossRules } from '../../tracking/power-watch.js';
import type { ProbingRules } from '../../tracking/probing.js';
import type { TrackingStudy } from './tracking-file.js';

/** As in scenarios that say nothing else. */
export const LOSS_RULES: LossRules = {
  dropDb: 10,
  overNoiseDb: 3,
  afterEpochs: 3,
  giveUpAfter: 3,
  retryEpochs: 50,
};

/** Epochs over which the share of probes is kept. */
const WINDOW_EPOCHS = 50;

export function probingRules({ probing }: TrackingStudy): ProbingRules {
  return {
    budget: probing.share,
    confidence: probing.confidence,
    mostPerEpoch: probing.most,
    windowEpochs: WINDOW_EPOCHS,
  };
}
