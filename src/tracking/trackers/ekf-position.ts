import { PlaceTracker } from '../place-tracker.js';
import { trackerDefinition } from '../tracker-definition.js';
import { EKF_OPTIONS, placeOptions } from './ekf-options.js';

/** Positions alone; velocities follow from them. */
export const ekfPositionTracker = trackerDefinition({
  name: 'ekf-position',
  title: 'EKF on positions',
  source: 'extended Kalman filter, constant velocity',
  options: EKF_OPTIONS,
  build: (options, setting) => new PlaceTracker(setting, placeOptions(options, false)),
});
