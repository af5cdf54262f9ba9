import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { halfWidthRingPerM, halfWidthSinAngle } from '../../codebook/beam-width.js';
import type { Powers } from '../../sounding/powers.js';
import { gainsOf } from './beam-powers.js';
import type { EstimatorChoice } from './choice.js';
import { Dictionary } from './dictionary.js';
import { GridGains } from './grid-gains.js';
import { GridSearch } from './grid-search.js';
import { type EstimatorSetting, type PointEstimator, requirePowersOf } from './point-estimator.js';
import { PointGrid } from './point-grid.js';
import { Refinement } from './refinement.js';

export type MatchedFilterOptions = Extract<EstimatorChoice, { name: 'matched-filter' }>;

/** The point of a grid whose power gains fit the powers best; the first of equals (docs/model.md eq. 67). */
export class MatchedFilterEstimator implements PointEstimator {
  readonly #codebook: SplitCodebook;
  readonly #options: MatchedFilterOptions;
  readonly #dictionary: Dictionary;
  /** Null until the dictionary is needed. */
  #search: GridSearch | null = null;
  readonly #refinement: Refinement | null;
  #estimates = 0;
  #fullSearches = 0;

  constructor(options: MatchedFilterOptions, { codebook, sector, realise }: EstimatorSetting) {
    const codewords = codebook.pilots.map(({ codeword }) =>
      options.dictionary === 'actual' ? realise(codeword) : codeword,
    );
    this.#codebook = codebook;
    this.#options = options;
    const grid = new PointGrid(sector, options.directions, options.rings);
    const gains = new GridGains(codebook, codewords, options.model, grid);
    this.#dictionary = new Dictionary(grid, gains, options.score);
    const { array } = codebook;
    this.#refinement = options.refine
      ? new Refinement(gainsOf(codebook, codewords, options.model, grid.ringReachPerM), options.score, {
          sinAngle: halfWidthSinAngle(array, array.carrierHz),
          ringPerM: halfWidthRingPerM(array, array.carrierHz),
        })
      : null;
  }

  get statistics() {
    return { estimates: this.#estimates, fullSearches: this.#fullSearches };
  }

  get preparing(): Iterator<void> {
    return this.#dictionary.filling;
  }

  estimate(powers: Powers): FocalPoint {
    requirePowersOf(this.#codebook, powers);
    const index = this.#bestOfGrid(powers);
    const best = this.#dictionary.grid.point(index);
    if (this.#refinement === null) return best;
    return this.#refinement.climb(powers, best, this.#dictionary.grid.surroundings(index)).point;
  }

  /** Index of the best point of the grid. */
  #bestOfGrid(powers: Powers): number {
    this.#search ??= new GridSearch(this.#dictionary);
    this.#estimates++;
    const quick = this.#options.search === 'full' ? null : this.#search.coarseToFine(powers);
    if (quick !== null) return quick;
    this.#fullSearches++;
    return this.#search.full(powers);
  }
}
