/**
 * A scheme is a generator: it yields pilots, receives powers, returns an estimate, and reads like the algorithm in its
 * paper. A campaign (boards and UE), a study (channel model) and a replay (recording) drive the same generator; it
 * cannot tell which.
 */
import type { FocalPoint } from '../array/focal-point.js';
import type { Codeword } from '../codebook/codeword.js';

/** Pilots that the scheme wants measured before it decides anything further, in slot order. Never empty. */
export type PilotBatch = readonly Codeword[];

/** What was received of the last batch, in slot order; linear, any common unit. */
export interface Powers {
  /** Mean over subcarriers per pilot, shape [numPilots]: what narrowband schemes decide by. */
  readonly mean: Float64Array;
  /** Shape [numPilots, numSubcarriers], row-major. */
  readonly perSubcarrier: Float64Array;
  readonly numSubcarriers: number;
  /** Mean noise power per subcarrier in the same unit; 0 when there is none, or nobody knows. */
  readonly noiseFloor: number;
  /** What a subcarrier would receive of a perfectly focused beam, noise apart; null where nobody knows. */
  readonly fullGainPower: number | null;
  /** What the UE made of powers that it did not report; `perSubcarrier` holds their means then. */
  readonly localEstimate?: FocalPoint;
}

/** Powers of pilots on `numSubcarriers` subcarriers each, shape [numPilots, numSubcarriers], row-major. */
export function powersOf(
  perSubcarrier: Float64Array,
  numSubcarriers: number,
  noiseFloor = 0,
  fullGainPower: number | null = null,
): Powers {
  const mean =
    numSubcarriers === 1
      ? perSubcarrier
      : Float64Array.from({ length: perSubcarrier.length / numSubcarriers }, (_, k) => {
          let sum = 0;
          for (let m = 0; m < numSubcarriers; m++) sum += perSubcarrier[k * numSubcarriers + m]!;
          return sum / numSubcarriers;
        });
  return { mean, perSubcarrier, numSubcarriers, noiseFloor, fullGainPower };
}

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
