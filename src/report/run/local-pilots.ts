/** Pilots of UEs that estimate by themselves: all that is recorded of a pilot is its mean power. */

import { largest } from '../../core/extremes.js';
import { decibels, NOTHING, plural } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { isMany, NUM_WORST, worstFirst } from './many-users.js';
import { measuredPilots, type RunData, type SlotRecord } from './run-data.js';

/** More columns than this do not fit. */
const MOST_PILOTS = 10;

export function localPilots(run: RunData): Html {
  const rows = (isMany(run) ? worstFirst(run).slice(0, NUM_WORST) : run.users).map(({ ue }) => ({
    ue,
    pilots: measuredPilots(run.slots, ue),
  }));
  const most = largest(rows.map(({ pilots }) => pilots.length));
  const columns = Array.from({ length: Math.min(most, MOST_PILOTS) }, (_, k) => k);
  return html`<h2>Pilots</h2>
<p>The UEs kept the powers of single subcarriers and estimated by themselves. What they sent of each pilot is its mean power over the
band; here it is over the noise. A pilot that splits brings every user much the same mean: where the user is, only the kept powers tell.</p>
${tableBlock(
  'Mean power of the pilots over the band',
  [{ title: 'User' }, ...columns.map((k) => ({ title: `Pilot ${k + 1}`, align: 'right' as const }))],
  rows.map(({ ue, pilots }) => [ue, ...columns.map((k) => overNoise(pilots[k]))]),
)}
${most > MOST_PILOTS && html`<p class="muted">${plural(most - MOST_PILOTS, 'more pilot')} of each user are not shown.</p>`}`;
}

function overNoise(pilot: SlotRecord | undefined): string {
  const { received, noiseFloor } = pilot?.power ?? { received: 0, noiseFloor: 0 };
  return received > 0 && noiseFloor > 0 ? decibels(10 * Math.log10(received / noiseFloor)) : NOTHING;
}
