/** A scheme is a sounding that finds one user, and reads like the algorithm in its paper. */
import type { Codeword } from '../codebook/codeword.js';
import type { Sounding } from '../sounding/sounding.js';

export interface Estimate {
  /** The codeword to serve the user with. */
  readonly codeword: Codeword;
  /** Direction from broadside, rad; of a planar array the azimuth in its own frame. */
  readonly angleRad: number;
  /** In the own frame of a planar array, rad; absent for linear arrays, which tell none. */
  readonly elevationRad?: number;
  /** Distance from the array centre, m; Infinity on the far-field ring. */
  readonly distanceM: number;
  /** Coarse angular region index i_M (1-based), where the scheme has one. */
  readonly regionIndex?: number;
}

export type Scheme = Sounding<Estimate>;
