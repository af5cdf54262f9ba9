/** Slots: what the board latched, what the UE measured, what had to be sent again. */
import type { Figure } from '../drawing/chart.js';
import { count, plural, seconds } from '../drawing/number-format.js';
import { factList, figureBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import type { RunData } from './run-data.js';
import { type SlotTally, tallySlots } from './slot-tally.js';

export function slotsSection(run: RunData, figure: Figure | null): Html {
  const tally = tallySlots(run.slots);
  if (tally.planned === 0) {
    return html`<h2>Slots</h2><p class="note">No slot was planned: the run ended before the first pilot.</p>`;
  }
  return html`<h2>Slots</h2>
<p>${slotSentence(tally)}</p>
${factList([
  ['Planned', count(tally.planned)],
  ['Latched on time', count(tally.latched)],
  ['Acknowledged in time', tally.acknowledged > 0 ? count(tally.acknowledged) : null],
  ['Sent in time', tally.sent > 0 ? count(tally.sent) : null],
  ['Late', count(tally.late)],
  ['Missed', count(tally.missed)],
  ['Without a receipt', count(tally.noReceipt)],
  ['Measured by the UE', count(tally.measured)],
  ['Sent again', count(tally.repeated)],
  ['Most attempts for a pilot', count(tally.mostAttempts)],
  [
    tally.acknowledged + tally.sent > 0 ? 'Largest delay of what is known' : 'Largest latch error',
    latchError(tally.largestLatchErrorS),
  ],
  ['Slot duration', run.facts.slotDurationS === null ? null : seconds(run.facts.slotDurationS)],
  ['Board time, first to last slot', seconds(tally.spanS)],
])}
${figure !== null && figureBlock(figure, 'A bar is a run of slots one after another; the gaps are the closed loop: the powers of a batch travel back, the scheme decides, the next codewords are loaded and queued. Slots that were late or missed stand taller.')}`;
}

/** Board times are ticks turned into doubles: what is left far below any tick is rounding. */
function latchError(errorS: number | null): string | null {
  if (errorS === null) return null;
  return errorS < 1e-12 ? 'none' : seconds(errorS);
}

export function slotSentence(tally: SlotTally): string {
  const troubles = [
    tally.late > 0 ? `${plural(tally.late, 'slot')} latched late` : '',
    tally.missed > 0 ? `${plural(tally.missed, 'slot')} missed` : '',
    tally.noReceipt > 0 ? `${plural(tally.noReceipt, 'slot')} without a receipt` : '',
    tally.latchedNotMeasured > 0
      ? `${plural(tally.latchedNotMeasured, tally.acknowledged + tally.sent > 0 ? 'slot' : 'latched slot')} not measured`
      : '',
  ].filter((trouble) => trouble !== '');
  if (troubles.length === 0) {
    return `All ${plural(tally.planned, 'slot')} were ${keptInWords(tally)} and measured.`;
  }
  const again = tally.repeated > 0 ? `; ${plural(tally.repeated, 'pilot')} sent again` : '';
  const known =
    tally.acknowledged + tally.sent > 0 ? ` Those that were kept were ${keptInWords(tally)}.` : '';
  return `Of ${plural(tally.planned, 'slot')}: ${troubles.join(', ')}${again}.${known}`;
}

/** What is known of the slots that were kept: a board that does not tell of latches has latched nothing that we know of. */
function keptInWords({ latched, acknowledged, sent }: SlotTally): string {
  if (acknowledged + sent === 0) return 'latched on time';
  const parts = [
    ...(latched > 0 ? [`${latched} latched on time`] : []),
    ...(acknowledged > 0
      ? [`${acknowledged} acknowledged in time by the board, which does not say when it applied them`]
      : []),
    ...(sent > 0 ? [`${sent} sent in time, with nothing known of what the board made of them`] : []),
  ];
  return parts.join(', ');
}
