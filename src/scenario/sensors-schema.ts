/** What users tell of where they are, and when they are out of reach, as scenarios say it. */
import { z } from 'zod';
import type { SensorPlan } from '../channel/motion/sensors.js';
import { quantity, upToEitherWay, within, zeroTo } from '../core/settings-quantity.js';
import { speedSchema } from '../core/speed-schema.js';

const time = zeroTo('604800 s', 's');
const lengthOffset = upToEitherWay('100 km', 'm');

/** Of time: [from, to] lists, in any order. */
export const windowsSchema = z
  .array(
    z
      .tuple([time, time], 'must be [from, to], two times, the earlier first')
      .refine(([from, to]) => from < to, 'the second time must be after the first'),
  )
  .max(1000, 'must list at most 1000 stretches of time');

const outliers = z
  .strictObject({
    /** Distance of an outlier from where it would have been, in any direction. */
    size: zeroTo('100 km', 'm'),
    /** Share of all readings. */
    share: quantity('1')
      .pipe(z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'))
      .optional(),
    /** The first reading at or after each. */
    times: z.array(time).max(1000).optional(),
  })
  .refine(({ share, times }) => share !== undefined || times !== undefined, {
    message: "needs 'share' or 'times', or both",
    path: ['share'],
  });

export const sensorsSchema = z.strictObject({
  /** Error of each coordinate, rms. */
  position: zeroTo('1 km', 'm').default(0.5),
  /** Errors of speed and heading, rms; velocities are told where either is given. */
  speed: speedSchema.optional(),
  heading: zeroTo('180 deg', 'rad').optional(),
  rate: within({ unit: 'Hz', least: 0.01, most: 1000 }).default(50),
  /** From the measurement until the UE can send it. */
  latency: zeroTo('60 s', 's').default(0),
  /** When there are no readings. */
  gaps: windowsSchema.default([]),
  outliers: outliers.optional(),
  /** From some time on, all positions are off by this. */
  lie: z.strictObject({ from: time, offset: z.tuple([lengthOffset, lengthOffset]) }).optional(),
  /** Whether readings come while the radio is blocked. */
  whenBlocked: z.enum(['reporting', 'silent']).default('reporting'),
});

export type SensorSettings = z.output<typeof sensorsSchema>;

export function sensorPlanOf(
  { position, speed, heading, rate, latency, gaps, outliers, lie, whenBlocked }: SensorSettings,
  blocked: readonly (readonly [number, number])[],
  away: readonly (readonly [number, number])[],
): SensorPlan {
  return {
    positionM: position,
    velocity:
      speed === undefined && heading === undefined
        ? null
        : { speedMPerS: speed ?? 0, headingRad: heading ?? 0 },
    rateHz: rate,
    latencyS: latency,
    gapsS: [...gaps, ...(whenBlocked === 'silent' ? blocked : []), ...away],
    outliers:
      outliers === undefined
        ? null
        : { sizeM: outliers.size, share: outliers.share ?? 0, timesS: outliers.times ?? [] },
    lie: lie === undefined ? null : { fromS: lie.from, offsetM: lie.offset },
  };
}
