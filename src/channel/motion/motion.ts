/** Where a user is as time goes on. */
import type { PlaceM } from '../../array/antenna-array.js';

/** Metres per second along x and y. */
export type VelocityMPerS = readonly [xMPerS: number, yMPerS: number];

/**
 * A motion is a function of time, and of nothing else: whoever asks, in whatever order, is told the same. Time counts from
 * where the motion begins; on virtual time that is the board's time 0.
 */
export interface Motion {
  /** m. Before 0 it is where the motion begins, after its end where it ended. */
  positionAt(timeS: number): PlaceM;
  velocityAt(timeS: number): VelocityMPerS;
}
