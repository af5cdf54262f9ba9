/** What a tracking study keeps and computes. */
import { largest } from '../../core/extremes.js';
import { kept, keptTrainings, rows, type Size } from '../common/study-sizes.js';
import type { TrackingStudy } from './tracking-file.js';
import { pointsOf } from './tracking-points.js';

export function trackingSizes(study: TrackingStudy): Size[] {
  const { users, trackers, epochs, array, codebook, channel } = study;
  const numPoints =
    study.snr.length *
    study.epoch.length *
    study.motion.speed.length *
    (study.sensors?.position.length ?? 1) *
    users.together.length;
  const numRows = numPoints * Object.keys(trackers).length;
  const tooManyPoints = rows('SNRs × epochs × speeds × sensors × users together × trackers', numRows);
  if (tooManyPoints.size > tooManyPoints.most) return [tooManyPoints];
  const most = largest(pointsOf(study).map(({ numTogether }) => numTogether));
  return [
    tooManyPoints,
    keptTrainings('users × epochs × points × trackers', numRows * users.count * epochs),
    kept(
      'The weights of the codebook',
      'elements × directions × rings × 2',
      2 * array.elements * codebook.directions * codebook.rings,
    ),
    kept('What users hear of each other', 'users together²', most ** 2),
    kept('What propagation paths reach', 'elements × paths', array.elements * channel.gainVariances.length),
  ];
}
