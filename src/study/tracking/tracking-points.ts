/** The points of a tracking study: every combination of what its file lists. */
import type { TrackingStudy } from './tracking-file.js';

/** One setting in which all trackers are compared. */
export interface TrackingPoint {
  readonly snrDb: number;
  readonly epochS: number;
  readonly speedMPerS: number;
  /** Error of each coordinate that sensors tell, rms, m; null without sensors. */
  readonly sensorPositionM: number | null;
  /** Users that are served at the same time. */
  readonly numTogether: number;
}

/** The last listed varies fastest. */
export function pointsOf({ snr, epoch, motion, sensors, users }: TrackingStudy): TrackingPoint[] {
  return snr.flatMap((snrDb) =>
    epoch.flatMap((epochS) =>
      motion.speed.flatMap((speedMPerS) =>
        (sensors?.position ?? [null]).flatMap((sensorPositionM) =>
          users.together.map((numTogether) => ({ snrDb, epochS, speedMPerS, sensorPositionM, numTogether })),
        ),
      ),
    ),
  );
}

/** Groups of users at a point; the users are made up to whole groups. */
export function numGroups({ users }: TrackingStudy, { numTogether }: TrackingPoint): number {
  return Math.ceil(users.count / numTogether);
}
