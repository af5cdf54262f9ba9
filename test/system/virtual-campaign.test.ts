/**
 * Random faults on virtual time. BEAMLOOP_TEST_CAMPAIGNS=10000 tries as many mixes; BEAMLOOP_TEST_FIRST_CAMPAIGN=4711 begins with another
 * one, which repeats a mix that failed.
 */
import { describe, expect, it } from 'vitest';
import { drawFaults, virtualCampaign } from './virtual-campaign.js';

const NUM_CAMPAIGNS = Number(process.env.BEAMLOOP_TEST_CAMPAIGNS ?? 40);
const FIRST_CAMPAIGN = Number(process.env.BEAMLOOP_TEST_FIRST_CAMPAIGN ?? 0);

describe('campaigns under random faults', () => {
  it('end, report nothing that was not, measure every pilot once, and decide as without faults', async () => {
    const undisturbed = await virtualCampaign(null);
    expect(undisturbed.troubles).toEqual([]);
    expect(undisturbed.numSlots).toBeGreaterThan(40);
    const failed: Record<number, unknown> = {};
    for (let number = FIRST_CAMPAIGN; number < FIRST_CAMPAIGN + NUM_CAMPAIGNS; number++) {
      const troubles = await virtualCampaign(number).then(
        ({ decisions, troubles }) =>
          String(decisions) === String(undisturbed.decisions)
            ? troubles
            : [...troubles, `decided ${decisions}, not ${undisturbed.decisions}`],
        (error: unknown) => [String(error)],
      );
      if (troubles.length > 0) failed[number] = { troubles, faults: drawFaults(number) };
    }
    expect(failed).toEqual({});
  });
});
