/** From the powers of a splitting codebook's pilots to a point. */
import type { FocalPoint, Sector } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { Powers } from '../scheme.js';

export interface PointEstimator {
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
