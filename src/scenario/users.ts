/** The users of a scenario: listed or drawn, with their propagation paths, and the best codeword of each. */

import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import type { Sector } from '../array/focal-point.js';
import { LinearArray } from '../array/linear-array.js';
import { PlanarArray } from '../array/planar-array.js';
import { createMotion, type MotionPlan } from '../channel/motion/create-motion.js';
import type { Motion } from '../channel/motion/motion.js';
import type { SensorPlan, WindowS } from '../channel/motion/sensors.js';
import { pathsFrom } from '../channel/moving-paths.js';
import { drawPaths, drawPosition, type Path, type UserRegion } from '../channel/paths.js';
import { type ArrayCodebook, requirePolar } from '../codebook/array-codebook.js';
import { PlanarCodebook } from '../codebook/planar.js';
import { PolarCodebook } from '../codebook/polar.js';
import { BeamloopError } from '../core/errors.js';
import { Random } from '../core/random.js';
import type { PlanarSection } from './array-schema.js';
import { drawUsersOfCity } from './city-users.js';
import { type MotionSettings, motionPlanOf, startOf } from './motion-schema.js';
import type { Scenario } from './scenario-schema.js';
import { sensorPlanOf } from './sensors-schema.js';

/** The channel of an emulated user. */
export interface Truth {
  /** At the start, of a user that moves; where it really is, of one that the scenario takes to be elsewhere. */
  readonly positionM: PlaceM;
  readonly snrDb: number;
  /** Power at which its receiver clips; null where it does not. */
  readonly fullScale: number | null;
  /** Line of sight first; of a user that moves, at the start: `pathsAt` tells of later. */
  readonly paths: readonly Path[];
  /** Null of a user that stands still. */
  readonly motion: Motion | null;
  /** What its motion is made from. */
  readonly motionPlan: MotionPlan | null;
  /** When nothing but noise comes through, in the motion's time. */
  readonly blockedS: readonly WindowS[];
  /** When its UE is not connected, in the motion's time. */
  readonly awayS: readonly WindowS[];
}

export interface User {
  readonly id: string;
  /** Where it is, or begins; null where the scenario does not say. */
  readonly positionM: PlaceM | null;
  /** Of an emulated user that moves; null otherwise. */
  readonly motion: Motion | null;
  /** What an emulated user tells of where it is; null when it tells nothing. */
  readonly sensors: SensorPlan | null;
  /** Null on real hardware, where the air decides. */
  readonly truth: Truth | null;
}

/** Where an emulated user is, m. @param timeS of the motion. */
export function positionAt({ motion, positionM }: Truth, timeS: number): PlaceM {
  return motion?.positionAt(timeS) ?? positionM;
}

/** The paths of an emulated user at a time of its motion, s (docs/model.md eq. 88). */
export function pathsAt(truth: Truth, timeS: number, array: AntennaArray): readonly Path[] {
  const { motion, positionM, paths } = truth;
  return motion === null ? paths : pathsFrom(paths, positionM, motion.positionAt(timeS), array);
}

/** The part of a scenario that tells of its array. */
interface ScenarioArray {
  readonly array: Pick<Scenario['array'], 'elements' | 'carrier' | 'speedOfLight' | 'rings'> & {
    readonly planar?: PlanarSection | undefined;
  };
}

export function arrayOf({ array }: ScenarioArray): LinearArray | PlanarArray {
  const { elements, carrier, speedOfLight, planar } = array;
  const waves = { carrierHz: carrier, speedOfLightMPerS: speedOfLight };
  if (planar === undefined) return new LinearArray({ numElements: elements, ...waves });
  const { rows, columns, spacing, boresight, tilt, height } = planar;
  return new PlanarArray({
    ...{ rows, columns, spacing, ...waves },
    ...{ boresightRad: boresight, tiltRad: tilt, heightM: height },
  });
}

/** What the scenario's schemes choose from. */
export function codebookOf(scenario: ScenarioArray): ArrayCodebook {
  const array = arrayOf(scenario);
  const { rings, planar } = scenario.array;
  if (array instanceof LinearArray) return new PolarCodebook(array, { numRings: rings });
  const [numAzimuths, numElevations] = planar!.beams;
  return new PlanarCodebook(array, { numAzimuths, numElevations, spread: planar!.beamSpread });
}

/**
 * @param what needs it: `Steering`.
 * @throws BAD_ARGUMENT for a planar array.
 */
export function linearArrayOf(scenario: Scenario, what: string): LinearArray {
  return requirePolar(codebookOf(scenario), what).array;
}

/** @throws BAD_ARGUMENT for a planar array. */
export function polarCodebookOf(scenario: Scenario): PolarCodebook {
  return requirePolar(codebookOf(scenario), 'What was asked for');
}

/**
 * Users in the order of the file. Every draw is keyed by the seed and the user's id, so adding a user changes no other.
 * On a real port nothing is drawn: users are where the scenario says, if it does, and nobody knows their channels.
 */
export function usersOf(scenario: Scenario, codebook: ArrayCodebook): User[] {
  const { seed, channel, array } = scenario;
  if (!isEmulated(scenario)) return usersOfRealPort(scenario);
  const region = regionOf(scenario, codebook);
  const drawnPosition = (id: string) => drawPosition(region, new Random(seed, 'position', id));
  const listed = listedUsers(scenario, codebook, drawnPosition);
  return listed.map((user: (typeof listed)[number]): User => {
    const given = {
      snr: undefined,
      beamformedSnr: undefined,
      paths: undefined,
      ricianFactor: undefined,
      scatterers: undefined,
      motion: undefined,
      position: undefined,
      emulatedAt: undefined,
      fullScale: undefined,
      sensors: undefined,
      blocked: undefined,
      away: undefined,
      ...user,
    };
    const { id, blocked: blockedS = [], away: awayS = [] } = given;
    const motionPlan = given.motion === undefined ? null : planOf(given.motion, () => drawnPosition(id));
    const motion = motionPlan === null ? null : movingAs(motionPlan, seed, id);
    const positionM = motion?.positionAt(0) ?? given.position;
    const snrDb = snrDbOf(given, array.elements) ?? snrDbOf(channel, array.elements);
    if (positionM === undefined || snrDb === undefined) {
      return { id, positionM: null, motion: null, sensors: null, truth: null };
    }
    const statistics = {
      ricianFactorDb: given.ricianFactor ?? channel.ricianFactor,
      numScatterers: given.scatterers ?? channel.scatterers,
    };
    const reallyM = given.emulatedAt ?? positionM;
    const paths = given.paths ?? drawPaths(reallyM, region, statistics, new Random(seed, 'paths', id));
    const fullScale = given.fullScale === undefined ? null : 10 ** (given.fullScale / 10);
    const senses = given.sensors ?? scenario.sensors;
    return {
      id,
      positionM,
      motion,
      sensors: senses === undefined || senses === 'none' ? null : sensorPlanOf(senses, blockedS, awayS),
      truth: { positionM: reallyM, snrDb, fullScale, paths, motion, motionPlan, blockedS, awayS },
    };
  });
}

function listedUsers(
  { users, seed }: Scenario,
  { array }: ArrayCodebook,
  drawnPosition: (id: string) => PlaceM,
) {
  if (Array.isArray(users)) return users;
  if (users.city !== undefined) return drawUsersOfCity(users.city, users.count, array, seed);
  return drawnUsers(users, drawnPosition);
}

function drawnUsers(
  { count, motion }: { readonly count: number; readonly motion?: MotionSettings | undefined },
  positionOf: (id: string) => PlaceM,
) {
  return Array.from({ length: count }, (_, k) => {
    const id = `ue${k + 1}`;
    return motion === undefined ? { id, position: positionOf(id) } : { id, motion };
  });
}

function planOf(motion: MotionSettings, drawStart: () => PlaceM): MotionPlan {
  return motionPlanOf(motion, startOf(motion) ?? drawStart());
}

/** Throws SCENARIO_INVALID, naming the user. */
function movingAs(plan: MotionPlan, seed: number, id: string): Motion {
  try {
    return createMotion(plan, seed, id);
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `User '${id}' cannot move so: ${error.what}`,
      where: `motion of user '${id}'`,
      ...(error.todo !== undefined && { todo: error.todo }),
      cause: error,
    });
  }
}

/** Whether board and UEs are emulated: the port alone decides. */
export function isEmulated({ board }: Scenario): boolean {
  return board.port === 'emulated';
}

function usersOfRealPort({ users }: Scenario): User[] {
  const listed: readonly { readonly id: string; readonly position?: PlaceM | undefined }[] = Array.isArray(
    users,
  )
    ? users
    : Array.from({ length: users.count }, (_, k) => ({ id: `ue${k + 1}` }));
  return listed.map(({ id, position = null }) => ({
    id,
    positionM: position,
    motion: null,
    sensors: null,
    truth: null,
  }));
}

/** Of a pilot of unit norm, dB: a focused beam of N elements receives N times as much. */
function snrDbOf(
  given: { readonly snr?: number | undefined; readonly beamformedSnr?: number | undefined },
  numElements: number,
): number | undefined {
  if (given.beamformedSnr === undefined) return given.snr;
  return given.beamformedSnr - 10 * Math.log10(numElements);
}

/** Where scatterers are, and drawn users. */
export function regionOf({ channel, array }: Scenario, codebook: ArrayCodebook): UserRegion {
  if (channel.region !== undefined) return channel.region;
  if (array.sector !== undefined) return sectorRegion(array.sector);
  return codebook instanceof PolarCodebook ? defaultRegion(codebook) : planarRegion(codebook.array);
}

export function sectorRegion({ maxAngleRad, distanceM }: Sector): UserRegion {
  return { distanceM, angleRad: [-maxAngleRad, maxAngleRad] };
}

/**
 * From where the far field begins to ten times as far, within +-60 degrees of the boresight: within +-30 degrees of it in elevation
 * where the array stands at the origin, and on the ground where it stands higher.
 */
function planarRegion({ apertureM, wavelengthM, frame }: PlanarArray): UserRegion {
  const { boresightRad, tiltRad, heightM } = frame;
  const nearM = Math.max((2 * apertureM ** 2) / wavelengthM, 4 * wavelengthM, heightM);
  const region = {
    distanceM: [nearM, 10 * nearM],
    angleRad: [boresightRad - Math.PI / 3, boresightRad + Math.PI / 3],
  } as const;
  if (heightM > 0) return { ...region, heightM: [0, 0] };
  return { ...region, elevationRad: [-Math.PI / 6 - tiltRad, Math.PI / 6 - tiltRad] };
}

/**
 * From just inside the innermost ring to just outside the outermost finite one, within +-60 degrees; of arrays so small that
 * their rings touch them, from a wavelength away.
 */
function defaultRegion(polar: PolarCodebook): UserRegion {
  const inner = polar.ringDistanceM(1);
  const outer = polar.numRings > 1 ? polar.ringDistanceM(polar.numRings - 1) : 2 * inner;
  const finite = Number.isFinite(inner) ? inner : polar.array.apertureM * 10;
  // At 60 degrees a place is at a quarter of its ring's distance.
  const nearM = Math.max(0.9 * finite, 4 * polar.array.wavelengthM);
  return {
    ringDistanceM: [nearM, Math.max(1.2 * (Number.isFinite(outer) ? outer : finite), 2 * nearM)],
    angleRad: [-Math.PI / 3, Math.PI / 3],
  };
}
