/** All trackers that a scenario may name. */
import { BeamloopError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { CAMERA_TRACKERS } from '../prediction/camera/camera-trackers.js';
import { LEARNED_TRACKERS } from '../prediction/motion/trackers/learned-trackers.js';
import type { Tracker, TrackerSetting } from '../tracking/tracker.js';
import {
  type TrackerChoice,
  type TrackerDefinition,
  trackerSchemaOf,
} from '../tracking/tracker-definition.js';
import { CLASSICAL_TRACKERS } from '../tracking/trackers/list.js';

/** In the order in which they are listed to people. */
const TRACKERS: readonly TrackerDefinition[] = [
  ...CLASSICAL_TRACKERS,
  ...LEARNED_TRACKERS,
  ...CAMERA_TRACKERS,
];

export const trackerSchema = trackerSchemaOf(TRACKERS);

export function trackerNames(): readonly string[] {
  return TRACKERS.map(({ name }) => name);
}

/** @throws BAD_ARGUMENT when no tracker has the name. */
function trackerOf({ name }: Pick<TrackerChoice, 'name'>): TrackerDefinition {
  const definition = TRACKERS.find((each) => each.name === name);
  if (definition !== undefined) return definition;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no tracker ${name}`,
    todo: `Did you mean '${nearest(name, trackerNames())}'? Trackers: ${trackerNames().join(', ')}`,
  });
}

/** @throws as the tracker's `build`. */
export async function buildTracker(choice: TrackerChoice, setting: TrackerSetting): Promise<Tracker> {
  return trackerOf(choice).build(choice, setting);
}
