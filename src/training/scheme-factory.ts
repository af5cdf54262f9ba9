/** A scheme that is set up for an array: starts one search per user. */
import type { Band } from '../array/band.js';
import type { Sector } from '../array/focal-point.js';
import type { Codeword } from '../codebook/codeword.js';
import type { SearchStatistics } from './estimators/point-estimator.js';
import type { Scheme } from './scheme.js';

/** Codebooks and dictionaries are shared between the searches of one factory. */
export interface SchemeFactory {
  /** Starts the search for one user. */
  start(): Scheme;
  /**
   * What takes long to get ready, in steps of some milliseconds: who must not be kept that long does these before the first
   * powers come. Nothing is lost by not doing them.
   */
  preparing(): Iterator<void>;
  /** The subcarriers whose powers it wants one by one; null when it decides by their mean. */
  readonly band: Band | null;
  /**
   * The one subcarrier by which it decides; powers of that one alone will do (`numSubcarriers` 1). Null when it wants all
   * of the band, or their mean.
   */
  readonly onlySubcarrier: number | null;
  /** Searches of the estimator's dictionary so far, over all users; null where it has none. */
  searches(): SearchStatistics | null;
  /**
   * `beam`: the strongest of what was tried, by all paths together, so that nothing follows for powers of other beams. A place, on
   * which one path dominates, unless given.
   */
  readonly estimates?: 'place' | 'beam';
  /** Whether what it sends depends on the powers; if not, it sends everything in one batch. */
  readonly adaptive: boolean;
}

/** What schemes that use the whole band need to know besides the array. */
export interface WidebandSetting {
  readonly band: Band;
  /** Where users can be. */
  readonly sector: Sector;
  /** What the board radiates when it is told to send a codeword; the codeword itself where nobody knows better. */
  readonly realise?: (codeword: Codeword) => Codeword;
}

/** A scheme that decides by what is received at the carrier, or on the mean over the band. */
export function narrowband(start: () => Scheme, adaptive = true): SchemeFactory {
  return { start, preparing: nothing, band: null, onlySubcarrier: null, searches: () => null, adaptive };
}

/** For `preparing` of schemes that are ready at once. */
export function nothing(): Iterator<void> {
  return [].values();
}
