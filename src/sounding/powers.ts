/** What was received of pilots. */
import type { FocalPoint } from '../array/focal-point.js';
import { requireFinite, requireLength, requireWhole } from '../core/arguments.js';

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
  /**
   * Place of the pilot with the largest mean, the first of equals, where that can be told in less time than all powers take; null or
   * not there where it cannot.
   */
  strongest?(): number | null;
}

/**
 * Powers of pilots on `numSubcarriers` subcarriers each, shape [numPilots, numSubcarriers], row-major.
 *
 * @throws BAD_ARGUMENT for another shape, and for a pilot whose mean power is none.
 */
export function powersOf(
  perSubcarrier: Float64Array,
  numSubcarriers: number,
  noiseFloor = 0,
  fullGainPower: number | null = null,
): Powers {
  requireWhole('numSubcarriers', numSubcarriers, 1, 65_535);
  const numPilots = Math.ceil(perSubcarrier.length / numSubcarriers);
  requireLength('perSubcarrier', perSubcarrier, numPilots * numSubcarriers);
  const mean =
    numSubcarriers === 1
      ? perSubcarrier
      : Float64Array.from({ length: numPilots }, (_, k) => {
          let sum = 0;
          for (let m = 0; m < numSubcarriers; m++) sum += perSubcarrier[k * numSubcarriers + m]!;
          return sum / numSubcarriers;
        });
  for (const power of mean) if (Number.isNaN(power)) requireFinite('perSubcarrier', power);
  return { mean, perSubcarrier, numSubcarriers, noiseFloor, fullGainPower };
}
