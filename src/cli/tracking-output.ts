/** How tracking is told on the terminal: a row per user, and the sums. */
import type { TrackedUserOutcome, TrackingOutcome } from '../campaign/tracking/tracking-outcome.js';
import { plural } from '../core/plural.js';
import type { UserState } from '../tracking/epoch-plan.js';
import { wrapped } from './text-table.js';
import { NAME, type UserColumn, userTable } from './user-columns.js';

const COLUMNS: readonly UserColumn<TrackedUserOutcome>[] = [
  NAME,
  { title: 'mean gain', align: 'right', cell: ({ meanGain }) => gainText(meanGain) },
  { title: 'in its beam', align: 'right', cell: ({ trackedShare }) => percentText(trackedShare) },
  { title: 'probes', align: 'right', cell: ({ probes }) => String(probes) },
  { title: 'training pilots', align: 'right', cell: ({ trainingPilots }) => String(trainingPilots) },
  { title: 'lost', align: 'right', cell: ({ losses }) => String(losses) },
  { title: 'recovered', align: 'right', cell: ({ recoveries }) => String(recoveries) },
  { title: 'at the end', align: 'left', cell: ({ state }) => state },
];

const NOTE = 'Gain: received power of the serving beam against that of the best codeword of the moment.';

export function trackingText(
  { tracker, epochs, users, meanGain, probeShare }: TrackingOutcome,
  widthColumns: number | undefined,
): string {
  const sums =
    `Tracker ${tracker}, ${plural(epochs, 'epoch')}: mean gain ${gainText(meanGain)}, ` +
    `${percentText(probeShare)} of the slots that serve and probe spent on probes`;
  return [userTable(users, COLUMNS, [NOTE], widthColumns), ...wrapped(sums, widthColumns)].join('');
}

/** `epoch 40 of 250: 3 tracked, 1 lost`. */
export function epochText(numDone: number, numEpochs: number, states: readonly UserState[]): string {
  const kinds = ['tracked', 'sought', 'lost', 'given up'] as const;
  const counts = kinds.flatMap((kind) => {
    const count = states.filter((state) => state === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return `epoch ${numDone} of ${numEpochs}: ${counts.join(', ')}`;
}

function gainText(gain: number | null): string {
  return gain === null ? '-' : gain.toFixed(3);
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
