/**
 * From the best point of a grid to the best point anywhere near it: steps of Gauss and Newton on the same score, damped
 * until they climb (docs/model.md eq. 72).
 */
import type { FocalPoint } from '../../array/focal-point.js';
import type { Powers } from '../../sounding/powers.js';
import type { PointGains } from './beam-powers.js';
import type { PointRange } from './point-grid.js';
import { biasOf, type Score } from './score.js';

const MAX_STEPS = 12;
/** Steps end when they are this small, in half-widths of a beam. */
const SMALL_STEP = 1e-4;
/** Derivatives are taken over this much of a half-width. */
const DIFFERENCE = 1e-3;
/** No step goes further than this many half-widths. */
const LARGEST_STEP = 1;

export interface RefinedPoint {
  readonly point: FocalPoint;
  readonly score: number;
}

export class Refinement {
  readonly #gains: PointGains;
  readonly #score: Score;
  readonly #widths: FocalPoint;
  readonly #z: Float64Array;
  #here: Float64Array;
  #there: Float64Array;
  readonly #bySinAngle: Float64Array;
  readonly #byRing: Float64Array;

  /** @param widths half-widths of a beam, which make steps in direction and ring alike. */
  constructor(gains: PointGains, score: Score, widths: FocalPoint) {
    const { numValues } = gains;
    this.#gains = gains;
    this.#score = score;
    this.#widths = widths;
    this.#z = new Float64Array(numValues);
    this.#here = new Float64Array(numValues);
    this.#there = new Float64Array(numValues);
    this.#bySinAngle = new Float64Array(numValues);
    this.#byRing = new Float64Array(numValues);
  }

  /** Climbs from a point to the nearest maximum of the score within the range. */
  climb(powers: Powers, from: FocalPoint, range: PointRange): RefinedPoint {
    const bias = biasOf(this.#score, powers);
    for (let k = 0; k < this.#z.length; k++) this.#z[k] = powers.perSubcarrier[k]! - bias;
    let point = from;
    this.#gains.evaluate(point, this.#here);
    let score = this.#scoreOf(this.#here);
    let damping = 1e-3;
    for (let step = 0; step < MAX_STEPS; step++) {
      const { gradient, curvature } = this.#slopesAt(point, range);
      let climbed = false;
      let length = 0;
      while (!climbed && damping < 1e6) {
        const move = solved(gradient, curvature, damping);
        const next = this.#moved(point, move, range);
        length = Math.hypot(
          (next.sinAngle - point.sinAngle) / this.#widths.sinAngle,
          (next.ringPerM - point.ringPerM) / this.#widths.ringPerM,
        );
        if (length < SMALL_STEP) return { point, score };
        this.#gains.evaluate(next, this.#there);
        const nextScore = this.#scoreOf(this.#there);
        climbed = nextScore > score;
        if (climbed) {
          [this.#here, this.#there] = [this.#there, this.#here];
          point = next;
          score = nextScore;
          damping = Math.max(1e-6, damping / 10);
        } else {
          damping *= 8;
        }
      }
      if (!climbed) break;
    }
    return { point, score };
  }

  #moved(point: FocalPoint, [x, y]: readonly [number, number], range: PointRange): FocalPoint {
    const shrink = Math.min(1, LARGEST_STEP / Math.hypot(x, y));
    return {
      sinAngle: clamp(point.sinAngle + shrink * x * this.#widths.sinAngle, range.sinAngle),
      ringPerM: clamp(point.ringPerM + shrink * y * this.#widths.ringPerM, range.ringPerM),
    };
  }

  #scoreOf(gains: Float64Array): number {
    let product = 0;
    let energy = 0;
    for (let k = 0; k < gains.length; k++) {
      product += this.#z[k]! * gains[k]!;
      energy += gains[k]! * gains[k]!;
    }
    return this.#score === 'plain' ? product : product / Math.sqrt(energy);
  }

  /**
   * With u_i the derivatives of the gains less what only scales them, and a the scale that fits the powers: gradient
   * a <u_i, z>, curvature a^2 <u_i, u_j>, per half-width.
   */
  #slopesAt({ sinAngle, ringPerM }: FocalPoint, range: PointRange) {
    const here = this.#here;
    const dx = inward(sinAngle, range.sinAngle, this.#widths.sinAngle);
    const dy = inward(ringPerM, range.ringPerM, this.#widths.ringPerM);
    // Rounding might lead over the edge, and gains are known up to there only.
    const across = clamp(ringPerM + dy * this.#widths.ringPerM, range.ringPerM);
    this.#gains.evaluate({ sinAngle: sinAngle + dx * this.#widths.sinAngle, ringPerM }, this.#bySinAngle);
    this.#gains.evaluate({ sinAngle, ringPerM: across }, this.#byRing);
    let energy = 0;
    let fit = 0;
    let hx = 0;
    let hy = 0;
    let xx = 0;
    let xy = 0;
    let yy = 0;
    let zx = 0;
    let zy = 0;
    for (let k = 0; k < here.length; k++) {
      const h = here[k]!;
      const z = this.#z[k]!;
      const x = (this.#bySinAngle[k]! - h) / dx;
      const y = (this.#byRing[k]! - h) / dy;
      energy += h * h;
      fit += z * h;
      hx += h * x;
      hy += h * y;
      xx += x * x;
      xy += x * y;
      yy += y * y;
      zx += z * x;
      zy += z * y;
    }
    const scale = fit / energy;
    // The score plain has no norm to divide by: growing gains count for it.
    const share = this.#score === 'plain' ? 0 : fit / energy;
    const gradient = [scale * (zx - share * hx), scale * (zy - share * hy)] as const;
    const square = scale * scale;
    const curvature = [
      square * (xx - (hx * hx) / energy),
      square * (xy - (hx * hy) / energy),
      square * (yy - (hy * hy) / energy),
    ] as const;
    return { gradient, curvature };
  }
}

/** Damped solution of the two normal equations; damping is relative to the diagonal. */
function solved(
  [gx, gy]: readonly [number, number],
  [xx, xy, yy]: readonly [number, number, number],
  damping: number,
): readonly [number, number] {
  const a = xx * (1 + damping);
  const b = yy * (1 + damping);
  const determinant = a * b - xy * xy;
  if (!(determinant > 0)) return [0, 0];
  return [(gx * b - gy * xy) / determinant, (gy * a - gx * xy) / determinant];
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.max(low, Math.min(high, value));
}

/** Over what a difference is taken, in half-widths: towards the middle of the range, so that it stays inside. */
function inward(value: number, [low, high]: readonly [number, number], width: number): number {
  const up = (high - value) / width;
  const down = (value - low) / width;
  return down < up ? Math.min(DIFFERENCE, up) : -Math.min(DIFFERENCE, down);
}
