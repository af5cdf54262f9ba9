/**
 * Spatial-chirp tiers: focusing beams over ever finer cells in direction and distance ring (docs/model.md eq. 17b). A beam's
 * phase along the array is a chirp: its intercept is the direction, its slope the inverse ring distance. How the cells are laid
 * out is a reconstruction from the numbers of pilots that are published.
 */
import { polarPointM } from '../array/linear-array.js';
import type { Codeword } from './codeword.js';
import { requirePowerOfTwo } from './dpc.js';
import { type PolarCodebook, planeWavePhaseRad, requireIndex } from './polar.js';

export class ChirpCodebook {
  readonly polar: PolarCodebook;
  /** Tiers after the first: half of log2 N, rounded down. At the last there are two directions per angle of the polar codebook. */
  readonly numTiers: number;
  readonly #codewords = new Map<string, Codeword>();

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(polar: PolarCodebook) {
    this.polar = polar;
    this.numTiers = Math.floor(requirePowerOfTwo(polar.array.numElements, 'The spatial-chirp codebook') / 2);
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
    const key = `chirp/${tier}/${direction}/${slope}`;
    const known = this.#codewords.get(key);
    if (known !== undefined) return known;
    const { array, numRings } = this.polar;
    const isFar = rings === 0 || numRings === 1;
    const ringM = isFar ? Infinity : this.polar.ringDistanceM(numRings - 1) / rings;
    const codeword: Codeword = {
      key,
      label: { kind: 'chirp', tier, direction, slope },
      phaseRad: isFar
        ? planeWavePhaseRad(array, sinAngle)
        : array.propagationPhaseRad(polarPointM(ringM * (1 - sinAngle ** 2), Math.asin(sinAngle))),
      delayS: null,
      amplitude: null,
    };
    this.#codewords.set(key, codeword);
    return codeword;
  }
}
