/** What a user's own sensors tell of where it is: an emulation of them (docs/model.md eq. 90 and 91). */
import type { PointM } from '../../array/linear-array.js';
import { Random } from '../../core/random.js';
import type { Motion, VelocityMPerS } from './motion.js';

/** A stretch of time, its end not included, s. */
export type WindowS = readonly [fromS: number, toS: number];

export interface SensorPlan {
  /** Error of each coordinate, rms, m. */
  readonly positionM: number;
  /** Errors of speed and heading, rms; null = no velocity is told. */
  readonly velocity: { readonly speedMPerS: number; readonly headingRad: number } | null;
  readonly rateHz: number;
  /** From the measurement until the UE can send it, s. */
  readonly latencyS: number;
  /** When there are no readings. */
  readonly gapsS: readonly WindowS[];
  /** Readings that are off by `sizeM` in any direction: a share of all, and the first ones at or after some times. */
  readonly outliers: {
    readonly sizeM: number;
    readonly share: number;
    readonly timesS: readonly number[];
  } | null;
  /** From some time on, all positions are off by this. */
  readonly lie: { readonly fromS: number; readonly offsetM: PointM } | null;
}

/** One reading, as docs/ue-protocol.md has it but for the clock. */
export interface Sensed {
  /** Counted from 1; silence has no number. */
  readonly sequence: number;
  /** s of the motion's time. */
  readonly measuredS: number;
  readonly positionM: PointM;
  readonly velocityMPerS: VelocityMPerS | null;
  /** Of what the sensor believes of itself: [x, y] 2 x 2 or [x, y, vx, vy] 4 x 4, row-major, m and m/s. */
  readonly covariance: readonly number[];
}

/** Times that differ by less are the same, s: slots and samples are counted in different steps. */
const SAME_S = 1e-9;

/** Readings one after the other. Noise is keyed by the sample's number: what was sent before changes nothing. */
export class Sensors {
  readonly #plan: SensorPlan;
  readonly #motion: Motion;
  readonly #seed: number;
  readonly #user: string;
  /** Listed outliers that have not come yet, ascending, s. */
  readonly #outlierTimesS: number[];
  #sample = 0;
  #sequence = 0;

  constructor(plan: SensorPlan, motion: Motion, seed: number, user: string) {
    this.#plan = plan;
    this.#motion = motion;
    this.#seed = seed;
    this.#user = user;
    this.#outlierTimesS = [...(plan.outliers?.timesS ?? [])].sort((a, b) => a - b);
  }

  /** Readings that have become ready since the last call and by `timeS`, oldest first. */
  readyBy(timeS: number): Sensed[] {
    const { rateHz, latencyS, gapsS } = this.#plan;
    const ready: Sensed[] = [];
    for (; this.#sample / rateHz + latencyS <= timeS + SAME_S; this.#sample++) {
      const measuredS = this.#sample / rateHz;
      if (isWithin(measuredS, gapsS)) continue;
      ready.push(this.#measure(this.#sample, measuredS));
    }
    return ready;
  }

  #measure(sample: number, measuredS: number): Sensed {
    const { positionM: rmsM, velocity, lie } = this.#plan;
    const random = new Random(this.#seed, 'sensor', this.#user, sample);
    let [xM, yM] = this.#motion.positionAt(measuredS);
    xM += rmsM * random.normal();
    yM += rmsM * random.normal();
    const speedError = random.normal();
    const headingError = random.normal();
    const [outX, outY] = this.#outlier(measuredS, random);
    xM += outX;
    yM += outY;
    if (lie !== null && measuredS >= lie.fromS - SAME_S) {
      xM += lie.offsetM[0];
      yM += lie.offsetM[1];
    }
    const common = { sequence: ++this.#sequence, measuredS, positionM: [xM, yM] as const };
    if (velocity === null)
      return { ...common, velocityMPerS: null, covariance: [rmsM ** 2, 0, 0, rmsM ** 2] };
    const [vx, vy] = this.#motion.velocityAt(measuredS);
    const speed = Math.hypot(vx, vy) + velocity.speedMPerS * speedError;
    const heading = Math.atan2(vy, vx) + velocity.headingRad * headingError;
    return {
      ...common,
      velocityMPerS: [speed * Math.cos(heading), speed * Math.sin(heading)],
      covariance: covarianceOf(rmsM, velocity.speedMPerS, speed * velocity.headingRad, heading),
    };
  }

  #outlier(measuredS: number, random: Random): PointM {
    const { outliers } = this.#plan;
    if (outliers === null) return [0, 0];
    const byChance = random.uniform() < outliers.share;
    const angleRad = 2 * Math.PI * random.uniform();
    let isListed = false;
    while (this.#outlierTimesS.length > 0 && this.#outlierTimesS[0]! <= measuredS + SAME_S) {
      this.#outlierTimesS.shift();
      isListed = true;
    }
    if (!byChance && !isListed) return [0, 0];
    return [outliers.sizeM * Math.cos(angleRad), outliers.sizeM * Math.sin(angleRad)];
  }
}

export function isWithin(timeS: number, windowsS: readonly WindowS[]): boolean {
  return windowsS.some(([fromS, toS]) => timeS >= fromS - SAME_S && timeS < toS - SAME_S);
}

/** Of [x, y, vx, vy], the velocity's errors being along and across the heading. */
function covarianceOf(
  positionM: number,
  alongMPerS: number,
  acrossMPerS: number,
  headingRad: number,
): number[] {
  const cos = Math.cos(headingRad);
  const sin = Math.sin(headingRad);
  const along = alongMPerS ** 2;
  const across = acrossMPerS ** 2;
  const xx = along * cos * cos + across * sin * sin;
  const yy = along * sin * sin + across * cos * cos;
  const xy = (along - across) * sin * cos;
  const p = positionM ** 2;
  return [p, 0, 0, 0, 0, p, 0, 0, 0, 0, xx, xy, 0, 0, xy, yy];
}
