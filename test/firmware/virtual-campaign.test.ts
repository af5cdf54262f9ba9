/**
 * Random faults on virtual time, as in test/system/virtual-campaign.test.ts, with the firmware as the board: it ends, reports nothing that
 * was not, and finds what the emulated board finds. BEAMLOOP_TEST_CAMPAIGNS and BEAMLOOP_TEST_FIRST_CAMPAIGN as there.
 */
import { expect, it } from 'vitest';
import { failuresOfMixes, virtualCampaign } from '../system/virtual-campaign.js';
import { LibraryCampaignBoard } from './campaign-board.js';
import { loadLibrary } from './library-board.js';
import { make, requireTools } from './toolchain.js';

const NUM_CAMPAIGNS = Number(process.env.BEAMLOOP_TEST_CAMPAIGNS ?? 5);
const FIRST_CAMPAIGN = Number(process.env.BEAMLOOP_TEST_FIRST_CAMPAIGN ?? 0);

it('campaigns on the firmware under random faults end, measure every pilot once, and decide as without', async () => {
  requireTools('make', 'cc');
  const sizes = { NUM_ELEMENTS: 32 };
  const library = loadLibrary(await make('library', sizes, { variables: { OPTIMISE: '-O0' } }));
  const campaign = (number: number | null) =>
    virtualCampaign(number, (ports) => new LibraryCampaignBoard(library, ports));
  const emulated = await virtualCampaign(null);
  const undisturbed = await campaign(null);
  expect(undisturbed.troubles).toEqual([]);
  expect(undisturbed.decisions).toEqual(emulated.decisions);
  expect(undisturbed.numSlots).toBeGreaterThan(40);
  expect(undisturbed.numExpanded).toBe(emulated.numExpanded);
  expect(undisturbed.numExpanded).toBeGreaterThan(40);
  const failed = await failuresOfMixes(FIRST_CAMPAIGN, NUM_CAMPAIGNS, undisturbed, campaign);
  library.unload();
  expect(failed).toEqual({});
});
