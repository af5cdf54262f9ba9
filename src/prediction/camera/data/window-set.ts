/** Windows to learn from: what a camera saw in eight frames, and the beams before, now and later. */
import type { MaskStore } from './mask-store.js';

/** Frames of a window; the last one is of the current slot. */
export const NUM_FRAMES = 8;
/** Of neighbouring frames. */
export const NUM_MASKS = NUM_FRAMES - 1;
/** Beams that are foretold: of the current slot and of six more. */
export const NUM_SLOTS = 7;

export interface WindowSet {
  readonly numWindows: number;
  readonly numBeams: number;
  /** Which pass of a vehicle each window is of, shape [numWindows]: windows of a pass are no independent samples. */
  readonly passes: Int32Array;
  readonly masks: MaskStore;
  /** Of the masks of each window, oldest first, their places in `masks`, shape [numWindows, 7]. */
  readonly maskPlaces: Int32Array;
  /** Best beams of the eight slots before the current one, oldest first, shape [numWindows, 8]. */
  readonly past: Int32Array;
  /** Of the current slot and the six after it, shape [numWindows, 7]. */
  readonly future: Int32Array;
}
