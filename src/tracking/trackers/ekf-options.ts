/** Options of the trackers that filter places. */
import { z } from 'zod';
import { quantity, upTo } from '../../core/settings-quantity.js';
import { speedSchema } from '../../core/speed-schema.js';
import type { PlaceTrackerOptions } from '../place-tracker.js';

export const EKF_OPTIONS = {
  /** How fast users are and how much they turn in an epoch: spectral density (speed turn)^2/epoch of the acceleration. */
  speed: speedSchema.default(18),
  turn: upTo('180 deg', 'rad').default((5 * Math.PI) / 180),
  /** Standard deviations. */
  gate: quantity('1').pipe(z.number('must be finite').min(1).max(1000)).default(5),
  bearing: z.enum(['never', 'when-blind', 'always']).default('when-blind'),
};

export function placeOptions(
  { speed, turn, gate, bearing }: z.output<z.ZodObject<typeof EKF_OPTIONS>>,
  withVelocity: boolean,
): PlaceTrackerOptions {
  return { withVelocity, speedMPerS: speed, turnRad: turn, gate, bearing };
}
