/**
 * Random faults on virtual time. BEAMLOOP_TEST_CAMPAIGNS=10000 tries as many mixes; BEAMLOOP_TEST_FIRST_CAMPAIGN=4711 begins with another
 * one, which repeats a mix that failed.
 */
import { describe, expect, it } from 'vitest';
import { failuresOfMixes, virtualCampaign } from './virtual-campaign.js';

const NUM_CAMPAIGNS = Number(process.env.BEAMLOOP_TEST_CAMPAIGNS ?? 40);
const FIRST_CAMPAIGN = Number(process.env.BEAMLOOP_TEST_FIRST_CAMPAIGN ?? 0);

describe('campaigns under random faults', () => {
  it('end, report nothing that was not, measure every pilot once, and decide as without faults', async () => {
    const undisturbed = await virtualCampaign(null);
    expect(undisturbed.troubles).toEqual([]);
    expect(undisturbed.numSlots).toBeGreaterThan(40);
    const failed = await failuresOfMixes(FIRST_CAMPAIGN, NUM_CAMPAIGNS, undisturbed);
    expect(failed).toEqual({});
  });
});
