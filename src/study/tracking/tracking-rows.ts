/** From scores of groups to the rows of a tracking study. */
import { grouped } from '../common/grouped.js';
import { meanOf } from '../common/mean.js';
import type { StudyRow } from '../common/result.js';
import type { TrackingStudy } from './tracking-file.js';
import { pointsOf } from './tracking-points.js';
import type { GroupScore } from './tracking-tally.js';

/** One tracker at one point; the rows that `beamloop study --json` prints. */
export interface TrackingRow extends StudyRow {
  readonly id: string;
  /** Null = no noise. */
  readonly snrDb: number | null;
  readonly epochS: number;
  readonly speedMPerS: number;
  /** Null without sensors. */
  readonly sensorPositionM: number | null;
  readonly numTogether: number;
  readonly numUes: number;
  /** Received power against that of the best codeword of the moment, mean over users and epochs (eq. 21 of the paper). */
  readonly gain: number;
  readonly gainInterval95: readonly [number, number];
  readonly gainLoss: number;
  /** Share of users' epochs that are served with the best codeword, and that rank it among the first three. */
  readonly top1: number;
  readonly top3: number;
  /** Of the codewords (eq. 22 of the paper); about twice the share that is missed. */
  readonly nmse: number;
  /** bit/s/Hz (eq. 4 of the paper). */
  readonly sumRate: number;
  readonly sumRateInterval95: readonly [number, number];
  /** Of a user and epoch. */
  readonly probes: number;
  readonly trainingPilots: number;
  readonly unserved: number;
}

/** Columns that say which point a row is; the others are results. */
export const TRACKING_KEYS = ['id', 'snrDb', 'epochS', 'speedMPerS', 'sensorPositionM', 'numTogether'];

/** In the order points, trackers. */
export function trackingRows(study: TrackingStudy, scores: readonly GroupScore[]): TrackingRow[] {
  const ids = Object.keys(study.trackers);
  const byRow = grouped(scores, ({ pointIndex, trackerIndex }) => pointIndex * ids.length + trackerIndex);
  return pointsOf(study).flatMap((point, pointIndex) =>
    ids.map((id, trackerIndex): TrackingRow => {
      const groups = byRow.get(pointIndex * ids.length + trackerIndex)!;
      const meanBy = (of: (score: GroupScore) => number) => meanOf(groups.map(of));
      const gain = meanBy((score) => score.gain);
      const sumRate = meanBy((score) => score.sumRate);
      return {
        id,
        ...point,
        snrDb: Number.isFinite(point.snrDb) ? point.snrDb : null,
        numUes: groups.length * point.numTogether,
        gain: gain.mean,
        gainInterval95: gain.interval95,
        gainLoss: 1 - gain.mean,
        top1: meanBy((score) => score.top1).mean,
        top3: meanBy((score) => score.top3).mean,
        nmse: meanBy((score) => score.nmse).mean,
        sumRate: sumRate.mean,
        sumRateInterval95: sumRate.interval95,
        probes: meanBy((score) => score.probes).mean,
        trainingPilots: meanBy((score) => score.trainingPilots).mean,
        unserved: meanBy((score) => score.unserved).mean,
      };
    }),
  );
}
