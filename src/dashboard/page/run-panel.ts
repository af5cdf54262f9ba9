/** What every panel of a run has. */
import type { RunHello } from '../../live/messages.js';
import type { PatternMessage, PlaneAxes, ShownMessage } from '../page-messages.js';

export interface RunPanel {
  readonly root: HTMLElement;
  /** A beam that is steered by hand has no users and receives nothing. */
  readonly isOfRun?: boolean;
  /** Another run is shown from now on. */
  follow(hello: RunHello, axes: PlaneAxes): void;
  take(message: ShownMessage | PatternMessage): void;
  /** Draws what has come since; called once a frame of the screen. */
  draw(nowMs: number): void;
}

/** Who wants little motion gets pictures that change now and then, and lack nothing. */
const IS_CALM = matchMedia('(prefers-reduced-motion: reduce)').matches;
const CALM_PER_S = 1;

/** Whether it is time again: what changes more often than people read is not drawn more often. */
export class Pace {
  readonly #periodMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#periodMs = 1000 / (IS_CALM ? Math.min(CALM_PER_S, perSecond) : perSecond);
  }

  isDue(nowMs: number): boolean {
    // Half a frame of the screen early rather than late.
    if (nowMs - this.#lastMs < this.#periodMs - 8) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
