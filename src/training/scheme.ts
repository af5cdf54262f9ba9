/**
 * A scheme is a generator: it yields pilots, receives powers, returns an estimate, and reads like the algorithm in its
 * paper. A campaign (boards and UE), a study (channel model) and a replay (recording) drive the same generator; it
 * cannot tell which.
 */
import type { Codeword } from '../codebook/codeword.js';

/** Pilots that the scheme wants measured before it decides anything further, in slot order. Never empty. */
export type PilotBatch = readonly Codeword[];

/** Received power per pilot of the last batch, linear, any common unit, shape [numPilots] (narrowband). */
export type Powers = Float64Array;

export interface Estimate {
  /** The codeword to serve the user with. */
  readonly codeword: Codeword;
  /** Direction from broadside, rad. */
  readonly angleRad: number;
  /** Distance from the array centre, m; Infinity on the far-field ring. */
  readonly distanceM: number;
  /** Coarse angular region index i_M (1-based), where the scheme has one. */
  readonly regionIndex?: number;
}

export type Scheme = Generator<PilotBatch, Estimate, Powers>;
