/** Where the users are and where they were found: plan view and table. */
import type { LinearArray } from '../../array/linear-array.js';
import { nearFieldBoundaryM } from '../../array/near-field.js';
import { PILOTS_NOTE, pilotsText } from '../../campaign/check-pilots.js';
import { focusError } from '../../campaign/focus-error.js';
import { halfWidthRingPerM, halfWidthSinAngle } from '../../codebook/beam-width.js';
import { shellWord } from '../../core/shell-word.js';
import type { Row } from '../../record/schema.js';
import { lossPercent } from '../../scenario/serving.js';
import type { Figure } from '../drawing/chart.js';
import { count, decibels, degrees, fixed, metres, NOTHING, significant } from '../drawing/number-format.js';
import { figureBlock, type TableCell, tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { isMany, NUM_WORST, worstFirst } from './many-users.js';
import { sectorOf } from './plan-view.js';
import { SEEN_TITLES, seenCells } from './planar/users-table.js';
import { isWideband, type RunData } from './run-data.js';
import { foundFocus, trueFocus } from './user-focus.js';

/** @param foci of a wideband scheme's pilots with the users among them. */
export function usersSection(
  run: RunData,
  figure: Figure | null,
  foci: Figure | null,
  distributions: readonly Figure[],
): Html {
  if (run.users.length === 0) {
    return html`<h2>Users</h2><p class="note">The recording names no users: the run ended before it got to them.</p>`;
  }
  return html`<h2>Where the users are and where they were found</h2>
${figure === null ? html`<p class="note">Nobody was found, and nobody’s true position is known: there is no plan to draw.</p>` : figureBlock(figure, planCaption(run), false)}
${foci !== null && figureBlock(foci, isMany(run) ? MANY_FOCI_CAPTION : FOCI_CAPTION)}
${distributions.map((chart) => figureBlock(chart, ''))}
${isMany(run) && html`<h3>The ${NUM_WORST} users that were served worst</h3>`}
${isWideband(run) ? ratesTable(run) : codewordsTable(run)}
<p class="muted">Over noise: the strongest power over the noise floor. Fit: cosine between all powers and what a user at the estimate would receive; below 0.75 (0.5 where pilots are sent again to tell), or where noise alone or no beam at all would explain the powers as well, a user counts as not found. ${[...run.numCheckPilots.values()].some((checks) => checks > 0) && PILOTS_NOTE}</p>
${isMany(run) && html`<p class="muted">All ${count(run.users.length)} are in the recording; a table of them writes <span class="code">beamloop export ${shellWord(run.folder)} --csv --tables users,estimates,losses</span>.</p>`}
${reasonsList(run)}`;
}

/** Why users were not found, each the last time that it was tried. */
function reasonsList(run: RunData): Html | false {
  const reasons = new Map<string, string>();
  for (const { kind, detail } of run.events) {
    const { ue, what } = (detail ?? {}) as { readonly ue?: string; readonly what?: string };
    if (kind === 'user failed' && ue !== undefined && what !== undefined) reasons.set(ue, what);
  }
  for (const ue of run.estimates.keys()) reasons.delete(ue);
  if (reasons.size === 0) return false;
  return html`<ul>${[...reasons].map(([ue, what]) => html`<li>${ue} was not found. ${what}</li>`)}</ul>`;
}

const FOCI_CAPTION =
  'Each dot is the focus of one subcarrier of a pilot. Rings: true positions; diamonds: found positions, joined by a line. ' +
  'Under a ring is its distance at broadside; at another angle it is that times cos²β. The far field is ring 0.';

const MANY_FOCI_CAPTION =
  'Each dot is the focus of one subcarrier of a pilot; the small diamonds are the positions that were found. ' +
  'Under a ring is its distance at broadside; at another angle it is that times cos²β. The far field is ring 0.';

/** Of many users the worst: tables of hundreds nobody reads. */
function listed(run: RunData): readonly Row<'users'>[] {
  return isMany(run) ? worstFirst(run).slice(0, NUM_WORST) : run.users;
}

function ratesTable(run: RunData): Html {
  const array = run.facts.polar?.array ?? null;
  const halfWidths =
    array === null
      ? ''
      : ` Here these are ${significant(halfWidthSinAngle(array, array.carrierHz))} in sin(angle) and ` +
        `${significant(halfWidthRingPerM(array, array.carrierHz))} 1/m in the distance ring.`;
  return html`${ratesOf(run, array)}
<p class="muted">Rates are in bit/s/Hz, averaged over the subcarriers. Errors are counted in half-widths of a focused beam at the carrier: one off, and half the power is left.${halfWidths}</p>`;
}

function ratesOf(run: RunData, array: LinearArray | null): Html {
  return tableBlock(
    'Users and the rate of serving them, bit/s/Hz',
    [
      { title: 'User' },
      { title: 'True angle', align: 'right' },
      { title: 'Found', align: 'right' },
      { title: 'True distance', align: 'right' },
      { title: 'Found', align: 'right' },
      { title: 'Direction off', align: 'right' },
      { title: 'Ring off', align: 'right' },
      { title: 'Rate', align: 'right' },
      { title: 'By the board', align: 'right' },
      { title: 'Perfect', align: 'right' },
      { title: 'Loss', align: 'right' },
      { title: 'Over noise', align: 'right' },
      { title: 'Fit', align: 'right' },
      { title: 'Pilots', align: 'right' },
    ],
    listed(run).map((user) => {
      const estimate = run.estimates.get(user.ue);
      const [name, trueAngle, angle, trueDistance, distance] = userRow(run, user);
      const { rate = null, boardRate = null, perfectRate = null } = estimate ?? {};
      const bits = (value: number | null) => (value === null ? NOTHING : fixed(value, 3));
      const lost = rate === null || perfectRate === null ? null : lossPercent(rate, perfectRate);
      const loss = lost === null ? NOTHING : `${fixed(lost, 2)} %`;
      return [
        ...[name!, trueAngle!, angle!, trueDistance!, distance!],
        ...errorCells(run, user, array),
        ...[bits(rate), bits(boardRate), bits(perfectRate), loss, ...evidenceCells(estimate)],
        pilotsCell(run, user),
      ];
    }),
  );
}

/** Direction and ring error in half-widths. */
function errorCells(run: RunData, user: Row<'users'>, array: LinearArray | null): string[] {
  const truth = trueFocus(user);
  const found = foundFocus(run, user.ue);
  if (array === null || truth === null || found === null) return [NOTHING, NOTHING];
  const { sinAngleErrorHalfWidths, ringErrorHalfWidths } = focusError(array, found, truth);
  return [fixed(sinAngleErrorHalfWidths, 2), fixed(ringErrorHalfWidths, 2)];
}

const PLACE_TITLES = [
  { title: 'True angle', align: 'right' },
  { title: 'Found', align: 'right' },
  { title: 'True distance', align: 'right' },
  { title: 'Found', align: 'right' },
] as const;

function codewordsTable(run: RunData): Html {
  const { planar } = run.facts;
  return tableBlock(
    'Users',
    [
      { title: 'User' },
      ...(planar === null ? PLACE_TITLES : SEEN_TITLES),
      { title: 'Codeword found' },
      { title: 'Noise-free best' },
      { title: 'Match' },
      { title: 'Over noise', align: 'right' },
      { title: 'Fit', align: 'right' },
      { title: 'Pilots', align: 'right' },
      { title: 'SNR', align: 'right' },
    ],
    listed(run).map((user) => userRow(run, user)),
  );
}

function userRow(run: RunData, user: Row<'users'>): TableCell[] {
  const estimate = run.estimates.get(user.ue);
  const { planar } = run.facts;
  return [
    user.ue,
    ...(planar === null ? placeCells(user, estimate) : seenCells(run, planar.array, user)),
    estimate === undefined ? 'not found' : code(estimate.codewordKey),
    user.bestKey === null ? NOTHING : code(user.bestKey),
    match(user, estimate),
    ...evidenceCells(estimate),
    pilotsCell(run, user),
    user.snrDb === null ? NOTHING : decibels(user.snrDb),
  ];
}

function placeCells(user: Row<'users'>, estimate: Row<'estimates'> | undefined): TableCell[] {
  const known = user.xM !== null && user.yM !== null;
  return [
    known ? degrees(Math.atan2(user.yM, user.xM)) : NOTHING,
    estimate === undefined ? NOTHING : degrees(estimate.angleRad),
    known ? metres(Math.hypot(user.xM, user.yM)) : NOTHING,
    estimate === undefined ? NOTHING : metres(estimate.distanceM),
  ];
}

/** How well an estimate is borne out: its strongest power over the noise, and how well all powers fit a user there. */
function evidenceCells(estimate: Row<'estimates'> | undefined): string[] {
  const { peakOverNoiseDb = null, likeness = null } = estimate ?? {};
  return [
    peakOverNoiseDb === null ? NOTHING : decibels(peakOverNoiseDb),
    likeness === null ? NOTHING : fixed(likeness, 2),
  ];
}

function pilotsCell(run: RunData, { ue }: Row<'users'>): string {
  const estimate = run.estimates.get(ue);
  const numCheckPilots = run.numCheckPilots.get(ue) ?? 0;
  return estimate === undefined ? NOTHING : pilotsText({ ...estimate, numCheckPilots }, count);
}

function code(key: string): Html {
  return html`<span class="code">${key}</span>`;
}

function match(user: Row<'users'>, estimate: Row<'estimates'> | undefined): Html | string {
  if (estimate === undefined || user.bestKey === null) return NOTHING;
  return estimate.codewordKey === user.bestKey
    ? html`<span class="yes">yes</span>`
    : html`<span class="no">no</span>`;
}

function planCaption(run: RunData): string {
  const { polar, planar } = run.facts;
  const { maxAngleRad, distanceM } = sectorOf(run);
  const distances =
    distanceM.length === 0 ? '' : ` from ${metres(distanceM[0]!)} to ${metres(distanceM[1]!)}`;
  if (isMany(run)) {
    return (
      `Colour: how many users there are in a cell of the floor. Red: users that were not found, or found more than a half-width off. Grey: the sector of ` +
      `±${degrees(maxAngleRad, 0)}${distances}.`
    );
  }
  const marks =
    'Rings: true positions; diamonds: found positions, joined by a line; triangles at the edge: found at infinity. Grey: ' +
    `the sector of ±${degrees(maxAngleRad, 0)}${distances}.`;
  if (planar !== null) {
    return (
      'The floor from above, turned so that the array looks ahead. Rings: true positions; triangles at the edge: the azimuths that were found, at ' +
      'no distance that a planar array could tell. Grey: the ±60° of the codebook.'
    );
  }
  if (polar === null)
    return `${marks} The recording does not say enough of the array to draw rings and boundary.`;
  return (
    `${marks} ` +
    `${isWideband(run) ? '' : 'Blue: the codebook’s polar rings r·cos²β. A found position is the focus of a codeword, so it lies on a ring. '}` +
    `The near-field boundary is ${metres(nearFieldBoundaryM(polar.array, 0))} away at broadside; where the plan does not ` +
    'reach it, the small map shows the whole near field with the plan’s extent as a box.'
  );
}
