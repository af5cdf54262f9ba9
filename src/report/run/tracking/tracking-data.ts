/** What a report tells of a run that tracked its users. */
import { z } from 'zod';
import type { PointM } from '../../../array/linear-array.js';
import type { FrameCounts } from '../../../camera/frame-feed.js';
import { frameCounts } from '../../../campaign/tracking/frame-account.js';
import { type NoticedTrouble, noticedTroubles } from '../../../campaign/tracking/troubles.js';
import type { PolarCodebook } from '../../../codebook/polar.js';
import { type TrackerCodebook, trackerCodebook } from '../../../codebook/tracking.js';
import { BeamloopError } from '../../../core/errors.js';
import type { Recording } from '../../../record/recording.js';
import type { Row } from '../../../record/schema.js';

const trackingFacts = z.object({
  tracking: z.object({
    epoch: z.number(),
    tracker: z.looseObject({ name: z.string() }),
    codebook: z.object({
      directions: z.number(),
      rings: z.number(),
      spread: z.enum(['sines', 'angles']).optional(),
    }),
  }),
});

export type EpochRow = Row<'epochs'>;

export interface TrackedUser {
  readonly ue: string;
  /** In their order. */
  readonly epochs: readonly EpochRow[];
  /** Where it truly was; empty where nobody knows. */
  readonly track: readonly { readonly timeS: number; readonly positionM: PointM }[];
}

export interface TrackingData {
  readonly tracker: string;
  readonly trackerOptions: Readonly<Record<string, unknown>>;
  readonly epochS: number;
  readonly codebook: PolarCodebook | null;
  /** Board time of the first epoch, s. */
  readonly startS: number;
  readonly users: readonly TrackedUser[];
  /** Of each epoch and user that had one, what the tracker named first. */
  readonly firstChoices: readonly Row<'predictions'>[];
  readonly numReadings: number;
  /** What became of the camera's frames; null without a camera. */
  readonly frames: FrameCounts | null;
  /** What was noticed of users, in the order of time. */
  readonly troubles: readonly NoticedTrouble[];
}

/** Null for a run that did not track. */
export async function readTracking(
  recording: Recording,
  scenario: unknown,
  users: readonly Row<'users'>[],
  polar: PolarCodebook | null,
): Promise<TrackingData | null> {
  const facts = trackingFacts.safeParse(scenario).data;
  if (facts === undefined) return null;
  const [epochs, positions, firstChoices, readings, troubles, frames] = await Promise.all([
    recording.rows('epochs'),
    recording.rows('positions'),
    recording.rows('predictions', 'WHERE rank = 1'),
    recording.query("SELECT count(*) AS count FROM sensor_reports WHERE sensor = 'ue'"),
    noticedTroubles(recording),
    frameCounts(recording),
  ]);
  const { tracker, epoch, codebook } = facts.tracking;
  const { name, ...trackerOptions } = tracker;
  return {
    tracker: name,
    trackerOptions,
    epochS: epoch,
    codebook: codebookOf(codebook, polar),
    startS: epochs[0]?.boardTimeS ?? 0,
    users: users.map((user) => ({
      ue: user.ue,
      epochs: epochs.filter(({ ue }) => ue === user.ue),
      track: trackOf(user, positions),
    })),
    firstChoices,
    numReadings: Number(readings[0]!.count),
    troubles,
    frames,
  };
}

/** Of a user that stands still, its place. */
function trackOf({ ue, xM, yM }: Row<'users'>, positions: readonly Row<'positions'>[]): TrackedUser['track'] {
  const moved = positions.filter((row) => row.ue === ue);
  if (moved.length > 0)
    return moved.map((row) => ({ timeS: row.boardTimeS, positionM: [row.xM, row.yM] as const }));
  return xM === null || yM === null ? [] : [{ timeS: 0, positionM: [xM, yM] }];
}

function codebookOf(described: TrackerCodebook, polar: PolarCodebook | null): PolarCodebook | null {
  if (polar === null) return null;
  try {
    return trackerCodebook(polar.array, described);
  } catch (error) {
    if (error instanceof BeamloopError) return null;
    throw error;
  }
}

/** A stretch of epochs in which a user had been in its beam before and was not. */
export interface Loss {
  readonly ue: string;
  readonly fromS: number;
  /** Null where it was not had back by the end. */
  readonly epochsUntilBack: number | null;
  /** Whether it was given up meanwhile. */
  readonly wasGivenUp: boolean;
}

/** In the order of time. Times are since the first epoch. */
export function lossesOf({ users, startS }: TrackingData): Loss[] {
  return users
    .flatMap(({ ue, epochs }) => {
      const losses: Loss[] = [];
      for (let k = 1; k < epochs.length; k++) {
        if (epochs[k - 1]!.state !== 'tracked' || epochs[k]!.state === 'tracked') continue;
        const back = epochs.findIndex(({ state }, j) => j > k && state === 'tracked');
        const until = back < 0 ? epochs.length : back;
        losses.push({
          ue,
          fromS: epochs[k]!.boardTimeS - startS,
          epochsUntilBack: back < 0 ? null : epochs[back]!.epoch - epochs[k]!.epoch,
          wasGivenUp: epochs.slice(k, until).some(({ state }) => state === 'given up'),
        });
      }
      return losses;
    })
    .sort((a, b) => a.fromS - b.fromS);
}
