/** What the UEs sent, and what was wrong with it. */
import { count, plural } from '../drawing/number-format.js';
import { sentenceList, tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { isMany, NUM_WORST } from './many-users.js';
import type { RunData } from './run-data.js';
import type { JoinTotals } from './run-statistics.js';

const RIGHT = 'right' as const;

export function ueSection(run: RunData): Html {
  if (run.statistics.ues.size === 0) {
    const measured = new Map<string, number>();
    for (const slot of run.slots) {
      if (slot.power !== null) measured.set(slot.ue, (measured.get(slot.ue) ?? 0) + 1);
    }
    if (measured.size === 0) {
      return html`<h2>User equipment</h2><p class="note">No power record was received.</p>`;
    }
    return html`<h2>User equipment</h2>
<p class="note">The recording holds no statistics of the UEs’ connections (the run did not end by itself); these are the power records in it.</p>
${tableBlock('Power records', [{ title: 'User' }, { title: 'Records', align: RIGHT }], [...measured].slice(0, isMany(run) ? NUM_WORST : measured.size))}`;
  }
  const columns = [
    'Connections',
    'Records',
    'Gaps',
    'Duplicates',
    'Malformed',
    'Not asked for',
    'At full scale',
    'Throttled',
  ];
  const { join } = run.statistics;
  return html`<h2>User equipment</h2>
<p>Power records as they came over the WebSocket. Duplicates are left out, gaps are asked for again; what stays a gap stays counted.${run.facts.localEstimates && ' These UEs kept the powers of single subcarriers: they sent a mean for each pilot, and where they are.'}</p>
${tableBlock(
  'User equipment',
  [{ title: 'User' }, ...columns.map((title) => ({ title, align: RIGHT }))],
  shownUes(run).map(([ueId, ue]) => [
    ueId,
    ...[
      ue.connections,
      ue.recordsReceived,
      ue.gaps,
      ue.duplicates,
      ue.malformed,
      ue.notAsked,
      ue.saturated,
      ue.throttled,
    ].map(count),
  ]),
)}
${isMany(run) && html`<p class="muted">The ${NUM_WORST} UEs with most to tell of ${count(run.statistics.ues.size)}; all are in table <span class="code">link_statistics</span> of the recording.</p>`}
${complaintsList(run)}
${join !== null && html`<p>${joinSentence(join)}</p>`}`;
}

/** Of many, those that gave most trouble. */
function shownUes(run: RunData) {
  const all = [...run.statistics.ues];
  if (!isMany(run)) return all;
  const trouble = ([, ue]: (typeof all)[number]) =>
    ue.connections - 1 + ue.gaps + ue.duplicates + ue.malformed + ue.throttled;
  return all.sort((a, b) => trouble(b) - trouble(a)).slice(0, NUM_WORST);
}

/** Of each UE and kind of mistake the first. */
function complaintsList(run: RunData): Html | false {
  const seen = new Map<string, string>();
  for (const { kind, detail } of run.events) {
    if (kind !== 'ue malformed' && kind !== 'ue remarked' && kind !== 'ue refused') continue;
    const { ueId, code, reason, todo } = (detail ?? {}) as Readonly<
      Record<string, string | null | undefined>
    >;
    const key = `${kind} ${ueId} ${code}`;
    if (seen.has(key) || reason == null) continue;
    const said = kind === 'ue refused' ? `${ueId ?? 'A client'} was refused: ${reason}` : `${ueId} ${reason}`;
    seen.set(key, todo == null ? `${said}.` : `${said}. ${todo}.`);
  }
  if (seen.size === 0) return false;
  return html`<p>What UEs were told, the first time each:</p><ul>${[...seen.values()].map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** What the join of receipts and powers had to leave out. */
function joinSentence(join: JoinTotals): string {
  const troubles: readonly (readonly [name: string, number: number, many?: string])[] = [
    ['duplicate receipt', join.duplicateReceipts],
    ['duplicate power', join.duplicatePowers],
    ['late receipt', join.lateReceipts],
    ['late power', join.latePowers],
    ['power of a missed slot', join.unusedPowers, 'powers of missed slots'],
    ['stray receipt', join.strayReceipts],
    ['stray power', join.strayPowers],
  ];
  const seen = troubles
    .filter(([, number]) => number > 0)
    .map(([name, number, many]) => plural(number, name, many));
  return seen.length === 0
    ? 'Every receipt and every power met its counterpart: none came twice, too late or unasked.'
    : `When receipts and powers were joined by slot, these were left out: ${sentenceList(seen)}.`;
}
