import type { PointM } from '../../array/linear-array.js';
import { requireFinite } from '../../core/arguments.js';
import { BeamloopError } from '../../core/errors.js';
import type { Motion, VelocityMPerS } from './motion.js';

/** Where a user was at some times; shape [numSamples] each. */
export interface TrackSamples {
  /** Ascending, s. */
  readonly timeS: readonly number[];
  readonly positionM: readonly PointM[];
}

/** Straight from sample to sample; still before the first and after the last. */
export class SampledTrack implements Motion {
  readonly #timeS: readonly number[];
  readonly #positionM: readonly PointM[];

  /** @throws BAD_ARGUMENT for no samples, times that do not ascend, and values that are not finite. */
  constructor({ timeS, positionM }: TrackSamples) {
    requireFinite('timeS', ...timeS);
    for (const point of positionM) requireFinite('positionM', ...point);
    const back = timeS.findIndex((time, k) => k > 0 && time <= timeS[k - 1]!);
    if (timeS.length === 0 || timeS.length !== positionM.length || back >= 0) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what:
          back >= 0
            ? `Time ${timeS[back]} s of a track comes after ${timeS[back - 1]} s`
            : `A track has ${timeS.length} times and ${positionM.length} positions`,
        where: 'timeS',
        todo: 'Give as many positions as times, at least one, in ascending order',
      });
    }
    this.#timeS = timeS;
    this.#positionM = positionM;
  }

  positionAt(timeS: number): PointM {
    const before = this.#sampleBefore(timeS);
    const [xM, yM] = this.#positionM[Math.max(0, before)]!;
    if (before < 0 || before === this.#timeS.length - 1) return [xM, yM];
    const [vx, vy] = this.#velocityAfter(before);
    const sinceS = timeS - this.#timeS[before]!;
    return [xM + vx * sinceS, yM + vy * sinceS];
  }

  velocityAt(timeS: number): VelocityMPerS {
    const before = this.#sampleBefore(timeS);
    return before < 0 || before === this.#timeS.length - 1 ? [0, 0] : this.#velocityAfter(before);
  }

  #velocityAfter(sample: number): VelocityMPerS {
    const [fromX, fromY] = this.#positionM[sample]!;
    const [toX, toY] = this.#positionM[sample + 1]!;
    const durationS = this.#timeS[sample + 1]! - this.#timeS[sample]!;
    return [(toX - fromX) / durationS, (toY - fromY) / durationS];
  }

  /** The last sample at or before a time; -1 before the first. */
  #sampleBefore(timeS: number): number {
    let low = 0;
    let high = this.#timeS.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeS[middle]! <= timeS) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/**
 * Times at which a user passes waypoints at constant speed; waypoints where it already is are left out.
 *
 * @param speedMPerS above 0.
 */
export function samplesAtSpeed(waypointsM: readonly PointM[], speedMPerS: number): TrackSamples {
  const timeS: number[] = [];
  const positionM: PointM[] = [];
  for (const point of waypointsM) {
    const last = positionM.at(-1);
    const goneM = last === undefined ? 0 : Math.hypot(point[0] - last[0], point[1] - last[1]);
    if (last !== undefined && goneM === 0) continue;
    timeS.push((timeS.at(-1) ?? 0) + goneM / speedMPerS);
    positionM.push(point);
  }
  return { timeS, positionM };
}
