/** What was run, on what, when, and how it ended, in one sentence. */

import { shellWord } from '../../core/shell-word.js';
import { needsBand, splitOf } from '../../training/registry.js';
import { schemeLabel, schemeTitle } from '../../training/scheme-label.js';
import { tickText } from '../drawing/axis.js';
import {
  count,
  degrees,
  fixed,
  frequency,
  metres,
  plural,
  seconds,
  typographic,
} from '../drawing/number-format.js';
import { factList, sentenceList } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { isDisturbed, linkSentence } from './link-section.js';
import type { RunData } from './run-data.js';
import type { RunFacts } from './run-facts.js';
import { tallySlots } from './slot-tally.js';
import { slotSentence } from './slots-section.js';
import { meanGainOf } from './tracking/course-chart.js';
import { lossesOf, type TrackingData } from './tracking/tracking-data.js';

export function runTitle(run: RunData): string {
  return run.facts.title ?? 'Untitled run';
}

export function header(run: RunData): Html {
  const { facts } = run;
  const { board } = facts;
  const start = startTime(run);
  const link = run.statistics.link.at(-1)?.totals;
  const complete =
    run.tracking === null
      ? run.users.length > 0 && run.users.every(({ ue }) => run.estimates.has(ue))
      : run.events.some(({ kind }) => kind === 'finished');
  return html`<p class="kicker">beamloop campaign report</p>
<h1>${runTitle(run)}</h1>
<p class="outcome"><strong>${outcomeSentence(run)}</strong> ${run.slots.length > 0 && slotSentence(tallySlots(run.slots))}</p>
${!complete && html`<p class="note"><strong>This run is not complete.</strong> ${stopReason(run)}The report shows what was recorded until then. ${goOn(run)}</p>`}
${run.warnings.map((warning) => html`<p class="note">${warning}.</p>`)}
${link !== undefined && isDisturbed(link) && html`<p class="note">${linkSentence(link)}</p>`}
${factList([
  ['Started', start === null ? null : `${start.toISOString().slice(0, 19).replace('T', ' ')} UTC`],
  ['Scheme', schemeText(facts)],
  ['Pilots’ parameters', parametersText(facts)],
  [
    'Band',
    facts.band === null
      ? null
      : `${frequency(facts.band.bandwidthHz)}, ${count(facts.band.numSubcarriers)} subcarriers`,
  ],
  ['Estimated by', facts.localEstimates ? 'the UEs themselves' : null],
  ['Array', arrayText(facts)],
  [
    'Board',
    board === null
      ? 'not recorded'
      : `${board.model}, serial number ${board.serialNumber}, firmware ${board.firmware}`,
  ],
  [
    'Board’s controls',
    board === null
      ? null
      : `${sentenceList([
          `${board.phaseBits} bits of phase`,
          board.delayBits > 0 ? `${board.delayBits} bits of delay` : 'no delay',
          `memory for ${plural(board.memoryDepth, 'codeword')}`,
        ])}; settles in ${seconds(board.switchTimeS)}`,
  ],
  ['Seed', facts.seed === null ? null : String(facts.seed)],
  ['Versions', facts.versions.map(([part, version]) => `${part} ${version}`).join(', ') || null],
  ['Recording', html`<span class="code">${run.folder}</span>`],
])}`;
}

function arrayText({ polar, planar }: RunFacts): string | null {
  const array = polar?.array ?? planar?.array;
  if (array === undefined) return null;
  const elements =
    planar === null ? count(array.numElements) : `${planar.array.rows} × ${planar.array.columns}`;
  const text = `${elements} elements, ${frequency(array.carrierHz)}, aperture ${metres(array.apertureM)}`;
  if (planar === null) return text;
  const { boresightRad, tiltRad, heightM } = planar.array.frame;
  return `${text}; looks ${degrees(boresightRad, 0)} from the x axis, ${degrees(tiltRad, 0)} down, from ${metres(heightM)} high`;
}

function trackedSentence(tracking: TrackingData): string {
  const { users } = tracking;
  const served = users.filter(({ epochs }) => epochs.some(({ servedKey }) => servedKey !== null));
  const gains = served.flatMap((user) => meanGainOf(user) ?? []);
  const gain = gains.reduce((sum, each) => sum + each / gains.length, 0);
  const who =
    served.length === users.length
      ? `${plural(users.length, 'user')} tracked`
      : `${count(served.length)} of ${plural(users.length, 'user')} tracked`;
  const numLosses = lossesOf(tracking).length;
  const lost = numLosses === 0 ? 'none was lost' : `beams were lost ${plural(numLosses, 'time')}`;
  return `${who}${gains.length === 0 ? '' : ` with a mean gain of ${fixed(gain, 3)}`}; ${lost}.`;
}

/** Schemes of the whole band have many options: those that matter. Of others, all. */
function schemeText({ scheme, schemeOptions, choice }: RunFacts): string | null {
  if (scheme === null) return null;
  if (choice !== null && needsBand(choice)) return typographic(schemeTitle(schemeLabel(choice)));
  const options = Object.entries(schemeOptions).map(([key, value]) => optionText(key, value));
  return `${schemeTitle(scheme)}${options.length > 0 ? ` (${options.join(', ')})` : ''}`;
}

/** Parameters that were given and not designed. */
function parametersText({ choice }: RunFacts): string | null {
  const given = choice && splitOf(choice)?.givenParameters();
  if (!given) return null;
  const pair = (sinAngle: number, ringPerM: number) =>
    `sin ${shortNumber(sinAngle)} and ${shortNumber(ringPerM)}\u00a01/m`;
  const { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM } = given;
  return `delays ${pair(delaySinAngle, delayRingPerM)}; phases ${pair(phaseSinAngle, phaseRingPerM)}`;
}

/** Four significant digits at most, without zeros that say nothing. */
function shortNumber(value: number): string {
  return tickText(Number(value.toPrecision(4)));
}

/** `rangeReduction: true` → `range reduction on`. */
function optionText(key: string, value: unknown): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (typeof value === 'boolean') return `${words} ${value ? 'on' : 'off'}`;
  if (value !== null && typeof value === 'object' && 'name' in value)
    return `${words}: ${String(value.name)}`;
  if (typeof value === 'number') return `${words}: ${shortNumber(value)}`;
  return `${words}: ${String(value)}`;
}

function startTime(run: RunData): Date | null {
  return run.events[0]?.wallTime ?? run.statistics.link[0]?.wallTime ?? null;
}

/** Users whose powers were no evidence are decided by the same powers when the run is resumed. */
function goOn({ users, estimates, events, folder }: RunData): Html {
  const codes = new Map<unknown, unknown>();
  for (const { kind, detail } of events) {
    const { ue, code } = (detail ?? {}) as { ue?: unknown; code?: unknown };
    if (kind === 'user failed') codes.set(ue, code);
  }
  const missing = users.filter(({ ue }) => !estimates.has(ue));
  return missing.length > 0 && missing.every(({ ue }) => codes.get(ue) === 'NO_EVIDENCE')
    ? html`To find those that are missing, mend what is said of them and measure in a new run: one that is resumed decides by the same powers.`
    : html`To go on: <span class="code">beamloop resume ${shellWord(folder)}</span>`;
}

/** Why the run stopped, where it could still say so. */
function stopReason(run: RunData): string {
  const reasons = run.events.flatMap(({ kind, detail }) =>
    kind === 'stopped' || kind === 'user failed' ? [String((detail as { what?: unknown })?.what ?? '')] : [],
  );
  const last = reasons.at(-1);
  if (last !== undefined && last !== '') return `It stopped: ${last.replace(/\.$/, '')}. `;
  return run.events.some(({ kind }) => kind === 'finished') ? '' : 'It was cut off, or it is still running. ';
}

/** `All 3 users were found, each with its noise-free best codeword.` and its less happy sisters. */
function outcomeSentence(run: RunData): string {
  const { users, estimates } = run;
  if (users.length === 0) return 'The run ended before it got to any user.';
  if (run.tracking !== null) return trackedSentence(run.tracking);
  const found = users.filter(({ ue }) => estimates.has(ue));
  const judged = found.filter((user) => user.bestKey !== null);
  const correct = judged.filter((user) => estimates.get(user.ue)!.codewordKey === user.bestKey);
  const who =
    found.length === users.length
      ? users.length === 1
        ? 'The user was found'
        : `All ${count(users.length)} users were found`
      : found.length === 0
        ? `None of ${plural(users.length, 'user')} was found`
        : `${count(found.length)} of ${count(users.length)} users were found`;
  if (found.length === 0) return `${who}.`;
  const rates = found.flatMap(({ ue }) => {
    const { rate, perfectRate } = estimates.get(ue)!;
    return rate === null || perfectRate === null ? [] : [{ rate, perfectRate }];
  });
  if (judged.length === 0 && rates.length > 0) {
    const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
    const perfect = rates.reduce((sum, { perfectRate }) => sum + perfectRate, 0) / rates.length;
    return `${who}; served there they get ${fixed(mean, 3)} of ${fixed(perfect, 3)} bit/s/Hz on average.`;
  }
  if (judged.length === 0) return `${who}; where they really are is not known.`;
  if (correct.length === found.length) {
    return found.length === 1
      ? `${who}, with the noise-free best codeword.`
      : `${who}, each with its noise-free best codeword.`;
  }
  return `${who}, ${count(correct.length)} of them with the noise-free best codeword.`;
}
