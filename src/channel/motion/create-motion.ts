import type { PointM } from '../../array/linear-array.js';
import { Random } from '../../core/random.js';
import type { Motion, VelocityMPerS } from './motion.js';
import { SampledTrack, type TrackSamples } from './sampled-track.js';
import { StraightLine } from './straight-line.js';
import type { WalkOptions } from './walk.js';
import { Walking } from './walking.js';

/** A motion as plain data: it crosses to other processes, and draws the same there. */
export type MotionPlan =
  | { readonly kind: 'line'; readonly startM: PointM; readonly velocityMPerS: VelocityMPerS }
  | ({ readonly kind: 'walk' } & WalkOptions)
  | ({ readonly kind: 'track' } & TrackSamples);

/**
 * @param seed,user key what a walk draws: each user walks by itself.
 * @throws BAD_ARGUMENT for a plan that is none.
 */
export function createMotion(plan: MotionPlan, seed: number, user: string): Motion {
  switch (plan.kind) {
    case 'line':
      return new StraightLine(plan.startM, plan.velocityMPerS);
    case 'walk':
      return new Walking(plan, new Random(seed, 'walk', user));
    case 'track':
      return new SampledTrack(plan);
  }
}
