/**
 * Cities of axis-aligned blocks, drawn: where walls are, and where the base station and users stand.
 *
 * A city has its own frame: metres, x and y along the streets, the base station above the origin. What leaves this room is
 * turned by the city's rotation (scene.ts).
 */
import type { PointM } from '../../array/linear-array.js';
import { requireFinite, requirePositive } from '../../core/arguments.js';
import { BeamloopError } from '../../core/errors.js';
import type { Random } from '../../core/random.js';

/** A building as it stands on the map, taller than anything that waves pass over, m. */
export interface Block {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
}

/** A rule by which cities are drawn; lengths in m. */
export interface CityOptions {
  /** Sides of blocks, uniform. */
  readonly blockM: readonly [number, number];
  /** Widths of streets, uniform. */
  readonly streetM: readonly [number, number];
  /** Of the base station from the nearest wall, or from both walls of a corner. */
  readonly offWallM: number;
  /** [nearest, farthest] that users stand from the base station on the map. */
  readonly userDistanceM: readonly [number, number];
  /** Spacing of the grid that users stand on, and how far each may be off it in x and in y. */
  readonly gridM: number;
  readonly jitterM: number;
}

export const CITY_DEFAULTS: CityOptions = {
  blockM: [35, 110],
  streetM: [9, 32],
  offWallM: 1,
  userDistanceM: [5, 140],
  gridM: 2.5,
  jitterM: 0.3,
};

/** Where the base station stands: in a street, or where two of them cross. */
export type Site = 'mid-block' | 'corner';

export interface City {
  readonly blocks: readonly Block[];
  readonly site: Site;
  /** Of the city's x axis from that of the world, counter-clockwise, rad. */
  readonly rotationRad: number;
}

/**
 * Streets that cross at right angles, as far as users go and a block beyond, with the base station at a corner or the
 * middle of a side of the block that was drawn first.
 *
 * @throws BAD_ARGUMENT for lengths that are none.
 */
export function drawCity(options: CityOptions, random: Random): City {
  check(options);
  const { blockM, streetM, offWallM, userDistanceM } = options;
  const reachM = userDistanceM[1] + 2 * blockM[1] + streetM[1];
  const columns = drawIntervals(reachM, blockM, streetM, random);
  const rows = drawIntervals(reachM, blockM, streetM, random);
  const site: Site = random.integer(2) === 0 ? 'mid-block' : 'corner';
  // The walls of the first block are those at its high x and high y, or their mirror images.
  const signs = [random.integer(2), random.integer(2)].map((draw) => 1 - 2 * draw) as [number, number];
  const alongX = random.integer(2) === 0;
  const beyond = (interval: readonly [number, number]) => interval[1] + offWallM;
  const middle = ([low, high]: readonly [number, number]) => (low + high) / 2;
  const [firstX, firstY] = [columns[0]!, rows[0]!];
  const baseX = site === 'mid-block' && alongX ? middle(firstX) : beyond(firstX);
  const baseY = site === 'mid-block' && !alongX ? middle(firstY) : beyond(firstY);
  const moved = (intervals: readonly Interval[], baseM: number, sign: number) =>
    intervals.map(
      ([low, high]): Interval => (sign === 1 ? [low - baseM, high - baseM] : [baseM - high, baseM - low]),
    );
  const xs = moved(columns, baseX, signs[0]);
  const ys = moved(rows, baseY, signs[1]);
  return {
    blocks: xs.flatMap((x) => ys.map((y): Block => ({ x, y }))),
    site,
    rotationRad: 2 * Math.PI * random.uniform(),
  };
}

type Interval = readonly [low: number, high: number];

/** Blocks along a line, a street between any two: the first begins at 0, and they go on to `reachM` on both sides of it. */
function drawIntervals(reachM: number, blockM: Interval, streetM: Interval, random: Random): Interval[] {
  const draw = ([low, high]: Interval) => low + (high - low) * random.uniform();
  const first: Interval = [0, draw(blockM)];
  const intervals: Interval[] = [first];
  for (let edge = first[1]; edge < reachM; ) {
    const low = edge + draw(streetM);
    edge = low + draw(blockM);
    intervals.push([low, edge]);
  }
  for (let edge = first[0]; edge > -reachM; ) {
    const high = edge - draw(streetM);
    edge = high - draw(blockM);
    intervals.push([edge, high]);
  }
  return intervals;
}

/** Where users may stand: on a grid with some jitter, in the streets, not too near and not too far. */
export function drawPlaces(city: City, options: CityOptions, random: Random): PointM[] {
  check(options);
  const { gridM, jitterM, userDistanceM } = options;
  const [nearM, farM] = userDistanceM;
  const reach = Math.ceil(farM / gridM);
  const places: PointM[] = [];
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      const jitter = () => jitterM * (2 * random.uniform() - 1);
      const placeM: PointM = [gridM * column + jitter(), gridM * row + jitter()];
      const distanceM = Math.hypot(...placeM);
      if (distanceM >= nearM && distanceM <= farM && !isIndoors(city, placeM)) places.push(placeM);
    }
  }
  return places;
}

function isIndoors({ blocks }: City, [xM, yM]: PointM): boolean {
  return blocks.some(({ x, y }) => xM >= x[0] && xM <= x[1] && yM >= y[0] && yM <= y[1]);
}

/** More grid points than any city of a sensible size has. */
const MOST_GRID_LINES = 2000;

function check(options: CityOptions): void {
  const { blockM, streetM, offWallM, userDistanceM, gridM, jitterM } = options;
  for (const [name, [low, high]] of Object.entries({ blockM, streetM, userDistanceM })) {
    requirePositive(name, low);
    requirePositive(name, high);
    if (low > high)
      refuse(name, `[${low}, ${high}] has its ends the wrong way round`, 'Give the smaller one first');
  }
  requirePositive('offWallM', offWallM);
  requirePositive('gridM', gridM);
  requireFinite('jitterM', jitterM);
  // On the other side of the narrowest street there would be the next block.
  if (offWallM >= streetM[0]) {
    refuse(
      'offWallM',
      `${offWallM} m off a wall is across a street of ${streetM[0]} m`,
      'Give less than its width',
    );
  }
  if (userDistanceM[1] / gridM > MOST_GRID_LINES) {
    refuse(
      'gridM',
      `${gridM} m is too fine for users up to ${userDistanceM[1]} m away`,
      'Give a coarser grid',
    );
  }
}

function refuse(where: string, what: string, todo: string): never {
  throw new BeamloopError('BAD_ARGUMENT', { what: `${where}: ${what}`, where, todo });
}
