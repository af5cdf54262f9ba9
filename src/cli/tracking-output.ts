/** How tracking is told on the terminal: a row per user, and the sums. */

import type { FrameCounts } from '../camera/frame-feed.js';
import type { TrackedUserOutcome, TrackingOutcome } from '../campaign/tracking/tracking-outcome.js';
import type { ReplayedTrack, TrackerReplay } from '../campaign/tracking/tracking-replay.js';
import { plural } from '../core/plural.js';
import type { TrackingPlan } from '../scenario/tracking-plan.js';
import { seconds } from '../slots/plan-lint.js';
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
  { tracker, epochs, leftOut, users, meanGain, probeShare, camera }: TrackingOutcome,
  widthColumns: number | undefined,
): string {
  const seen = camera === null ? [] : cameraTexts(camera, users);
  const sums =
    `Tracker ${tracker}, ${plural(epochs, 'epoch')}${leftOut > 0 ? ` (and ${leftOut} left out)` : ''}: mean gain ${gainText(meanGain)}, ` +
    `${percentText(probeShare)} of the slots that serve and probe spent on probes`;
  const lines = [sums, ...seen].flatMap((text) => wrapped(text, widthColumns));
  return [userTable(users, COLUMNS, [NOTE], widthColumns), ...lines].join('');
}

/** What the camera showed, and what it was worth. */
function cameraTexts(
  { shown, late, missing, wrongSize, broken, skipped }: FrameCounts,
  users: readonly TrackedUserOutcome[],
): string[] {
  const counts = `${plural(shown, 'frame')} seen; ${late} late, ${missing} missing, ${wrongSize} of another size, ${broken} broken, ${skipped} skipped`;
  const worth = users.flatMap(({ ue, amongFiveShare, within1DbShare }) =>
    amongFiveShare === null || within1DbShare === null
      ? []
      : [
          `${ue}: the best codeword of the moment among the first five in ${percentText(amongFiveShare)} of the epochs, served ` +
            `within 1 dB of it in ${percentText(within1DbShare)}`,
        ],
  );
  return [`Camera: ${counts}`, ...worth];
}

const REPLAY_COLUMNS: readonly UserColumn<ReplayedTrack>[] = [
  NAME,
  { title: 'epochs', align: 'right', cell: ({ epochs }) => String(epochs) },
  { title: 'as in the run', align: 'right', cell: ({ same }) => String(same) },
  { title: 'not sent', align: 'right', cell: ({ epochs, sent }) => String(epochs - sent) },
  { title: 'mean gain', align: 'right', cell: ({ meanGain }) => gainText(meanGain) },
];

const REPLAY_NOTE =
  "Not sent: epochs whose run did not send the tracker's first choice to the user, so that its power is not known.";

/** What another tracker would have foretold. */
export function trackerReplayText(
  { tracker, users }: TrackerReplay,
  widthColumns: number | undefined,
): string {
  const notes = [REPLAY_NOTE, `Tracker ${tracker.name}. With --json: every prediction`];
  return userTable(users, REPLAY_COLUMNS, notes, widthColumns);
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

/** What a dry run says of epochs. */
export function trackingLines({ section, epochSlots, numEpochs, room }: TrackingPlan): string[] {
  const { servingSlots, probes, mostCodewords, busyS, linkLoad } = room;
  const share = probes / (servingSlots + probes);
  return [
    `${plural(numEpochs, 'epoch')} of ${seconds(section.epoch)}, tracker ${section.tracker.name}`,
    `${servingSlots + probes} of ${epochSlots} slots: ${servingSlots} serve, up to ${probes} probe (${percentText(share)})`,
    `up to ${plural(mostCodewords, 'new codeword')} in an epoch: the link is busy for ${percentText(linkLoad)} of it, and ` +
      `${seconds(section.epoch - busyS)} are left`,
  ];
}

function gainText(gain: number | null): string {
  return gain === null ? '-' : gain.toFixed(3);
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
