/**
 * Spatial-chirp tiers: focusing beams over ever finer cells in direction and distance ring (docs/model.md eq. 21). A beam's
 * phase along the array is a chirp: its intercept is the direction, its slope the inverse ring distance. How the cells are laid
 * out is a reconstruction from the numbers of pilots that are published.
 */
import type { Codeword } from './codeword.js';
import { FocusedBeams } from './focused-beams.js';
import { type PolarCodebook, requireIndex } from './polar.js';

export class ChirpCodebook extends FocusedBeams {
  /** Tiers after the first: half of log2 N, rounded down. At the last there are two directions per angle of the polar codebook. */
  readonly numTiers: number;

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(polar: PolarCodebook) {
    super(polar, 'The spatial-chirp codebook');
    this.numTiers = Math.floor(this.numHalvings / 2);
  }

  /** Of tier 0 (the first) to numTiers. */
  numDirections(tier: number): number {
    return this.polar.numAngles / 2 ** (this.numTiers - requireIndex('tier', tier + 1, this.numTiers + 1));
  }

  numSlopes(tier: number): number {
    return 2 ** tier;
  }

  /** Sine of the middle of direction cell `direction` (from 1). */
  sinAngle(tier: number, direction: number): number {
    const count = this.numDirections(tier);
    return (2 * requireIndex('direction', direction, count) - 1 - count) / count;
  }

  /**
   * Middle of slope cell `slope` (from 1) in rings of the polar codebook counted from the one at infinity, which are evenly
   * spaced in 1/distance: the cells reach from half a ring beyond the last to half a ring inside the innermost.
   */
  ringsFromInfinity(tier: number, slope: number): number {
    const count = this.numSlopes(tier);
    const share = (requireIndex('slope', slope, count) - 0.5) / count;
    return Math.max(0, share * this.polar.numRings - 0.5);
  }

  /** The polar codebook's angle whose cell direction cell `direction` lies in. */
  nearestAngle(tier: number, direction: number): number {
    return Math.ceil((direction * this.polar.numAngles) / this.numDirections(tier));
  }

  /** The polar codebook's ring that is nearest to the middle of slope cell `slope`. */
  nearestRing(tier: number, slope: number): number {
    const { numRings } = this.polar;
    return numRings - Math.min(numRings - 1, Math.round(this.ringsFromInfinity(tier, slope)));
  }

  /** Focuses on the middle of a cell. */
  codeword(tier: number, direction: number, slope: number): Codeword {
    const sinAngle = this.sinAngle(tier, direction);
    const rings = this.ringsFromInfinity(tier, slope);
    const { numRings } = this.polar;
    const ringM = rings === 0 || numRings === 1 ? Infinity : this.polar.ringDistanceM(numRings - 1) / rings;
    return this.focused(
      `chirp/${tier}/${direction}/${slope}`,
      { kind: 'chirp', tier, direction, slope },
      sinAngle,
      ringM,
    );
  }
}
