/** How users move, as scenarios say it. */
import { z } from 'zod';
import type { PlaceM, PointM } from '../array/antenna-array.js';
import type { MotionPlan } from '../channel/motion/create-motion.js';
import { samplesAtSpeed, type TrackSamples } from '../channel/motion/sampled-track.js';
import { WALK_DEFAULTS } from '../channel/motion/walk.js';
import { quantity, upTo, upToEitherWay, zeroTo } from '../core/settings-quantity.js';
import { speedSchema, velocityPartSchema } from '../core/speed-schema.js';
import { directionSchema, distancesSchema, positionSchema } from './place-schema.js';

const time = zeroTo('604800 s', 's');

function eitherOr(context: z.core.$RefinementCtx, path: string, message: string, todo: string): void {
  context.addIssue({ code: 'custom', path: [path], message, params: { todo } });
}

const line = z
  .strictObject({
    kind: z.literal('line'),
    /** Where a drawn user is drawn unless given. */
    start: positionSchema.optional(),
    velocity: z
      .tuple([velocityPartSchema, velocityPartSchema], 'must be [along x, along y], each with its unit')
      .optional(),
    speed: speedSchema.optional(),
    /** From broadside, counter-clockwise. */
    heading: directionSchema.optional(),
  })
  .superRefine(({ velocity, speed, heading }, context) => {
    const todo = 'Give velocity: [1 m/s, 0.5 m/s], or speed: 1 m/s and heading: 90 deg';
    if (velocity !== undefined && (speed !== undefined || heading !== undefined)) {
      eitherOr(context, 'velocity', "does not go with 'speed' and 'heading'; choose one", todo);
    } else if (velocity === undefined && (speed === undefined || heading === undefined)) {
      eitherOr(context, speed === undefined ? 'speed' : 'heading', 'is missing', todo);
    }
  });

const waypoints = z
  .strictObject({
    kind: z.literal('waypoints'),
    points: z.array(positionSchema).min(2, 'must list at least two points').max(10_000),
    speed: speedSchema.pipe(z.number().positive('must be above 0')).optional(),
    /** At which it passes each point. */
    times: z.array(time).optional(),
    /** With a speed: from the last point on to the first, and round again. */
    laps: z.int().min(1).max(10_000).optional(),
  })
  .superRefine(({ points }, context) => {
    const [[, , heightM]] = points as [PlaceM, ...PlaceM[]];
    if (points.every(([, , other]) => other === heightM)) return;
    eitherOr(context, 'points', 'are at different heights', 'Give all of them the same z: motions are level');
  })
  .superRefine(({ points, speed, times, laps = 1 }, context) => {
    const todo = 'Give speed: 1 m/s, or times: [0 s, 2 s, …], one for each point';
    if (speed !== undefined && times !== undefined) {
      eitherOr(context, 'times', "does not go with 'speed'; choose one", todo);
    } else if (speed === undefined && times === undefined) {
      eitherOr(context, 'speed', 'is missing', todo);
    } else if (times !== undefined && times.length !== points.length) {
      eitherOr(context, 'times', `has ${times.length} times for ${points.length} points`, todo);
    } else if (times !== undefined && laps > 1) {
      eitherOr(context, 'laps', "does not go with 'times'; choose one", todo);
    } else if (points.length * laps > 100_000) {
      eitherOr(context, 'laps', 'with so many points are more than 100 000 points', 'Give fewer of them');
    } else if (times?.some((each, k) => k > 0 && each <= times[k - 1]!)) {
      eitherOr(context, 'times', 'must ascend', 'Put the points in order of time');
    }
  });

const walk = z
  .strictObject({
    kind: z.literal('walk'),
    /** Where a drawn user is drawn unless given. */
    start: positionSchema.optional(),
    step: upTo('60 s', 's').default(20e-3),
    speed: speedSchema.default(WALK_DEFAULTS.meanSpeedMPerS),
    /** Share of the speed that is kept from step to step. */
    memory: quantity('1')
      .pipe(z.number().min(0, 'must be from 0 to 0.9999').max(0.9999, 'must be from 0 to 0.9999'))
      .default(WALK_DEFAULTS.memory),
    speedDeviation: speedSchema.default(WALK_DEFAULTS.speedDeviationMPerS),
    /** What random accelerations add to the speed in a step, rms. */
    acceleration: speedSchema.optional(),
    firstSpeedDeviation: speedSchema.optional(),
    /** `independent`: every step's is drawn by itself, as in the paper. */
    heading: z.enum(['correlated', 'independent']).default('correlated'),
    /** From step to step, rms. */
    turn: upToEitherWay('180 deg', 'rad').optional(),
    /** Users turn back before they come nearer to the array's line. */
    leastX: zeroTo('100 km', 'm').default(WALK_DEFAULTS.limits.leastXM),
    /** From the array's centre, that the user keeps within. */
    distance: distancesSchema.optional(),
  })
  .superRefine(({ heading, turn }, context) => {
    if (heading !== 'independent' || turn === undefined) return;
    eitherOr(
      context,
      'turn',
      "does not go with 'heading: independent'",
      'Leave one of them out: independent headings do not turn from one another',
    );
  });
const DEFAULT_TURN_RAD = (5 * Math.PI) / 180;

const trackFile = z.strictObject({
  kind: z.literal('file'),
  /** Taken relative to the scenario file. */
  file: z.string().min(1),
  /** Of files with latitude and longitude: where the array is, and where it looks, clockwise from north. */
  origin: z
    .strictObject({
      latitude: upToEitherWay('90 deg', 'rad'),
      longitude: upToEitherWay('180 deg', 'rad'),
      heading: upToEitherWay('360 deg', 'rad'),
    })
    .optional(),
  /** Time of the file at which the motion begins; that of its first sample unless given. */
  from: upToEitherWay('1e12 s', 's').optional(),
});

export const motionSchema = z.discriminatedUnion('kind', [line, waypoints, walk, trackFile]);

/** How a user moves, in SI units. */
export type MotionSettings = z.output<typeof motionSchema> & {
  /** What a file holds, once it was read. */
  readonly samples?: TrackSamples;
};

/** Where a motion says that it begins; null where a place has to be drawn for it. */
export function startOf(motion: MotionSettings): PlaceM | null {
  if (motion.kind === 'line' || motion.kind === 'walk') return motion.start ?? null;
  return motion.kind === 'waypoints' ? motion.points[0]! : (motion.samples?.positionM[0] ?? null);
}

function onGround(places: readonly PlaceM[]): PointM[] {
  return places.map(([xM, yM]) => [xM, yM]);
}

/** @param startM where it begins, of a motion that does not say it. */
export function motionPlanOf(motion: MotionSettings, startM: PlaceM): MotionPlan {
  const [xM, yM, heightM] = startM;
  const plan = planOnGround(motion, [xM, yM]);
  return heightM === undefined ? plan : { ...plan, heightM };
}

/** A single one ends at its last point, several where they began. */
function inLaps<P>(points: readonly P[], laps: number): readonly P[] {
  if (laps === 1) return points;
  return [...Array.from({ length: laps }, () => points).flat(), points[0]!];
}

function planOnGround(motion: MotionSettings, startM: PointM): MotionPlan {
  switch (motion.kind) {
    case 'line': {
      const { velocity, speed = 0, heading = 0 } = motion;
      const velocityMPerS = velocity ?? [speed * Math.cos(heading), speed * Math.sin(heading)];
      return { kind: 'line', startM, velocityMPerS };
    }
    case 'waypoints':
      return motion.times === undefined
        ? {
            kind: 'track',
            ...samplesAtSpeed(inLaps(onGround(motion.points), motion.laps ?? 1), motion.speed!),
          }
        : { kind: 'track', timeS: motion.times, positionM: onGround(motion.points) };
    case 'walk':
      return {
        kind: 'walk',
        startM,
        stepS: motion.step,
        turnRad: motion.heading === 'independent' ? null : Math.abs(motion.turn ?? DEFAULT_TURN_RAD),
        meanSpeedMPerS: motion.speed,
        memory: motion.memory,
        speedDeviationMPerS: motion.speedDeviation,
        accelerationVariance:
          motion.acceleration === undefined ? WALK_DEFAULTS.accelerationVariance : motion.acceleration ** 2,
        firstSpeedVariance:
          motion.firstSpeedDeviation === undefined
            ? WALK_DEFAULTS.firstSpeedVariance
            : motion.firstSpeedDeviation ** 2,
        limits: {
          leastXM: motion.leastX,
          distanceM: motion.distance ?? WALK_DEFAULTS.limits.distanceM,
        },
      };
    case 'file':
      return { kind: 'track', ...motion.samples! };
  }
}
