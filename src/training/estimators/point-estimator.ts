/** From the powers of a splitting codebook's pilots to a point. */
import type { FocalPoint, Sector } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Codeword } from '../../codebook/codeword.js';
import { BeamloopError } from '../../core/errors.js';
import type { Powers } from '../../sounding/powers.js';

/** How often a dictionary was searched, and how often all of it had to be. */
export interface SearchStatistics {
  readonly estimates: number;
  readonly fullSearches: number;
}

export interface PointEstimator {
  /** Since it was built; of estimators with a dictionary. */
  readonly statistics?: SearchStatistics;
  /** What takes long to get ready, in steps of some milliseconds; `estimate` does what is left of it. */
  readonly preparing?: Iterator<void>;
  /**
   * Where the user is. Powers have one row per pilot of the codebook and one column per subcarrier of its band.
   *
   * @throws BAD_ARGUMENT when the powers have another shape, or lack what the estimator needs.
   */
  estimate(powers: Powers): FocalPoint;
}

export interface EstimatorSetting {
  readonly codebook: SplitCodebook;
  readonly sector: Sector;
  /** What the board radiates when it is told to send a codeword; the codeword itself where nobody knows better. */
  readonly realise: (codeword: Codeword) => Codeword;
}

/** @throws BAD_ARGUMENT unless there is a finite power of every pilot on every subcarrier, and some of them are not 0. */
export function requirePowersOf({ pilots, band }: SplitCodebook, powers: Powers): void {
  const { perSubcarrier, numSubcarriers } = powers;
  if (
    numSubcarriers === band.numSubcarriers &&
    perSubcarrier.length === pilots.length * band.numSubcarriers
  ) {
    requireFinite(perSubcarrier, numSubcarriers);
    if (perSubcarrier.some((power) => power !== 0)) return;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `All ${perSubcarrier.length} powers are 0: nothing was received, not even noise`,
      todo: "Check the receiver's gain, antenna and cable",
    });
  }
  throw new BeamloopError('BAD_ARGUMENT', {
    what:
      `The estimator got ${perSubcarrier.length} powers of ${numSubcarriers} subcarriers a pilot; its codebook has ` +
      `${pilots.length} pilots of ${band.numSubcarriers} subcarriers`,
    todo: `Give ${pilots.length * band.numSubcarriers} powers, pilot by pilot`,
  });
}

function requireFinite(powers: Float64Array, numSubcarriers: number): void {
  for (let k = 0; k < powers.length; k++) {
    if (Number.isFinite(powers[k])) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The power of pilot ${Math.floor(k / numSubcarriers) + 1}, subcarrier ${k % numSubcarriers} is ${powers[k]}`,
      todo: 'Give finite powers',
    });
  }
}
