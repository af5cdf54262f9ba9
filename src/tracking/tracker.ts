/**
 * A tracker keeps moving users in their beams. Time goes in epochs: before each, the tracker ranks codewords of its
 * codebook for every user; the epoch serves each user with the first, probes some of the others, and what was received
 * and sensed goes back to the tracker. It knows no board and no channel: campaigns, studies and replays drive the same one.
 */
import type { PointM } from '../array/linear-array.js';
import type { Frame } from '../camera/frame.js';
import type { VelocityMPerS } from '../channel/motion/motion.js';
import type { PolarCodebook } from '../codebook/polar.js';

/** A codeword of the tracker's codebook (column of it), and how likely it is the best of all. */
export interface RankedCodeword {
  readonly column: number;
  readonly probability: number;
}

/** Codewords that are less likely are not worth a word. */
export const UNLIKELY = 1e-3;

/**
 * Of one user: first the codeword to serve with, then the others, most likely first. Never empty, probabilities sum to 1 at most,
 * and the first one's is the tracker's confidence. Null: the tracker cannot say, and the user has to be found anew by the scheme.
 */
export type Prediction = readonly RankedCodeword[] | null;

/** What a UE's own sensors tell. */
export interface SensorReading {
  /** When it was measured, s of board time. */
  readonly boardTimeS: number;
  readonly positionM: PointM;
  /** Null where it tells none. */
  readonly velocityMPerS: VelocityMPerS | null;
  /**
   * Covariance of [x, y] (2 x 2) or of [x, y, vx, vy] (4 x 4), row-major, in m and m/s.
   */
  readonly covariance: readonly number[];
}

/** A codeword that a user listened to in an epoch. */
export interface EpochPilot {
  readonly column: number;
  /** Slots with serving beams of other users are heard, too: what comes through of them is interference. */
  readonly purpose: 'serve' | 'probe' | 'interference';
  /** Mean received power, linear, noise included; null when no slot of it was measured. */
  readonly power: number | null;
  /** Whose serving beam it is; the user's own place in the list of users for `serve` and `probe`. */
  readonly servedUser: number;
}

/** What came of one user's epoch. */
export interface UserEpoch {
  readonly pilots: readonly EpochPilot[];
  /** Mean noise power in the unit of the powers; 0 when nobody knows. */
  readonly noiseFloor: number;
  /** That have come since the last epoch, oldest first. */
  readonly sensors: readonly SensorReading[];
}

/** Where a scheme found a user. */
export interface FoundUser {
  /** The codeword of the tracker's codebook that a user at that place receives most of. */
  readonly column: number;
  readonly positionM: PointM;
}

/** Of all users, in their order; times in s of board time. */
export interface Tracker {
  /** A scheme found the user, at the start or after it was lost. */
  found(user: number, place: FoundUser, timeS: number): void;
  /** What came of the epoch that began at `timeS`, of every user. */
  observe(epoch: readonly UserEpoch[], timeS: number): void;
  /** Ranks codewords for the epoch that begins at `timeS`, for every user. */
  predict(timeS: number): readonly Prediction[];
  /** Of a tracker that sees by a camera; absent of others. */
  readonly eyes?: Eyes;
}

/** Frames of a camera, as a tracker wants them: before each epoch it is shown what has come. */
export interface Eyes {
  /** Pixels of a side: frames are square. */
  readonly size: number;
  /** Between frames, s. */
  readonly intervalS: number;
  /** @param follows whether the frame shows the same view as the one before, one interval later. */
  see(frame: Frame, follows: boolean): void;
}

/** What a tracker is built for. */
export interface TrackerSetting {
  readonly codebook: PolarCodebook;
  readonly numUsers: number;
  readonly epochS: number;
  /** Of the tracker's own draws. */
  readonly seed: number;
  /** Between the frames of a camera, s; absent where there is none. */
  readonly frameIntervalS?: number;
}
