/** Synthetic cities by the image method: users in the streets around a base station, and each one's paths (docs/model.md eq. 106). */
import type { PointM } from '../../array/linear-array.js';
import { requireFinite, requirePositive, requireWhole } from '../../core/arguments.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../core/physics.js';
import { Random } from '../../core/random.js';
import { CITY_DEFAULTS, type City, type CityOptions, drawCity, drawPlaces, type Site } from './city.js';
import { type Way, WayFinder } from './images.js';

/** East, north, up, m: the base station's foot is at the origin, and the ground at height 0. */
export type PlaceM = readonly [number, number, number];

export interface CityPath {
  /**
   * Amplitude (unit: 1, relative to an isotropic transmitter's), real and positive: the phase of the path's length is that
   * of a spherical wave from `imageM`, as with the other paths of this room.
   */
  readonly gain: number;
  /** The user as the base station sees it by this path; its distance is the path's length. */
  readonly imageM: PlaceM;
  /** The base station as the user sees it by this path: the other end of the same wave. */
  readonly sourceM: PlaceM;
  /** The direct path alone. */
  readonly lineOfSight: boolean;
  /** By walls and by the ground together: 0 to 3. */
  readonly numReflections: number;
}

export interface CityUser {
  readonly positionM: PlaceM;
  /** Strongest first. */
  readonly paths: readonly CityPath[];
}

export interface CityScene {
  readonly baseM: PlaceM;
  readonly site: Site;
  /** That some path comes to. */
  readonly users: readonly CityUser[];
}

export interface Propagation {
  readonly wavelengthM: number;
  readonly baseHeightM: number;
  readonly userHeightM: number;
  /** Of power, by each wall, and by the ground, dB. */
  readonly wallLossDb: number;
  readonly groundLossDb: number;
  /** Walls farther from the base station than this take no part in double reflections, m. */
  readonly doubleWithinM: number;
  /** Of a user; the weakest are left out. */
  readonly mostPaths: number;
}

const PROPAGATION_DEFAULTS: Propagation = {
  wavelengthM: SPEED_OF_LIGHT_M_PER_S / 3.5e9,
  baseHeightM: 20,
  userHeightM: 1.5,
  wallLossDb: 6,
  groundLossDb: 10,
  doubleWithinM: 90,
  mostPaths: 10,
};

export interface CitySceneOptions extends CityOptions, Propagation {}

/**
 * A city of its own for each seed, with 500 to 2,700 users unless told otherwise.
 *
 * @throws BAD_ARGUMENT for lengths, losses and counts that are none.
 */
export function drawCityScene(seed: number, options: Partial<CitySceneOptions> = {}): CityScene {
  const all: CitySceneOptions = { ...CITY_DEFAULTS, ...PROPAGATION_DEFAULTS, ...options };
  const city = drawCity(all, new Random(seed, 'city', 'blocks'));
  const tracer = new PathTracer(city, all);
  const users = drawPlaces(city, all, new Random(seed, 'city', 'users'))
    .map((placeM) => tracer.user(placeM))
    .filter(({ paths }) => paths.length > 0);
  return { baseM: [0, 0, all.baseHeightM], site: city.site, users };
}

/** Traces the paths of users in one city. */
export class PathTracer {
  readonly #ways: WayFinder;
  readonly #propagation: Propagation;
  readonly #cos: number;
  readonly #sin: number;

  constructor({ blocks, rotationRad }: Pick<City, 'blocks' | 'rotationRad'>, propagation: Propagation) {
    const { wavelengthM, baseHeightM, userHeightM, wallLossDb, groundLossDb, mostPaths } = propagation;
    requirePositive('wavelengthM', wavelengthM);
    requirePositive('baseHeightM', baseHeightM);
    requirePositive('userHeightM', userHeightM);
    requireFinite('wallLossDb', wallLossDb);
    requireFinite('groundLossDb', groundLossDb);
    requireWhole('mostPaths', mostPaths, 1, 1000);
    this.#ways = new WayFinder(blocks, propagation.doubleWithinM);
    this.#propagation = propagation;
    this.#cos = Math.cos(rotationRad);
    this.#sin = Math.sin(rotationRad);
  }

  /** @param placeM in the city's own frame; what comes back is turned with the city. */
  user(placeM: PointM): CityUser {
    const paths = this.#ways.waysTo(placeM).flatMap((way) => [this.#path(way, false), this.#path(way, true)]);
    paths.sort((a, b) => b.gain - a.gain);
    return {
      positionM: this.#turned(placeM, this.#propagation.userHeightM),
      paths: paths.slice(0, this.#propagation.mostPaths),
    };
  }

  #path({ imageM, sourceM, numWalls }: Way, byGround: boolean): CityPath {
    const { baseHeightM, userHeightM, wavelengthM, wallLossDb, groundLossDb } = this.#propagation;
    const imageHeightM = byGround ? -userHeightM : userHeightM;
    const lengthM = Math.hypot(imageM[0], imageM[1], baseHeightM - imageHeightM);
    const lossDb = numWalls * wallLossDb + (byGround ? groundLossDb : 0);
    return {
      gain: (wavelengthM / (4 * Math.PI * lengthM)) * 10 ** (-lossDb / 20),
      imageM: this.#turned(imageM, imageHeightM),
      sourceM: this.#turned(sourceM, byGround ? -baseHeightM : baseHeightM),
      lineOfSight: numWalls === 0 && !byGround,
      numReflections: numWalls + (byGround ? 1 : 0),
    };
  }

  #turned([xM, yM]: PointM, heightM: number): PlaceM {
    return [this.#cos * xM - this.#sin * yM, this.#sin * xM + this.#cos * yM, heightM];
  }
}
