/** Which codewords of a tracker's codebook serve a place, or one that is known by a belief only. */

import { type PointM, polarPointM } from '../array/linear-array.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { codewordWeights } from '../codebook/weights.js';
import { type ComplexVector, transposeProduct } from '../core/complex.js';
import { largest, smallest } from '../core/extremes.js';
import type { Estimate } from '../training/scheme.js';
import { CoarseGains } from './coarse-gains.js';
import { type FoundUser, type RankedCodeword, UNLIKELY } from './tracker.js';

/** The best codeword points at most so many directions beside the user: between two, a defocused one may be better than either. */
const DIRECTIONS_BESIDE = 2;
/** In front of the array, so near to it that no user is nearer, m. */
const NEAREST_M = 0.05;
/**
 * Points that stand for a normal distribution, as midpoints of as many equally likely parts: more of them across the beam, where
 * a codeword ends sooner, than along it.
 */
const ACROSS = [-1.4652, -0.7916, -0.3661, 0, 0.3661, 0.7916, 1.4652];
const ALONG = [-0.9674, 0, 0.9674];
/** An estimate on the far-field ring is taken to lie so many times as far away as the outermost ring. */
const FAR = 2;
/** Of a codebook that has no other ring, m: any distance will do. */
const FAR_AWAY_M = 1000;
/** Share of the spacing of directions below which a deviation changes nothing worth a look. */
const NEGLIGIBLE = 0.02;

/** Directions of a codebook, by their numbers from 0. */
interface Directions {
  readonly first: number;
  readonly last: number;
}

/** Of codewords in a range of directions: how likely each is the best, and what it brings, over the points of a belief. */
class Tally {
  readonly #first: number;
  readonly #width: number;
  readonly #codebook: PolarCodebook;
  /** By ring and direction, shape [numRings, width]. */
  readonly #probabilities: Float64Array;
  readonly #worths: Float64Array;

  constructor(first: number, last: number, codebook: PolarCodebook) {
    this.#first = first;
    this.#width = last - first + 1;
    this.#codebook = codebook;
    this.#probabilities = new Float64Array(codebook.numRings * this.#width);
    this.#worths = new Float64Array(codebook.numRings * this.#width);
  }

  add(column: number, probability: number, worth: number): void {
    const { numAngles } = this.#codebook;
    const angle = column % numAngles;
    const at = ((column - angle) / numAngles) * this.#width + angle - this.#first;
    this.#probabilities[at]! += probability;
    this.#worths[at]! += worth;
  }

  /** Those that were added. */
  codewords(): { readonly column: number; readonly probability: number; readonly worth: number }[] {
    const { numAngles } = this.#codebook;
    return Array.from(this.#worths, (worth, at) => {
      const ring = Math.floor(at / this.#width);
      const column = ring * numAngles + this.#first + (at % this.#width);
      return { column, probability: this.#probabilities[at]!, worth };
    }).filter(({ worth }) => worth > 0);
  }
}

export class BeamMap {
  readonly codebook: PolarCodebook;
  readonly #weights = new Map<number, ComplexVector>();
  /** Made for who ranks by beliefs: it takes memory for the whole codebook. */
  #coarse: CoarseGains | null = null;

  constructor(codebook: PolarCodebook) {
    this.codebook = codebook;
  }

  /** Share of a perfectly focused beam's power that a user at this place receives of a codeword: from 0 to 1. */
  gain(column: number, placeM: PointM): number {
    return this.#gain(column, this.#wave(placeM));
  }

  /** The codeword that a user at this place receives most of; the lowest column of equals. */
  best(placeM: PointM): number {
    const wave = this.#wave(placeM);
    let [best, most] = [0, -1];
    for (const column of this.#columnsOf(this.#directionsAt(placeM))) {
      const gain = this.#gain(column, wave);
      if (gain > most || (gain === most && column < best)) [best, most] = [column, gain];
    }
    return best;
  }

  /** Where a scheme found a user, and the codeword that serves it there. */
  found({ distanceM, angleRad }: Estimate): FoundUser {
    const { numRings } = this.codebook;
    const outermostM = this.codebook.ringDistanceM(numRings);
    const farM = outermostM === Number.POSITIVE_INFINITY ? FAR_AWAY_M : FAR * outermostM;
    const positionM = polarPointM(Math.min(distanceM, farM), angleRad);
    return { column: this.best(positionM), positionM };
  }

  /**
   * How likely each codeword is the best for a user that is somewhere around a place: each point of the belief has a vote, which
   * nearly all goes to its best. First comes the codeword to serve with, which is good at most points though it may be the best
   * at few; then the others, most likely first.
   *
   * @param covariance of [x, y], m^2, shape [2, 2].
   */
  rank(placeM: PointM, covariance: readonly [number, number, number, number]): RankedCodeword[] {
    const points = this.#pointsOf(placeM, covariance);
    const windows = points.map((point) => this.#directionsAt(point));
    const first = smallest(windows.map((window) => window.first));
    const last = largest(windows.map((window) => window.last));
    const tally = new Tally(first, last, this.codebook);
    for (const [k, point] of points.entries()) this.#vote(point, windows[k]!, points.length, tally);
    const all = tally.codewords();
    const serving = all.reduce((best, each) => (each.worth > best.worth ? each : best));
    const others = all
      .filter((each) => each !== serving && each.probability >= UNLIKELY)
      .sort((a, b) => b.probability - a.probability || a.column - b.column);
    return [serving, ...others].map(({ column, probability }) => ({ column, probability }));
  }

  #vote(point: PointM, { first, last }: Directions, numPoints: number, tally: Tally): void {
    const columns = this.#columnsOf({ first, last });
    this.#coarse ??= new CoarseGains(this.codebook);
    const gains = this.#coarse.gains(inFront(point), columns);
    let most = 0;
    for (const gain of gains) if (gain > most) most = gain;
    let votes = 0;
    for (const gain of gains) votes += vote(gain / most);
    for (let k = 0; k < columns.length; k++) {
      const share = gains[k]! / most;
      tally.add(columns[k]!, vote(share) / votes / numPoints, Math.sqrt(share));
    }
  }

  #gain(column: number, wave: ComplexVector): number {
    const { re, im } = transposeProduct(wave, this.#weightsOf(column));
    return (re * re + im * im) / this.codebook.array.numElements;
  }

  #wave(placeM: PointM): ComplexVector {
    return this.codebook.array.steeringVector(inFront(placeM));
  }

  #weightsOf(column: number): ComplexVector {
    const known = this.#weights.get(column);
    if (known !== undefined) return known;
    const { codebook } = this;
    const weights = codewordWeights(codebook.codeword(codebook.indexOf(column)), codebook.array.carrierHz);
    this.#weights.set(column, weights);
    return weights;
  }

  /** Those of codewords that may be the best at a place. */
  #directionsAt(placeM: PointM): Directions {
    const { numAngles, array } = this.codebook;
    const [x, y] = inFront(placeM);
    const nearest = this.codebook.nearestAngle(y / Math.hypot(x, y));
    // Fewer directions than elements leave gaps between them, more lie closer than a beam is wide.
    const beside = DIRECTIONS_BESIDE * Math.max(1, Math.round(numAngles / array.numElements));
    return { first: Math.max(0, nearest - beside), last: Math.min(numAngles - 1, nearest + beside) };
  }

  /** All rings of these directions. */
  #columnsOf({ first, last }: Directions): number[] {
    const { numAngles, numRings } = this.codebook;
    const columns: number[] = [];
    for (let ring = 0; ring < numRings; ring++) {
      for (let angle = first; angle <= last; angle++) columns.push(ring * numAngles + angle);
    }
    return columns;
  }

  /** Along and across the direction of the place. */
  #pointsOf([x, y]: PointM, [xx, xy, , yy]: readonly [number, number, number, number]): PointM[] {
    const distance = Math.hypot(x, y);
    const [ux, uy] = distance === 0 ? [1, 0] : [x / distance, y / distance];
    const along = Math.max(0, ux * ux * xx + 2 * ux * uy * xy + uy * uy * yy);
    const across = Math.max(0, uy * uy * xx - 2 * ux * uy * xy + ux * ux * yy);
    const both = ux * uy * (yy - xx) + (ux * ux - uy * uy) * xy;
    const acrossM = Math.sqrt(across);
    const tilt = across === 0 ? 0 : both / across;
    const restM = Math.sqrt(Math.max(0, along - tilt * both));
    const spacingM = (2 / this.codebook.numAngles) * Math.max(distance, NEAREST_M);
    const [acrossSteps, alongSteps] = [
      acrossM < NEGLIGIBLE * spacingM ? [0] : ACROSS,
      restM < NEGLIGIBLE * distance ? [0] : ALONG,
    ];
    return acrossSteps.flatMap((a) =>
      alongSteps.map((b): PointM => {
        const sideM = a * acrossM;
        const aheadM = b * restM + tilt * sideM;
        return [x + aheadM * ux - sideM * uy, y + aheadM * uy + sideM * ux];
      }),
    );
  }
}

/**
 * What a point says for a codeword that has this share of the best one's gain there: with the fifth power codewords are the best as
 * often as is said.
 */
function vote(share: number): number {
  const square = share * share;
  return square * square * share;
}

/** A belief may reach behind the array, where no user is. */
function inFront([x, y]: PointM): PointM {
  return [Math.max(x, NEAREST_M), y];
}
