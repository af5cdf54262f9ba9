/** Windows of data as plain arrays: what a controller knew of its users for some slots, and what was true in the next. */
import { BeamloopError } from '../../../core/errors.js';

export interface WindowSizes {
  readonly numWindows: number;
  readonly numSlots: number;
  readonly numUsers: number;
  readonly numPaths: number;
}

/** Row-major; W windows, T slots, K users, L paths. */
export interface WindowSet extends WindowSizes {
  /** Best codeword of each slot and of the next, [W, T + 1, K]. */
  readonly best: Int32Array;
  /** Last beams known, [W, T, K]: the best ones but for strays. */
  readonly known: Int32Array;
  /** Measured x, y, vx, vy in m and m/s, [W, T, K, 4]; NaN where the sensor has a gap. */
  readonly sensed: Float32Array;
  /** What user k receives of user j's last known beam, noise taken off, in units of `UserSlot`, [W, T, K, K]. */
  readonly amplitudes: Float32Array;
  /** Of the slot to be predicted: re, im, x, y of each path, m, [W, K, L, 4]. */
  readonly paths: Float64Array;
}

export function emptyWindows(sizes: WindowSizes): WindowSet {
  const { numWindows, numSlots, numUsers, numPaths } = sizes;
  const perSlot = numWindows * numSlots * numUsers;
  return {
    ...sizes,
    best: new Int32Array(numWindows * (numSlots + 1) * numUsers),
    known: new Int32Array(perSlot),
    sensed: new Float32Array(perSlot * 4),
    amplitudes: new Float32Array(perSlot * numUsers),
    paths: new Float64Array(numWindows * numUsers * numPaths * 4),
  };
}

/** Copies the windows of `part` into `whole`, the first one to `firstWindow`. */
export function placeWindows(whole: WindowSet, part: WindowSet, firstWindow: number): void {
  for (const key of ['best', 'known', 'sensed', 'amplitudes', 'paths'] as const) {
    const perWindow = whole[key].length / whole.numWindows;
    if (part[key].length !== perWindow * part.numWindows) {
      throw new BeamloopError('INTERNAL', { what: `Windows of different sizes: ${key}` });
    }
    whole[key].set(part[key], firstWindow * perWindow);
  }
}
