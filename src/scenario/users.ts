/** The users of a scenario: listed or drawn, with their propagation paths, and the best codeword of each. */
import type { Sector } from '../array/focal-point.js';
import { LinearArray, type PointM } from '../array/linear-array.js';
import { drawPaths, drawPosition, type Path, type UserRegion } from '../channel/paths.js';
import { PolarCodebook } from '../codebook/polar.js';
import { Random } from '../core/random.js';
import type { Scenario } from './scenario-schema.js';

export interface User {
  readonly id: string;
  /** Where it is; null where the scenario does not say. */
  readonly positionM: PointM | null;
  /** The channel of an emulated user; null on real hardware, where the air decides. */
  readonly truth: {
    readonly positionM: PointM;
    readonly snrDb: number;
    /** Line of sight first. */
    readonly paths: readonly Path[];
  } | null;
}

export function arrayOf(scenario: Scenario): LinearArray {
  const { elements, carrier, speedOfLight } = scenario.array;
  return new LinearArray({ numElements: elements, carrierHz: carrier, speedOfLightMPerS: speedOfLight });
}

export function polarCodebookOf(scenario: Scenario): PolarCodebook {
  return new PolarCodebook(arrayOf(scenario), { numRings: scenario.array.rings });
}

/**
 * Users in the order of the file. Every draw is keyed by the seed and the user's id, so adding a user changes no other.
 * On a real port nothing is drawn: users are where the scenario says, if it does, and nobody knows their channels.
 */
export function usersOf(scenario: Scenario, polar: PolarCodebook): User[] {
  const { seed, channel, array } = scenario;
  if (!isEmulated(scenario)) return usersOfRealPort(scenario);
  const region = regionOf(scenario, polar);
  const listed = Array.isArray(scenario.users)
    ? scenario.users
    : Array.from({ length: scenario.users.count }, (_, k) => {
        const id = `ue${k + 1}`;
        return { id, position: drawPosition(region, new Random(seed, 'position', id)) };
      });
  return listed.map((user: (typeof listed)[number]): User => {
    const given = {
      snr: undefined,
      beamformedSnr: undefined,
      paths: undefined,
      ricianFactor: undefined,
      scatterers: undefined,
      ...user,
    };
    const snrDb = snrDbOf(given, array.elements) ?? snrDbOf(channel, array.elements);
    if (given.position === undefined || snrDb === undefined)
      return { id: user.id, positionM: null, truth: null };
    const statistics = {
      ricianFactorDb: given.ricianFactor ?? channel.ricianFactor,
      numScatterers: given.scatterers ?? channel.scatterers,
    };
    const paths =
      given.paths ?? drawPaths(given.position, region, statistics, new Random(seed, 'paths', user.id));
    const positionM = given.position;
    return { id: user.id, positionM, truth: { positionM, snrDb, paths } };
  });
}

/** Whether board and UEs are emulated: the port alone decides. */
export function isEmulated({ board }: Scenario): boolean {
  return board.port === 'emulated';
}

function usersOfRealPort({ users }: Scenario): User[] {
  const listed: readonly { readonly id: string; readonly position?: PointM | undefined }[] = Array.isArray(
    users,
  )
    ? users
    : Array.from({ length: users.count }, (_, k) => ({ id: `ue${k + 1}` }));
  return listed.map(({ id, position = null }) => ({ id, positionM: position, truth: null }));
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
export function regionOf({ channel, array }: Scenario, polar: PolarCodebook): UserRegion {
  return channel.region ?? (array.sector ? sectorRegion(array.sector) : defaultRegion(polar));
}

export function sectorRegion({ maxAngleRad, distanceM }: Sector): UserRegion {
  return { distanceM, angleRad: [-maxAngleRad, maxAngleRad] };
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
