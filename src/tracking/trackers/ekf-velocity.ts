import { PlaceTracker } from '../place-tracker.js';
import { trackerDefinition } from '../tracker-definition.js';
import { EKF_OPTIONS, placeOptions } from './ekf-options.js';

/** Positions, and velocities where a reading has one. */
export const ekfVelocityTracker = trackerDefinition({
  name: 'ekf-velocity',
  title: 'EKF on positions and velocities',
  source: 'extended Kalman filter, constant velocity',
  options: EKF_OPTIONS,
  build: (options, setting) => new PlaceTracker(setting, placeOptions(options, true)),
});
