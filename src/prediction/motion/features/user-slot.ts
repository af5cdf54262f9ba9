/** What a controller knows of its users in one slot: the only ground that features stand on, in training as at run time. */
import type { PointM } from '../../../array/linear-array.js';
import type { VelocityMPerS } from '../../../channel/motion/motion.js';

interface UserSlot {
  /** The last beam known to be good, a column of the tracker's codebook. */
  readonly column: number;
  /** Received with it, noise taken off, over that of a perfectly focused beam on a path of gain 1. */
  readonly amplitude: number;
  /** As measured, or carried on from the last measurement. */
  readonly positionM: PointM;
  readonly velocityMPerS: VelocityMPerS;
}

/** Features of one user and slot. */
export interface FeatureMap {
  readonly numFeatures: number;
  /** Writes the user's features into `out` from index `at` on, before standardisation. */
  write(user: UserSlot, out: Float32Array, at: number): void;
}

/** Below it a received amplitude is nothing; that much is added before logarithms. */
const AMPLITUDE_FLOOR = 1e-3;
/** Nearer users would make distances of 0, m. */
const NEAREST_M = 0.1;

export function logAmplitude(amplitude: number): number {
  return Math.log10(Math.min(amplitude, 1e3) + AMPLITUDE_FLOOR);
}

export function distanceM([xM, yM]: PointM): number {
  return Math.max(NEAREST_M, Math.hypot(xM, yM));
}

/** Sine of the angle from broadside. */
export function sineOf(pointM: PointM): number {
  return Math.min(1, Math.max(-1, pointM[1] / distanceM(pointM)));
}
