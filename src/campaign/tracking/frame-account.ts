/** What became of a camera's frames, in the events of a recording. */
import type { FrameCounts } from '../../camera/frame-feed.js';
import type { Recording } from '../../record/recording.js';

/** Kind of the event. */
export const CAMERA_FRAMES = 'camera frames';

/** Of all parts of a run that was resumed; null without a camera. */
export async function frameCounts(recording: Recording): Promise<FrameCounts | null> {
  const events = await recording.rows('events', `WHERE kind = '${CAMERA_FRAMES}'`);
  if (events.length === 0) return null;
  const sum = (of: keyof FrameCounts) =>
    events.reduce((total, { detail }) => total + (detail as FrameCounts)[of], 0);
  return {
    shown: sum('shown'),
    late: sum('late'),
    missing: sum('missing'),
    wrongSize: sum('wrongSize'),
    broken: sum('broken'),
    skipped: sum('skipped'),
  };
}
