import type { PlaceM } from '../../array/antenna-array.js';
import type { PointM } from '../../array/linear-array.js';
import { Random } from '../../core/random.js';
import type { Motion, VelocityMPerS } from './motion.js';
import { SampledTrack, type TrackSamples } from './sampled-track.js';
import { StraightLine } from './straight-line.js';
import type { WalkOptions } from './walk.js';
import { Walking } from './walking.js';

/** A motion as plain data: it crosses to other processes, and draws the same there. */
export type MotionPlan = (
  | { readonly kind: 'line'; readonly startM: PointM; readonly velocityMPerS: VelocityMPerS }
  | ({ readonly kind: 'walk' } & WalkOptions)
  | ({ readonly kind: 'track' } & TrackSamples)
) & {
  /** At which it goes on, m; 0 unless given. */
  readonly heightM?: number;
};

/**
 * @param seed,user key what a walk draws: each user walks by itself.
 * @throws BAD_ARGUMENT for a plan that is none.
 */
export function createMotion(plan: MotionPlan, seed: number, user: string): Motion {
  const motion = motionOnGround(plan, seed, user);
  return plan.heightM === undefined ? motion : atHeight(motion, plan.heightM);
}

/** The same motion, so much higher, m. */
function atHeight(motion: Motion, heightM: number): Motion {
  return {
    positionAt: (timeS): PlaceM => {
      const [xM, yM] = motion.positionAt(timeS);
      return [xM, yM, heightM];
    },
    velocityAt: (timeS) => motion.velocityAt(timeS),
  };
}

function motionOnGround(plan: MotionPlan, seed: number, user: string): Motion {
  switch (plan.kind) {
    case 'line':
      return new StraightLine(plan.startM, plan.velocityMPerS);
    case 'walk':
      return new Walking(plan, new Random(seed, 'walk', user));
    case 'track':
      return new SampledTrack(plan);
  }
}
