/** What happened during the run, as it was written down. */
import { count, fixed } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html, shown } from '../page/html.js';
import type { RunData } from './run-data.js';

const MOST_ROWS = 40;
/** Of these, more than so many after one another are told of together; every other kind of event may bring news each time. */
const EVERYDAY: ReadonlySet<string> = new Set(['ue connected', 'ue disconnected']);
const MOST_ALIKE = 3;

type Event = RunData['events'][number];

export function eventsSection(run: RunData): Html {
  if (run.events.length === 0) return html`<h2>Events</h2><p class="note">No event was recorded.</p>`;
  const startMs = run.events[0]!.wallTime.getTime();
  const lines = linesOf(run.events);
  const rows = lines
    .slice(0, MOST_ROWS)
    .map(({ event: { wallTime, kind, detail }, numAlike }) => [
      fixed((wallTime.getTime() - startMs) / 1e3, 3),
      numAlike === 0 ? kind : `${kind}, ${count(numAlike)} times more until here`,
      html`<span class="code">${detailText(detail)}</span>`,
    ]);
  const more = lines.slice(MOST_ROWS).reduce((sum, { numAlike }) => sum + Math.max(1, numAlike), 0);
  return html`<h2>Events</h2>
${tableBlock('Events', [{ title: 'Time (s)', align: 'right' }, { title: 'Event' }, { title: 'Detail' }], rows)}
${more > 0 && html`<p class="muted">${count(more)} more are in the recording, table <span class="code">events</span>.</p>`}`;
}

interface EventLine {
  readonly event: Event;
  /** The event is the last of so many of its kind that have no line of their own; 0 for an event by itself. */
  readonly numAlike: number;
}

/** A crowd of one kind, as two hundred UEs that connect, gets two lines: what matters is not to be lost in it. */
function linesOf(events: readonly Event[]): EventLine[] {
  const lines: EventLine[] = [];
  for (let from = 0; from < events.length; ) {
    const end = events.findIndex(({ kind }, k) => k > from && kind !== events[from]!.kind);
    const alike = events.slice(from, end < 0 ? events.length : end);
    const isCrowd = EVERYDAY.has(alike[0]!.kind) && alike.length > MOST_ALIKE;
    const alone = isCrowd ? alike.slice(0, 1) : alike;
    for (const event of alone) lines.push({ event, numAlike: 0 });
    if (isCrowd) lines.push({ event: alike.at(-1)!, numAlike: alike.length - 1 });
    from += alike.length;
  }
  return lines;
}

/** `key value` pairs read better than JSON; anything nested stays JSON. */
function detailText(detail: unknown): string {
  if (detail === null || typeof detail !== 'object') return shown(String(detail ?? ''));
  const text = Object.entries(detail)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return shown(text);
}
