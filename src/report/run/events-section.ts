/** What happened during the run, as it was written down. */
import { count, fixed } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html, shown } from '../page/html.js';
import type { RunData } from './run-data.js';

const MOST_ROWS = 40;

export function eventsSection(run: RunData): Html {
  if (run.events.length === 0) return html`<h2>Events</h2><p class="note">No event was recorded.</p>`;
  const startMs = run.events[0]!.wallTime.getTime();
  const rows = run.events
    .slice(0, MOST_ROWS)
    .map(({ wallTime, kind, detail }) => [
      fixed((wallTime.getTime() - startMs) / 1e3, 3),
      kind,
      html`<span class="code">${detailText(detail)}</span>`,
    ]);
  const more = run.events.length - rows.length;
  return html`<h2>Events</h2>
${tableBlock('Events', [{ title: 'Time (s)', align: 'right' }, { title: 'Event' }, { title: 'Detail' }], rows)}
${more > 0 && html`<p class="muted">${count(more)} more are in the recording, table <span class="code">events</span>.</p>`}`;
}

/** `key value` pairs read better than JSON; anything nested stays JSON. */
function detailText(detail: unknown): string {
  if (detail === null || typeof detail !== 'object') return shown(String(detail ?? ''));
  const text = Object.entries(detail)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return shown(text);
}
