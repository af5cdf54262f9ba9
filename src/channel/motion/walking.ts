import type { PointM } from '../../array/linear-array.js';
import type { Random } from '../../core/random.js';
import type { Motion, VelocityMPerS } from './motion.js';
import { type WalkOptions, type WalkStep, walk } from './walk.js';

/** A random walk as a motion: straight from step to step. Steps are drawn when they are first asked for, and kept. */
export class Walking implements Motion {
  readonly #stepS: number;
  readonly #draws: Generator<WalkStep, never, void>;
  readonly #steps: WalkStep[] = [];

  /** @param random of this walk alone: it is drawn from until the end of the walk. */
  constructor(options: WalkOptions, random: Random) {
    this.#stepS = options.stepS;
    this.#draws = walk(options, random);
    this.#steps.push(this.#draws.next().value);
  }

  positionAt(timeS: number): PointM {
    const { positionM, speedMPerS, headingRad } = this.#stepAt(timeS);
    const [xM, yM] = positionM;
    const goneM = speedMPerS * this.#sinceStepS(timeS);
    return [xM + goneM * Math.cos(headingRad), yM + goneM * Math.sin(headingRad)];
  }

  velocityAt(timeS: number): VelocityMPerS {
    if (timeS < 0) return [0, 0];
    const { speedMPerS, headingRad } = this.#stepAt(timeS);
    return [speedMPerS * Math.cos(headingRad), speedMPerS * Math.sin(headingRad)];
  }

  #sinceStepS(timeS: number): number {
    return Math.max(0, timeS - this.#indexAt(timeS) * this.#stepS);
  }

  #indexAt(timeS: number): number {
    return Math.max(0, Math.floor(timeS / this.#stepS));
  }

  #stepAt(timeS: number): WalkStep {
    const index = this.#indexAt(timeS);
    while (this.#steps.length <= index) this.#steps.push(this.#draws.next().value);
    return this.#steps[index]!;
  }
}
