import type { PointM } from '../../array/linear-array.js';
import { requireFinite } from '../../core/arguments.js';
import type { Motion, VelocityMPerS } from './motion.js';

/** Straight on at constant speed, without end. */
export class StraightLine implements Motion {
  readonly #startM: PointM;
  readonly #velocityMPerS: VelocityMPerS;

  /** @throws BAD_ARGUMENT for a start or velocity that is not finite. */
  constructor(startM: PointM, velocityMPerS: VelocityMPerS) {
    requireFinite('startM', ...startM);
    requireFinite('velocityMPerS', ...velocityMPerS);
    this.#startM = startM;
    this.#velocityMPerS = velocityMPerS;
  }

  positionAt(timeS: number): PointM {
    const sinceS = Math.max(0, timeS);
    const [xM, yM] = this.#startM;
    return [xM + this.#velocityMPerS[0] * sinceS, yM + this.#velocityMPerS[1] * sinceS];
  }

  velocityAt(timeS: number): VelocityMPerS {
    return timeS < 0 ? [0, 0] : this.#velocityMPerS;
  }
}
