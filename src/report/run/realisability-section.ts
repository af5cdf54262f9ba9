/** What the board makes of the beams: of pilots over the band as the run recorded it, of every codeword at the carrier. */

import { type PilotLabel, shortKey } from '../../codebook/codeword.js';
import { count, decibels, fixed } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { pilotName } from './pilot-groups.js';
import type { RunData } from './run-data.js';

const MOST_ROWS = 12;

export function realisabilitySection(run: RunData): Html {
  const losses = run.codewords
    .flatMap((row) => (row.gainLossDb === null ? [] : [{ ...row, gainLossDb: row.gainLossDb }]))
    .sort((a, b) => b.gainLossDb - a.gainLossDb || (a.key < b.key ? -1 : 1));
  if (losses.length === 0) {
    return html`<h2>What the hardware can realise</h2><p class="note">No codeword was quantised in this run.</p>`;
  }
  const middle = losses[Math.floor(losses.length / 2)]!.gainLossDb;
  const { board } = run.facts;
  const delays = board !== null && board.delayBits > 0 ? ` and ${board.delayBits} bits of delay` : '';
  const steps = board === null ? '' : ` with ${board.phaseBits} bits of phase${delays} per element`;
  const { realisability, lossForecast } = run.facts;
  return html`<h2>What the hardware can realise</h2>
${
  realisability !== null &&
  html`<p>The pilots over the whole band, as <span class="code">beamloop run --dry-run</span> tells it:</p>
<pre>${realisability.join('\n')}</pre>`
}
${
  lossForecast !== null &&
  html`<p>Foretold losses of mean power where a beam focuses:</p>
<pre>${lossForecast.join('\n')}</pre>`
}
<p>${count(losses.length)} codewords were rounded to the board’s settings${steps}. Predicted loss of gain at the
carrier${realisability !== null && ', where phases make up for delays that are off'}: median ${decibels(middle, 4)}, largest
${decibels(losses[0]!.gainLossDb, 4)}.</p>
${tableBlock(
  'Codewords that lose most at the carrier',
  [
    { title: 'Codeword' },
    { title: 'Meaning' },
    { title: 'Gain loss (dB)', align: 'right' },
    { title: 'Hash' },
  ],
  losses
    .slice(0, MOST_ROWS)
    .map((row) => [
      html`<span class="code">${shortKey(row.key)}</span>`,
      pilotName(row.label as PilotLabel),
      fixed(row.gainLossDb, 4),
      html`<span class="code hash">${row.hash}</span>`,
    ]),
  { showTitle: true },
)}
${losses.length > MOST_ROWS && html`<p class="muted">${count(losses.length - MOST_ROWS)} more are in the recording, table <span class="code">codewords</span>.</p>`}`;
}
