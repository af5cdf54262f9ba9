/** The serial link: traffic, and whatever had to be repaired. */
import type { Figure } from '../drawing/chart.js';
import { bytes, count, NOTHING, plural, seconds } from '../drawing/number-format.js';
import { factList, figureBlock, sentenceList } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import type { RunData } from './run-data.js';
import type { LinkTotals } from './run-statistics.js';

export function linkSection(run: RunData, figure: Figure | null): Html {
  const last = run.statistics.link.at(-1)?.totals;
  if (last === undefined) {
    return html`<h2>Link</h2><p class="note">No link statistics were recorded.</p>`;
  }
  return html`<h2>Link</h2>
<p>${linkSentence(last)}</p>
${factList([
  ['Port', run.facts.port],
  ['Line rate', run.facts.baud === null ? null : `${count(run.facts.baud)} baud`],
  ['Sent', `${bytes(last.bytesSent)} in ${plural(last.framesSent, 'frame')}`],
  ['Received', `${bytes(last.bytesReceived)} in ${plural(last.framesReceived, 'frame')}`],
  ['Retransmissions', count(last.retransmissions)],
  ['Duplicates received', count(last.duplicatesReceived)],
  ['Corrupt frames', count(last.corruptFrames)],
  ['Reconnects', count(last.reconnects)],
  ['Round trip, smoothed', last.roundTripS === null ? NOTHING : seconds(last.roundTripS)],
  ['Codewords loaded', count(last.codewordsLoaded)],
  ['Codewords reused', count(last.codewordsReused)],
])}
${figure !== null && figureBlock(figure, 'Counted by the host. Round trip: smoothed time from a frame to its acknowledgement.')}`;
}

/** On a clean line, a host or board that is busy answers late now and then: so many of the frames sent again alarm nobody. */
const CALM_SHARE = 0.02;

/** Whether anything on the link had to be repaired; frames that are sent again to a busy board or host are no disturbance. */
export function isDisturbed(link: LinkTotals): boolean {
  return link.corruptFrames + link.reconnects > 0 || link.retransmissions > CALM_SHARE * link.framesSent;
}

/** Whether the link was disturbed, in one sentence. */
export function linkSentence(link: LinkTotals): string {
  const counts = sentenceList(
    [
      link.retransmissions > 0 ? plural(link.retransmissions, 'retransmission') : '',
      link.duplicatesReceived > 0 ? plural(link.duplicatesReceived, 'duplicate') : '',
      link.corruptFrames > 0 ? plural(link.corruptFrames, 'corrupt frame') : '',
      link.reconnects > 0 ? plural(link.reconnects, 'reconnect') : '',
    ].filter((trouble) => trouble !== ''),
  );
  if (counts === '') {
    return 'The link was undisturbed: nothing was sent twice, no frame was corrupt, the board stayed connected.';
  }
  if (!isDisturbed(link)) {
    return `The link was undisturbed; one side sent some frames again before it heard that they had arrived: ${counts}.`;
  }
  return link.corruptFrames + link.reconnects === 0
    ? `No frame was corrupt and the board stayed connected, but some frames were sent more than once: ${counts}.`
    : `The link was disturbed and repaired itself: ${counts}.`;
}
