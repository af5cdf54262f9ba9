/**
 * Ways from the base station to a user on the map, straight and by one or two walls, found by mirroring the user in the
 * walls: a reflected way is as long as the straight line to the image, and leaves in its direction.
 */
import type { PointM } from '../../array/linear-array.js';
import type { Block } from './city.js';

/** A side of a block. */
interface Wall {
  /** Coordinate that is the same all along the wall: 0 for x, 1 for y. */
  readonly axis: 0 | 1;
  readonly at: number;
  /** Its ends, in the other coordinate. */
  readonly low: number;
  readonly high: number;
  /** Which way the street is: 1 towards higher coordinates. */
  readonly outward: 1 | -1;
}

export interface Way {
  /** The user as the base station sees it by this way. */
  readonly imageM: PointM;
  /** The base station as the user sees it. */
  readonly sourceM: PointM;
  readonly numWalls: number;
}

const BASE_M: PointM = [0, 0];
/** A way that ends on a wall, or goes along one, does not go through it. */
const SKIN_M = 1e-6;

export class WayFinder {
  readonly #blocks: readonly Block[];
  /** That the base station sees the front of. */
  readonly #fronts: readonly Wall[];
  readonly #nearWalls: readonly Wall[];
  readonly #nearFronts: readonly Wall[];

  /** @param doubleWithinM walls farther from the base station than this take no part in double reflections. */
  constructor(blocks: readonly Block[], doubleWithinM: number) {
    this.#blocks = blocks;
    const walls = blocks.flatMap(wallsOf);
    const isNear = (wall: Wall) => distanceOf(wall) <= doubleWithinM;
    this.#fronts = walls.filter((wall) => isInFront(BASE_M, wall));
    this.#nearWalls = walls.filter(isNear);
    this.#nearFronts = this.#fronts.filter(isNear);
  }

  /** The straight way first, where it is free, then those by one wall and by two. */
  waysTo(userM: PointM): Way[] {
    const ways: Way[] = [];
    if (this.#isFree(BASE_M, userM)) ways.push({ imageM: userM, sourceM: BASE_M, numWalls: 0 });
    for (const wall of this.#fronts) {
      if (!isInFront(userM, wall)) continue;
      const imageM = mirrored(userM, wall);
      const bounceM = crossing(BASE_M, imageM, wall);
      if (bounceM === null || !this.#isFree(BASE_M, bounceM) || !this.#isFree(bounceM, userM)) continue;
      ways.push({ imageM, sourceM: mirrored(BASE_M, wall), numWalls: 1 });
    }
    for (const second of this.#nearWalls) {
      if (!isInFront(userM, second)) continue;
      const beyondM = mirrored(userM, second);
      for (const first of this.#nearFronts) this.#addDouble(ways, userM, beyondM, first, second);
    }
    return ways;
  }

  /** @param beyondM the user, mirrored in the second wall. */
  #addDouble(ways: Way[], userM: PointM, beyondM: PointM, first: Wall, second: Wall): void {
    if (!isInFront(beyondM, first)) return;
    const imageM = mirrored(beyondM, first);
    const firstM = crossing(BASE_M, imageM, first);
    if (firstM === null || !isInFront(firstM, second)) return;
    const secondM = crossing(firstM, beyondM, second);
    if (secondM === null || !isInFront(secondM, first)) return;
    const isFree =
      this.#isFree(BASE_M, firstM) && this.#isFree(firstM, secondM) && this.#isFree(secondM, userM);
    if (isFree) ways.push({ imageM, sourceM: mirrored(mirrored(BASE_M, first), second), numWalls: 2 });
  }

  #isFree(fromM: PointM, toM: PointM): boolean {
    for (const block of this.#blocks) if (goesThrough(fromM, toM, block)) return false;
    return true;
  }
}

function wallsOf({ x, y }: Block): Wall[] {
  return [
    { axis: 0, at: x[0], low: y[0], high: y[1], outward: -1 },
    { axis: 0, at: x[1], low: y[0], high: y[1], outward: 1 },
    { axis: 1, at: y[0], low: x[0], high: x[1], outward: -1 },
    { axis: 1, at: y[1], low: x[0], high: x[1], outward: 1 },
  ];
}

/** From the base station to the nearest point of a wall, m. */
function distanceOf({ at, low, high }: Wall): number {
  return Math.hypot(at, Math.max(low, -high, 0));
}

function isInFront(placeM: PointM, { axis, at, outward }: Wall): boolean {
  return outward * (placeM[axis] - at) > 0;
}

function mirrored([xM, yM]: PointM, { axis, at }: Wall): PointM {
  return axis === 0 ? [2 * at - xM, yM] : [xM, 2 * at - yM];
}

/** Where the line between two places, on different sides of a wall's plane, meets the wall; null beside its ends. */
function crossing(fromM: PointM, toM: PointM, { axis, at, low, high }: Wall): PointM | null {
  const other = axis === 0 ? 1 : 0;
  const share = (at - fromM[axis]) / (toM[axis] - fromM[axis]);
  const along = fromM[other] + share * (toM[other] - fromM[other]);
  if (!(along >= low && along <= high)) return null;
  return axis === 0 ? [at, along] : [along, at];
}

/** Whether a straight line passes through the inside of a block: the part of it that each coordinate allows is cut out. */
function goesThrough(fromM: PointM, toM: PointM, { x, y }: Block): boolean {
  let begin = 0;
  let end = 1;
  for (let axis = 0; axis < 2; axis++) {
    const [low, high] = axis === 0 ? x : y;
    const from = fromM[axis]!;
    const step = toM[axis]! - from;
    const nearer = low + SKIN_M - from;
    const farther = high - SKIN_M - from;
    if (step === 0) {
      if (nearer >= 0 || farther <= 0) return false;
      continue;
    }
    const one = nearer / step;
    const two = farther / step;
    begin = Math.max(begin, Math.min(one, two));
    end = Math.min(end, Math.max(one, two));
    if (begin >= end) return false;
  }
  return true;
}
