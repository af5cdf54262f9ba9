/** Windows to learn from: what a camera saw in eight frames, and the beams before, now and later. */

/** Frames of a window; the last one is of the current slot. */
export const NUM_FRAMES = 8;
/** Of neighbouring frames. */
export const NUM_MASKS = NUM_FRAMES - 1;
/** Beams that are foretold: of the current slot and of six more. */
export const NUM_SLOTS = 7;

export interface WindowSet {
  readonly numWindows: number;
  /** Pixels of a side of a mask. */
  readonly size: number;
  readonly numBeams: number;
  /** Which pass of a vehicle each window is of, shape [numWindows]: windows of a pass are no independent samples. */
  readonly passes: Int32Array;
  /** Oldest first, shape [numWindows, 7, size, size]; ones where something moved. */
  readonly masks: Uint8Array;
  /** Best beams of the eight slots before the current one, oldest first, shape [numWindows, 8]. */
  readonly past: Int32Array;
  /** Of the current slot and the six after it, shape [numWindows, 7]. */
  readonly future: Int32Array;
}

/**
 * Indices of windows by pass: no pass is on two sides, or what is learned by heart would pass for foresight.
 *
 * @param shares of the passes, summing to 1 at most, in the order of the passes' numbers.
 */
export function splitByPass(passes: Int32Array, shares: readonly number[]): number[][] {
  const numbers = [...new Set(passes)].sort((a, b) => a - b);
  const place = new Map(numbers.map((number, k) => [number, k]));
  let begin = 0;
  return shares.map((share) => {
    const from = begin;
    begin += share;
    const isHere = (pass: number) => {
      const at = (place.get(pass)! + 0.5) / numbers.length;
      return at >= from && at < begin;
    };
    return Array.from(passes.keys()).filter((k) => isHere(passes[k]!));
  });
}
