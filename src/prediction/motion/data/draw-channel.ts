/** Users of one window: where they go, and their paths (learned trackers' setting of docs/model.md). */
import type { PointM } from '../../../array/linear-array.js';
import { polarPointM } from '../../../array/linear-array.js';
import { WALK_DEFAULTS, type WalkStep, walk } from '../../../channel/motion/walk.js';
import type { Path } from '../../../channel/paths.js';
import type { Complex } from '../../../core/complex.js';
import { Random } from '../../../core/random.js';
import type { DrawnModel } from '../model-file.js';

/** What is drawn by itself: windows of one purpose never change with those of another. */
export type Purpose = 'training' | 'validation' | 'evaluation';

export interface UserTrack {
  /** The user at each slot and at the next, [slots + 1]. */
  readonly steps: readonly WalkStep[];
  /** At a slot: line of sight first. Gains stay as they are for the whole window. */
  pathsAt(slot: number): Path[];
}

export function drawTrack(model: DrawnModel, random: Random): UserTrack {
  const { users, motion, channel, slots, epoch } = model;
  const startM = drawPlace(users, random, motion.leastX);
  const walking = walk(
    {
      ...WALK_DEFAULTS,
      startM,
      stepS: epoch,
      turnRad: motion.turn === 'any' ? null : motion.turn,
      meanSpeedMPerS: motion.speed,
      firstSpeedVariance: motion.firstSpeedDeviation ** 2,
      limits: { leastXM: motion.leastX, distanceM: [0, Infinity] },
    },
    random,
  );
  const steps = Array.from({ length: slots + 1 }, () => walking.next().value);
  const lineOfSight = drawGain(1, random);
  const scattered = Array.from({ length: channel.scatterers }, () => ({
    gain: drawGain(10 ** (channel.scattered / 10), random),
    positionM: drawPlace(users, random, motion.leastX),
  }));
  return {
    steps,
    pathsAt: (slot) => [{ gain: lineOfSight, positionM: steps[slot]!.positionM }, ...scattered],
  };
}

/** Uniform by area within the sector, and not nearer to the array's line than users may come. */
function drawPlace({ angle, distance }: DrawnModel['users'], random: Random, leastXM: number): PointM {
  const [nearM, farM] = distance;
  for (;;) {
    const rangeM = Math.sqrt(nearM ** 2 + (farM ** 2 - nearM ** 2) * random.uniform());
    const placeM = polarPointM(rangeM, angle * (2 * random.uniform() - 1));
    if (placeM[0] >= leastXM) return placeM;
  }
}

/** Circular complex normal of this mean power. */
function drawGain(power: number, random: Random): Complex {
  const scale = Math.sqrt(power / 2);
  return { re: scale * random.normal(), im: scale * random.normal() };
}

/** The stream of one user of one window. */
export function userRandom(
  seed: number,
  purpose: Purpose,
  window: number,
  user: number,
  what: string,
): Random {
  return new Random(seed, 'model', purpose, window, user, what);
}
