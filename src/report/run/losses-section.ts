/** Where power and rate are lost between the best beam that there could be and the one that the board radiates. */
import { LOSS_STEPS, type LossAccount, type LossStep, meanAccount } from '../../scenario/loss-account.js';
import { decibels, fixed } from '../drawing/number-format.js';
import { tableBlock } from '../page/blocks.js';
import { type Html, html } from '../page/html.js';
import { isMany, NUM_WORST, worstFirst } from './many-users.js';
import type { RunData } from './run-data.js';

const TITLES: Readonly<Record<LossStep, string>> = {
  focusing: 'Focusing',
  codebook: 'Codebook',
  estimation: 'Estimation',
  quantisation: 'Quantisation',
  hardware: 'Hardware',
};

export function lossesSection(run: RunData): Html {
  const accounts = run.users.flatMap(({ ue }) => run.losses.get(ue) ?? []);
  const mean = meanAccount(accounts);
  if (mean === null) return html``;
  const users = isMany(run) ? worstFirst(run).slice(0, NUM_WORST) : run.users;
  const rows = users.flatMap(({ ue }) => {
    const account = run.losses.get(ue);
    return account === undefined ? [] : [cells(ue, account)];
  });
  const hasRates = mean.ratePercent !== null;
  return html`<h2>Where the power is lost</h2>
<p>${run.tracking !== null && 'Of the beams that users were first found with, where the users were by then; what the tracker made of it is told above. '}Against a beam that is in phase for all paths of the user at once. Each column is the step from the beam before to the next, so they add up.
<strong>Focusing</strong>: to a beam that is focused on the user’s true position. <strong>Codebook</strong>: to the best beam of the codebook, whose
grid need not have the user’s place. <strong>Estimation</strong>: to the beam that was chosen. <strong>Quantisation</strong>: to what the board’s codes
stand for. <strong>Hardware</strong>: to what its errors leave of that. A step can be negative where the next beam happens to be the better one.</p>
${tableBlock(
  'Losses by step',
  [
    { title: 'User' },
    ...LOSS_STEPS.map((step) => ({ title: TITLES[step], align: 'right' as const })),
    { title: 'In all', align: 'right' },
    ...(hasRates ? [{ title: 'Rate lost', align: 'right' as const }] : []),
  ],
  [...rows, cells(`Mean of ${accounts.length}`, mean)],
)}
<p class="muted">In dB of received power${hasRates && ', averaged over the band; the rate in per cent of the perfect one'}.${isMany(run) && ` The ${rows.length} users that lose most; the others are in table losses of the recording.`}</p>`;
}

function cells(name: string, { powerDb, ratePercent }: LossAccount): string[] {
  const text = (value: number | null) => (value === null ? 'not known' : decibels(value, 2));
  const lost = ratePercent?.total ?? null;
  return [
    name,
    ...LOSS_STEPS.map((step) => text(powerDb[step])),
    text(powerDb.total),
    ...(ratePercent === null ? [] : [lost === null ? 'not known' : `${fixed(lost, 2)} %`]),
  ];
}
