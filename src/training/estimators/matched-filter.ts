import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Powers } from '../scheme.js';
import { BeamPowers } from './beam-powers.js';
import type { EstimatorChoice } from './choice.js';
import { buildDictionary, type Dictionary } from './dictionary.js';
import { type EstimatorSetting, type PointEstimator, requirePowersOf } from './point-estimator.js';
import { PointGrid } from './point-grid.js';
import { biasOf, type Score } from './score.js';

export type MatchedFilterOptions = Extract<EstimatorChoice, { name: 'matched-filter' }>;

/** The point of a grid whose power gains fit the powers best; the first of equals (docs/model.md eq. 59). */
export class MatchedFilterEstimator implements PointEstimator {
  readonly #codebook: SplitCodebook;
  readonly #score: Score;
  readonly #dictionary: Dictionary;

  constructor(options: MatchedFilterOptions, { codebook, sector, realise }: EstimatorSetting) {
    const codewords = codebook.pilots.map(({ codeword }) =>
      options.dictionary === 'actual' ? realise(codeword) : codeword,
    );
    this.#codebook = codebook;
    this.#score = options.score;
    this.#dictionary = buildDictionary(
      new BeamPowers(codebook, codewords, options.model),
      new PointGrid(sector, options.directions, options.rings),
    );
  }

  estimate(powers: Powers): FocalPoint {
    requirePowersOf(this.#codebook, powers);
    const bias = biasOf(this.#score, powers);
    return this.#dictionary.grid.point(this.#fullSearch(powers.perSubcarrier.map((z) => z - bias)));
  }

  #fullSearch(z: Float64Array): number {
    const { gains, inverseNorms, numValues } = this.#dictionary;
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < inverseNorms.length; index++) {
      const first = index * numValues;
      let score = 0;
      for (let k = 0; k < numValues; k++) score += z[k]! * gains[first + k]!;
      if (this.#score !== 'plain') score *= inverseNorms[index]!;
      if (score > bestScore) {
        best = index;
        bestScore = score;
      }
    }
    return best;
  }
}
