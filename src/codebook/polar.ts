/**
 * Polar codebook: beams focused on a grid of angles and rings (Cui and Dai 2022; docs/model.md eq. 10 to 13). Trackers use one
 * with fewer angles and no ring at infinity (Qian et al. 2026).
 */
import type { LinearArray, PointM } from '../array/linear-array.js';
import { requireWhole } from '../core/arguments.js';
import { BeamloopError } from '../core/errors.js';
import { wrappedRad } from '../core/turns.js';
import { type Codeword, phaseCodeword } from './codeword.js';
import { CodewordCache } from './codeword-cache.js';

/** Position in the polar codebook, 1-based: ring 1 is the innermost, the last ring is at infinity unless that is left out. */
export interface PolarIndex {
  readonly ring: number;
  readonly angleIndex: number;
}

export interface PolarCodebookOptions {
  /** Rings S, the one at infinity included. */
  readonly numRings: number;
  /** beta_Delta of eq. 12; sets the distance of the rings. */
  readonly ringSpacing?: number;
  /** As many as elements unless given; a power of two of them can be searched quickly. */
  readonly numAngles?: number;
  /** Sines of the angles, ascending, in place of `numAngles` evenly spread ones. */
  readonly sinAngles?: Float64Array;
  /** Whether the last ring is at infinity; true unless given. */
  readonly withInfinity?: boolean;
  /** Of its codewords: keys begin with it. A run may use a codebook of each. */
  readonly name?: 'polar' | 'tracking';
}

export class PolarCodebook {
  readonly array: LinearArray;
  readonly numRings: number;
  readonly numAngles: number;
  /** In ring-major order: column (ring - 1) numAngles + angleIndex - 1. */
  readonly numCodewords: number;
  /** sin beta_n, n = 1..numAngles, shape [numAngles] (eq. 10). */
  readonly sinAngles: Float64Array;
  /** Whether the sines are those of eq. 10. */
  readonly hasEvenSines: boolean;
  /** Ring distance of ring 1..S, m; the last is Infinity unless that ring is left out (eq. 12). */
  readonly ringDistancesM: Float64Array;
  /** Distance of the ring one step of curvature nearer than infinity, m: Z_Delta of eq. 12. */
  readonly firstRingM: number;
  readonly #name: 'polar' | 'tracking';
  readonly #codewords: CodewordCache<number, Codeword>;

  /** @throws BAD_ARGUMENT unless numRings >= 1, ringSpacing > 0 and numAngles >= 2. */
  constructor(array: LinearArray, options: PolarCodebookOptions) {
    const { numRings, ringSpacing = 1.2, sinAngles } = options;
    const numAngles = sinAngles?.length ?? options.numAngles ?? array.numElements;
    const { withInfinity = true, name = 'polar' } = options;
    if (!Number.isInteger(numRings) || numRings < 1 || numRings > 1000) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `A polar codebook cannot have ${numRings} rings`,
        todo: 'Give a whole number from 1 to 1000; the ring at infinity counts',
      });
    }
    if (!(ringSpacing > 0 && ringSpacing < Infinity)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `The ring spacing is ${ringSpacing}`,
        todo: 'Give a positive number; 1.2 is usual',
      });
    }
    requireWhole('numAngles', numAngles, 2, 65_535);
    this.array = array;
    this.#name = name;
    this.#codewords = new CodewordCache(array.numElements);
    this.numRings = numRings;
    this.numAngles = numAngles;
    this.numCodewords = this.numAngles * numRings;
    this.hasEvenSines = sinAngles === undefined;
    this.sinAngles =
      sinAngles ??
      Float64Array.from({ length: this.numAngles }, (_, k) => (2 * k + 1 - this.numAngles) / this.numAngles);
    this.firstRingM = array.apertureM ** 2 / (2 * array.wavelengthM * ringSpacing ** 2);
    const lastCurvature = withInfinity ? 0 : 1;
    this.ringDistancesM = Float64Array.from({ length: numRings }, (_, k) => {
      const curvature = numRings - 1 - k + lastCurvature;
      return curvature === 0 ? Infinity : this.firstRingM / curvature;
    });
  }

  /** @throws BAD_ARGUMENT when there is no such column. */
  column({ ring, angleIndex }: PolarIndex): number {
    requireIndex('ring', ring, this.numRings);
    requireIndex('angle index', angleIndex, this.numAngles);
    return (ring - 1) * this.numAngles + angleIndex - 1;
  }

  indexOf(column: number): PolarIndex {
    return {
      ring: Math.floor(column / this.numAngles) + 1,
      angleIndex: (column % this.numAngles) + 1,
    };
  }

  codewordAt(column: number): Codeword {
    return this.codeword(this.indexOf(column));
  }

  ringDistanceM(ring: number): number {
    return this.ringDistancesM[requireIndex('ring', ring, this.numRings) - 1]!;
  }

  angleRad(angleIndex: number): number {
    return Math.asin(this.#sinAngle(angleIndex));
  }

  /** Distance of the focus from the array's centre, m: ring distance times cos^2 of the angle (eq. 11). */
  distanceM({ ring, angleIndex }: PolarIndex): number {
    const ringM = this.ringDistanceM(ring);
    return ringM === Infinity ? Infinity : ringM * (1 - this.#sinAngle(angleIndex) ** 2);
  }

  /** Focus of a codeword, m; null on the ring at infinity. */
  focusM(index: PolarIndex): PointM | null {
    const distanceM = this.distanceM(index);
    if (distanceM === Infinity) return null;
    const sine = this.#sinAngle(index.angleIndex);
    return [distanceM * Math.sqrt(1 - sine ** 2), distanceM * sine];
  }

  /** Focusing codeword conj(b)/sqrt N (eq. 13). */
  codeword(index: PolarIndex): Codeword {
    const { ring, angleIndex } = index;
    return this.#codewords.get(this.column(index), () => {
      const focusM = this.focusM(index);
      const sinAngle = this.#sinAngle(angleIndex);
      return phaseCodeword(
        `${this.#name}/${ring}/${angleIndex}`,
        { kind: this.#name, ring, angleIndex },
        () =>
          focusM === null ? planeWavePhaseRad(this.array, sinAngle) : this.array.propagationPhaseRad(focusM),
        focusM === null ? { kind: 'far', sinAngle } : { kind: 'focus', pointM: focusM },
      );
    });
  }

  /** Place from 0 of the angle whose sine is nearest to a given one, among `sinAngles`. */
  nearestAngle(sine: number): number {
    if (this.hasEvenSines) return Math.round(((sine + 1) * this.numAngles - 1) / 2);
    let [low, high] = [0, this.numAngles - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.sinAngles[middle]! <= sine) low = middle;
      else high = middle;
    }
    return sine - this.sinAngles[low]! <= this.sinAngles[high]! - sine ? low : high;
  }

  #sinAngle(angleIndex: number): number {
    return this.sinAngles[requireIndex('angle index', angleIndex, this.numAngles) - 1]!;
  }
}

/** Phase -pi delta_n sin(beta) of a beam to infinity, reduced to [-pi, pi], rad, shape [numElements]. */
export function planeWavePhaseRad(array: LinearArray, sinAngle: number): Float64Array {
  return Float64Array.from({ length: array.numElements }, (_, k) => {
    return wrappedRad((-array.elementOffset(k) * sinAngle) / 2);
  });
}

/** Returns `index` if it is a whole number in 1..`last`. */
export function requireIndex(name: string, index: number, last: number): number {
  if (Number.isInteger(index) && index >= 1 && index <= last) return index;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no ${name} ${index}`,
    todo: `Give a whole number from 1 to ${last}`,
  });
}
