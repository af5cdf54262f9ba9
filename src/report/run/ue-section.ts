/** What the UEs sent, and what was wrong with it. */
import { count, NOTHING } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import type { RunData } from './run-data.js';

const RIGHT = 'right' as const;

export function ueSection(run: RunData): Html {
  if (run.ueStatistics.length === 0) {
    const measured = new Map<string, number>();
    for (const slot of run.slots) {
      if (slot.power !== null) measured.set(slot.ue, (measured.get(slot.ue) ?? 0) + 1);
    }
    if (measured.size === 0) {
      return html`<h2>User equipment</h2><p class="note">No power record was received.</p>`;
    }
    return html`<h2>User equipment</h2>
<p class="note">The recording holds no statistics of the UEs’ connections (the run did not end by itself); these are the power records in it.</p>
${tableBlock('Power records', [{ title: 'User' }, { title: 'Records', align: RIGHT }], [...measured])}`;
  }
  const columns = ['Connections', 'Records', 'Gaps', 'Duplicates', 'Late', 'Malformed', 'Throttled'];
  return html`<h2>User equipment</h2>
<p>Power records as they came over the WebSocket. Duplicates are dropped, gaps are asked for again; what stays a gap stays counted.</p>
${tableBlock(
  'User equipment',
  [{ title: 'User' }, ...columns.map((title) => ({ title, align: RIGHT }))],
  run.ueStatistics.map((ue) => [
    ue.ueId,
    ...[ue.connections, ue.recordsReceived, ue.gaps, ue.duplicates, ue.late, ue.malformed, ue.throttled].map(
      (value) => (value === null ? NOTHING : count(value)),
    ),
  ]),
)}`;
}
