import type { Scenario } from '../../scenario/scenario-schema.js';
import { buildTracker } from '../../scenario/trackers.js';
import { frameInterval, trackingCodebook } from '../../scenario/tracking-plan.js';

/**
 * Builds the scenario's tracker once, before a port is opened: a model that does not fit is told of then, and what a tracker computes
 * when it is first built a board need not wait for.
 *
 * @throws what the tracker throws.
 */
export async function requireTracker(scenario: Scenario, numUsers: number): Promise<void> {
  const { tracking, seed } = scenario;
  if (tracking === undefined) return;
  await buildTracker(tracking.tracker, {
    codebook: trackingCodebook(scenario, tracking),
    numUsers,
    epochS: tracking.epoch,
    ...frameInterval(tracking),
    seed,
  });
}
