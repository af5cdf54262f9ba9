/** How users were kept in their beams. */
import type { FrameCounts } from '../../../camera/frame-feed.js';
import type { Figure } from '../../drawing/chart.js';
import { count, fixed, NOTHING, plural } from '../../drawing/number-format.js';
import { figureBlock, tableBlock } from '../../page/blocks.js';
import { type Html, html } from '../../page/html.js';
import { meanGainOf } from './course-chart.js';
import { type Loss, lossesOf, type TrackedUser, type TrackingData } from './tracking-data.js';

const MOST_LOSSES = 20;

export function trackingSection(tracking: TrackingData, figures: readonly Figure[]): Html {
  const losses = lossesOf(tracking);
  const { users, epochS, tracker, trackerOptions, numReadings, frames } = tracking;
  const options = Object.entries(trackerOptions).map(([key, value]) => `${key}: ${value}`);
  const leftOut = numLeftOut(users);
  const numEpochs = Math.max(0, ...users.map(({ epochs }) => epochs.length));
  return html`<h2>Tracking</h2>
<p>Tracker <strong>${tracker}</strong>${options.length > 0 && ` (${options.join(', ')})`}, ${plural(numEpochs, 'epoch')} of
${fixed(1e3 * epochS, epochS < 1e-3 ? 2 : 0)} ms${leftOut > 0 && html`; <strong>${count(leftOut)} more could not be begun in time</strong>`}. ${sums(users)} ${numReadings > 0 && `UEs told where they were ${count(numReadings)} times.`}</p>
${frames !== null && html`<p>${framesText(frames)}</p>`}
${tableBlock(
  'Users',
  [
    { title: 'User' },
    { title: 'Mean gain', align: 'right' },
    { title: 'Best served', align: 'right' },
    { title: 'In its beam', align: 'right' },
    { title: 'Probes', align: 'right' },
    { title: 'Training pilots', align: 'right' },
    { title: 'Lost', align: 'right' },
    { title: 'At the end' },
  ],
  users.map((user) => userCells(user, losses)),
)}
<p class="muted">Gain: received power of the serving beam against that of the best codeword of the moment. Best served: share of epochs in which it was
that codeword. Probes and training pilots in slots.</p>
${figures.map((figure) => figureBlock(figure, ''))}
${lossTable(losses, users)}
${troubleTable(tracking)}`;
}

function framesText({ shown, late, missing, wrongSize, broken, skipped }: FrameCounts): string {
  const wrong = [
    [late, 'late'],
    [missing, 'missing'],
    [wrongSize, 'of another size than the one before'],
    [broken, 'broken'],
    [skipped, 'skipped'],
  ] as const;
  const told = wrong.flatMap(([number, what]) => (number === 0 ? [] : [`${count(number)} ${what}`]));
  return `The camera showed ${plural(shown, 'frame')}; ${told.length === 0 ? 'none was late, missing or broken' : told.join(', ')}.`;
}

function sums(users: readonly TrackedUser[]): string {
  const gains = users.flatMap((user) => meanGainOf(user) ?? []);
  const all = users.flatMap(({ epochs }) => epochs);
  const probes = all.reduce((sum, { probes: list }) => sum + numProbes(list), 0);
  const serving = all.reduce((sum, { numServingSlots }) => sum + numServingSlots, 0);
  const share = probes + serving === 0 ? 0 : (100 * probes) / (probes + serving);
  const gain = gains.reduce((sum, each) => sum + each, 0) / gains.length;
  return (
    `${gains.length === 0 ? 'Nobody knows where the users were.' : `Mean gain ${fixed(gain, 3)}.`} ` +
    `${fixed(share, 1)} % of the slots that serve and probe were probes.`
  );
}

/** Of a column of JSON. */
function numProbes(probes: unknown): number {
  return Array.isArray(probes) ? probes.length : 0;
}

function userCells(user: TrackedUser, losses: readonly Loss[]): (string | number)[] {
  const { ue, epochs } = user;
  const gain = meanGainOf(user);
  // Until it is found, a user has no beam to be in.
  const begun = epochs.slice(epochs.findIndex(({ servedKey }) => servedKey !== null));
  const known = epochs.filter(({ bestKey, servedKey }) => bestKey !== null && servedKey !== null);
  const share = (number: number, of: number) => (of === 0 ? NOTHING : `${fixed((100 * number) / of, 1)} %`);
  return [
    ue,
    gain === null ? NOTHING : fixed(gain, 3),
    share(known.filter(({ bestKey, servedKey }) => bestKey === servedKey).length, known.length),
    share(begun.filter(({ state }) => state === 'tracked').length, begun.length),
    epochs.reduce((sum, { probes }) => sum + numProbes(probes), 0),
    epochs.reduce((sum, { numTrainingPilots }) => sum + numTrainingPilots, 0),
    losses.filter((loss) => loss.ue === ue).length,
    epochs.at(-1)?.state ?? 'never served',
  ];
}

function lossTable(losses: readonly Loss[], users: readonly TrackedUser[]): Html {
  if (losses.length === 0) {
    const found = users.filter(({ epochs }) => epochs.some(({ state }) => state === 'tracked')).length;
    return html`<p>${found === users.length ? 'No user was lost.' : `No user that was found was lost; ${plural(users.length - found, 'user')} never came into a beam.`}</p>`;
  }
  const more = losses.length - MOST_LOSSES;
  return html`<h3>Losses and recoveries</h3>
${tableBlock(
  'Losses and recoveries',
  [
    { title: 'User' },
    { title: 'Lost at', align: 'right' },
    { title: 'Back after', align: 'right' },
    { title: '' },
  ],
  losses
    .slice(0, MOST_LOSSES)
    .map(({ ue, fromS, epochsUntilBack, wasGivenUp }) => [
      ue,
      `${fixed(fromS, 2)} s`,
      epochsUntilBack === null ? 'not by the end' : plural(epochsUntilBack, 'epoch'),
      wasGivenUp ? 'given up meanwhile' : '',
    ]),
)}
${more > 0 && html`<p class="muted">${plural(more, 'more loss', 'more losses')} in table epochs of the recording.</p>`}`;
}

/** Empty where nothing was noticed. */
function troubleTable({ troubles, startS, epochS, users }: TrackingData): Html | '' {
  if (troubles.length === 0) return '';
  const more = troubles.length - MOST_LOSSES;
  const beginsAtS = (ue: string, epoch: number) =>
    (users.find((user) => user.ue === ue)?.epochs.find((row) => row.epoch === epoch)?.boardTimeS ??
      startS + epoch * epochS) - startS;
  return html`<h3>What was noticed</h3>
${tableBlock(
  'What was noticed',
  [
    { title: 'User' },
    { title: '' },
    { title: 'Noticed at', align: 'right' },
    { title: 'Epoch', align: 'right' },
    { title: 'Over after', align: 'right' },
  ],
  troubles
    .slice(0, MOST_LOSSES)
    .map(({ ue, trouble, epoch, epochs }) => [
      ue,
      trouble,
      `${fixed(beginsAtS(ue, epoch), 2)} s`,
      epoch,
      epochs === null ? 'not by the end' : plural(epochs, 'epoch'),
    ]),
)}
${more > 0 && html`<p class="muted">${count(more)} more in table events of the recording.</p>`}`;
}

/** Epochs that could not be begun in time. */
function numLeftOut(users: readonly TrackedUser[]): number {
  // Of any user: all have a row in each epoch.
  const epochs = users[0]?.epochs ?? [];
  return epochs.length === 0 ? 0 : epochs.at(-1)!.epoch - epochs[0]!.epoch + 1 - epochs.length;
}
