/** What a study asks of the generator beside the tracker. */
import type { LossRules } from '../../tracking/power-watch.js';
import type { ProbingRules } from '../../tracking/probing.js';
import type { TrackingStudy } from './tracking-file.js';

/** As in scenarios that say nothing else. */
const LOSS_RULES: LossRules = {
  dropDb: 10,
  overNoiseDb: 3,
  afterEpochs: 3,
  giveUpAfter: 3,
  retryEpochs: 50,
};

/** Where nobody guards the beam, every power is as good as it was foretold. */
export function lossRules({ guarded }: TrackingStudy): LossRules {
  return guarded
    ? LOSS_RULES
    : { ...LOSS_RULES, dropDb: Number.POSITIVE_INFINITY, overNoiseDb: Number.NEGATIVE_INFINITY };
}

/** Epochs over which the share of probes is kept. */
const WINDOW_EPOCHS = 50;

/** @param id of the tracker. */
export function probingRules({ probing }: TrackingStudy, id: string): ProbingRules {
  const own = probing.except[id];
  return {
    budget: own?.share ?? probing.share,
    confidence: own?.confidence ?? probing.confidence,
    mostPerEpoch: own?.most ?? probing.most,
    windowEpochs: WINDOW_EPOCHS,
  };
}
