/** Values between those of every few directions, by a short windowed sinc (docs/model.md eq. 65). */
import { besselI0 } from '../../core/bessel.js';

/** Samples per turn of the fastest element over the least that fix it. */
const LEAST_OVERSAMPLING = 1.4;
/** Neighbours on each side grow with what is left between the band and its image: the window's transform fits in there. */
const NEIGHBOURS = 3;
/** What the filter misses is tabulated at so many turns per sample apart. */
const TABLE_STEP = 1 / 512;

export class DirectionFilter {
  /** Directions from one sample to the next; 1 leaves nothing out. */
  readonly stride: number;
  /** Samples on each side of a direction that its value takes. */
  readonly half: number;
  /** Of the samples from 1 - half to half, for a direction k/stride past sample 0, shape [stride][2 half]. */
  readonly weights: readonly Float64Array[];
  readonly #missed: Float64Array;

  /**
   * @param turns by the fastest element from one direction to the next.
   * @param numDirections limits the stride: near the ends of the grid nothing can be left out.
   */
  constructor(turns: number, numDirections: number) {
    const most = Math.min(1 / (2 * LEAST_OVERSAMPLING * turns), Math.sqrt(numDirections / 16));
    this.stride = Math.max(1, Math.floor(most) || 1);
    const gap = this.stride === 1 ? 1 : 1 - 2 * turns * this.stride;
    this.half = Math.ceil(NEIGHBOURS / gap);
    this.weights = Array.from({ length: this.stride }, (_, k) => kaiserSinc(k / this.stride, this.half, gap));
    let missed = 0;
    this.#missed = Float64Array.from({ length: 1 / TABLE_STEP + 1 }, (_, k) => {
      missed = Math.max(missed, this.#missedAt(k * TABLE_STEP));
      return missed;
    });
  }

  /**
   * Amplitude that is missed of a unit vector which turns so far from sample to sample, or less far, at most. What the
   * filter misses has ripples: an element that turns more slowly, such as at a lower frequency, may be missed by more.
   */
  missed(turns: number): number {
    return this.#missed[Math.ceil(turns / TABLE_STEP)] ?? 2;
  }

  #missedAt(turns: number): number {
    let most = 0;
    this.weights.forEach((weights, k) => {
      let re = Math.cos((2 * Math.PI * turns * k) / this.stride);
      let im = Math.sin((2 * Math.PI * turns * k) / this.stride);
      weights.forEach((weight, j) => {
        const angle = 2 * Math.PI * turns * (j + 1 - this.half);
        re -= weight * Math.cos(angle);
        im -= weight * Math.sin(angle);
      });
      most = Math.max(most, Math.hypot(re, im));
    });
    return most;
  }
}

/** @param gap share of the spectrum between the band and its image. */
function kaiserSinc(place: number, half: number, gap: number): Float64Array {
  const beta = Math.PI * half * gap;
  return Float64Array.from({ length: 2 * half }, (_, j) => {
    const x = place - (j + 1 - half);
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return (sinc * besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2)))) / besselI0(beta);
  });
}
