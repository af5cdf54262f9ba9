/**
 * A random walk in steps: the speed is a Gauss-Markov process, the heading is drawn anew at every step or turns a little
 * (docs/model.md eq. 86 and 87).
 */
import type { PointM } from '../../array/linear-array.js';
import { requireFinite, requirePositive } from '../../core/arguments.js';
import { BeamloopError } from '../../core/errors.js';
import type { Random } from '../../core/random.js';

interface WalkLimits {
  /** Users turn back before they come nearer to the array's line than this, m. */
  readonly leastXM: number;
  /** [smallest, largest] distance from the array's centre, m; [0, Infinity] where nothing bounds it. */
  readonly distanceM: readonly [number, number];
}

export interface WalkOptions {
  readonly startM: PointM;
  readonly stepS: number;
  /**
   * Standard deviation of the turn from step to step, rad; null: every step's heading is drawn by itself, uniform
   * over the circle, as in the paper.
   */
  readonly turnRad: number | null;
  /** m/s, that the speed goes back to. */
  readonly meanSpeedMPerS: number;
  /** Share of a step's speed that the next one keeps, from 0 to below 1. */
  readonly memory: number;
  /** m/s, of the Gauss-Markov process in the long run. */
  readonly speedDeviationMPerS: number;
  /** Variance of what random accelerations add to the speed in a step, (m/s)^2. */
  readonly accelerationVariance: number;
  /** Variance of the first speed, (m/s)^2. */
  readonly firstSpeedVariance: number;
  readonly limits: WalkLimits;
}

/** Those of the paper, and the limit that keeps users in front of the array. */
export const WALK_DEFAULTS = {
  turnRad: null,
  meanSpeedMPerS: 18,
  memory: 0.9,
  speedDeviationMPerS: 1,
  accelerationVariance: 0.5,
  firstSpeedVariance: 2,
  limits: { leastXM: 1, distanceM: [0, Number.POSITIVE_INFINITY] },
} as const satisfies Partial<WalkOptions>;

/** Where a step begins, and how the user moves until the next. */
export interface WalkStep {
  readonly positionM: PointM;
  readonly speedMPerS: number;
  /** From the x axis (broadside), counter-clockwise, rad. */
  readonly headingRad: number;
}

/**
 * Steps without end: the next position is this one's plus `stepS` at its speed along its heading. A step that would leave
 * the limits is mirrored at them, so the heading of each step is the one that it is gone along.
 *
 * @throws BAD_ARGUMENT for a start outside the limits, and for options that are none.
 */
export function* walk(options: WalkOptions, random: Random): Generator<WalkStep, never, void> {
  check(options);
  const { stepS, turnRad, meanSpeedMPerS, memory, speedDeviationMPerS, limits } = options;
  const noise = speedDeviationMPerS * Math.sqrt(1 - memory * memory);
  const acceleration = Math.sqrt(options.accelerationVariance);
  let [xM, yM] = options.startM;
  let speed = meanSpeedMPerS + Math.sqrt(options.firstSpeedVariance) * random.normal();
  let headingRad = anyHeadingRad(random);
  for (;;) {
    // Nobody walks backwards; the process itself may dip below 0 where speeds are low.
    const goneM = stepS * Math.max(0, speed);
    const turned = withinLimits(xM, yM, goneM, headingRad, limits);
    yield {
      positionM: [xM, yM],
      speedMPerS: turned === null ? 0 : Math.max(0, speed),
      headingRad: turned ?? headingRad,
    };
    if (turned !== null) {
      headingRad = turned;
      xM += goneM * Math.cos(headingRad);
      yM += goneM * Math.sin(headingRad);
    }
    speed =
      memory * speed +
      (1 - memory) * meanSpeedMPerS +
      noise * random.normal() +
      acceleration * random.normal();
    headingRad =
      turnRad === null ? anyHeadingRad(random) : wrappedHeading(headingRad + turnRad * random.normal());
  }
}

function anyHeadingRad(random: Random): number {
  return Math.PI * (2 * random.uniform() - 1);
}

function wrappedHeading(rad: number): number {
  return rad - 2 * Math.PI * Math.round(rad / (2 * Math.PI));
}

function isInside(xM: number, yM: number, { leastXM, distanceM: [nearM, farM] }: WalkLimits): boolean {
  if (xM < leastXM) return false;
  const distanceM = Math.hypot(xM, yM);
  return distanceM >= nearM && distanceM <= farM;
}

/**
 * The heading itself where it stays inside, else mirrored at the limit that it would cross, else towards the middle; null
 * where no such step of this length stays inside, and the user waits.
 */
function withinLimits(
  xM: number,
  yM: number,
  goneM: number,
  headingRad: number,
  limits: WalkLimits,
): number | null {
  const staysInside = (rad: number) =>
    isInside(xM + goneM * Math.cos(rad), yM + goneM * Math.sin(rad), limits);
  if (staysInside(headingRad)) return headingRad;
  const crossesLine = xM + goneM * Math.cos(headingRad) < limits.leastXM;
  const normalRad = crossesLine ? 0 : Math.atan2(yM, xM);
  const mirrored = wrappedHeading(Math.PI + 2 * normalRad - headingRad);
  if (staysInside(mirrored)) return mirrored;
  const [nearM, farM] = limits.distanceM;
  const middleM = Math.max(2 * limits.leastXM, farM === Infinity ? 2 * nearM : (nearM + farM) / 2);
  const inwardsRad = Math.atan2(-yM, middleM - xM);
  return staysInside(inwardsRad) ? inwardsRad : null;
}

function check(options: WalkOptions): void {
  const { startM, stepS, memory, limits } = options;
  requireFinite('startM', ...startM);
  requirePositive('stepS', stepS);
  requireFinite('turnRad', options.turnRad ?? 0);
  const { meanSpeedMPerS, speedDeviationMPerS, accelerationVariance, firstSpeedVariance } = options;
  for (const [name, value] of Object.entries({
    meanSpeedMPerS,
    speedDeviationMPerS,
    accelerationVariance,
    firstSpeedVariance,
    memory,
  })) {
    requireFinite(name, value);
    if (value < 0) requirePositive(name, value);
  }
  if (memory >= 1) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `memory cannot be ${memory}`,
      where: 'memory',
      todo: 'Give a number from 0 to below 1',
    });
  }
  if (isInside(...startM, limits)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The walk begins at [${startM.join(' m, ')} m], outside its limits (${limitsText(limits)})`,
    where: 'startM',
    todo: 'Begin inside, or give wider limits',
  });
}

function limitsText({ leastXM, distanceM: [nearM, farM] }: WalkLimits): string {
  const reach = farM === Infinity ? `${nearM} m or more` : `${nearM} m to ${farM} m`;
  return `x of ${leastXM} m or more, ${reach} from the array`;
}
