/** What will not go as well as it could, before a slot is spent: nothing here keeps a campaign from being run. */

import type { PlaceM } from '../array/antenna-array.js';
import type { Sector } from '../array/focal-point.js';
import { requirePolar } from '../codebook/array-codebook.js';
import { PolarCodebook } from '../codebook/polar.js';
import { largest } from '../core/extremes.js';
import { plural } from '../core/plural.js';
import type { Realisability } from '../realisation/realisability.js';
import { splitOf } from '../training/registry.js';
import type { Preparation } from './plan.js';
import type { Scenario } from './scenario-schema.js';
import { isEmulated } from './users.js';

/** What a user of a scenario can say of its channel, and of how it moves and what it tells of that. */
const EMULATED_KEYS = [
  'snr',
  'beamformedSnr',
  'ricianFactor',
  'scatterers',
  'paths',
  'emulatedAt',
  'fullScale',
  'motion',
  'sensors',
  'blocked',
  'away',
] as const;
/** Users that are named one by one. */
const MOST_NAMED = 3;

/** @param realisability what the board makes of the pilots; null for schemes that look at no single subcarrier. */
export function planWarnings(preparation: Preparation, realisability: Realisability | null): string[] {
  const { scenario, codebook, wideband } = preparation;
  const split = wideband && splitOf(scenario.scheme);
  return [
    ...(split?.advice(requirePolar(codebook, 'A splitting beam').array, wideband!) ?? []),
    ...usersOutside(preparation),
    ...emulatedChannels(scenario),
    ...(realisability === null ? [] : beamsThatFallApart(realisability)),
  ];
}

/** Users whom no beam looks for. */
function usersOutside(preparation: Preparation): string[] {
  const { users, wideband, codebook } = preparation;
  // Beams of planar arrays are told apart by direction alone, and none is left out.
  if (!(codebook instanceof PolarCodebook)) return [];
  const places = users.flatMap(({ id, positionM }) =>
    positionM === null ? [] : [{ id, ...placeOf(positionM) }],
  );
  return wideband === null ? nearerThanRings(places, codebook) : outsideSector(places, wideband.sector);
}

function outsideSector(places: readonly Place[], { maxAngleRad, distanceM }: Sector): string[] {
  const outside = places.filter(
    ({ angleRad, rangeM }) =>
      Math.abs(angleRad) > maxAngleRad || rangeM < distanceM[0] || rangeM > distanceM[1],
  );
  if (outside.length === 0) return [];
  return [
    `The pilots search ±${degrees(maxAngleRad)} and ${distanceM[0]} to ${distanceM[1]} m (array.sector), and not where ` +
      `${named(outside)} will be`,
  ];
}

/** Curvature is sampled by rings: more than half a step beyond the nearest, no codeword focuses on the user. */
function nearerThanRings(places: readonly Place[], polar: PolarCodebook): string[] {
  const stepPerM = 1 / polar.firstRingM;
  const ringPerM = ({ angleRad, rangeM }: Place) => Math.cos(angleRad) ** 2 / rangeM;
  const nearer = places.filter((place) => ringPerM(place) > (polar.numRings - 0.5) * stepPerM);
  if (nearer.length === 0) return [];
  const nearest = largest(nearer.map(ringPerM));
  const wanted = Math.ceil(nearest / stepPerM + 0.5);
  const rings =
    polar.numRings === 1
      ? 'The one ring of the codebook is at infinity'
      : `The nearest of ${polar.numRings} rings is at ${polar.ringDistanceM(1).toFixed(2)} m`;
  return [
    `${rings}: ${named(nearer)} ${nearer.length === 1 ? 'is' : 'are'} nearer than its codewords focus and may not be ` +
      `found; array.rings: ${wanted} reaches as near`,
  ];
}

/** The first few by name and place. */
function named(places: readonly Place[]): string {
  const some = places
    .slice(0, MOST_NAMED)
    .map(({ id, angleRad, rangeM }) => `${id} at ${rangeM.toFixed(2)} m, ${degrees(angleRad)}`);
  const others = places.length > MOST_NAMED ? ` and ${plural(places.length - MOST_NAMED, 'other')}` : '';
  return some.join('; ') + others;
}

/** What a scenario says of channels holds where users are emulated; on a real port the air decides. */
function emulatedChannels(scenario: Scenario): string[] {
  if (isEmulated(scenario)) return [];
  const { channel, users, board } = scenario;
  const given = (keys: readonly string[], of: object, where: string) =>
    keys.filter((key) => (of as Record<string, unknown>)[key] !== undefined).map((key) => `${where}${key}`);
  const unused = [
    ...given(['snr', 'beamformedSnr', 'region'], channel, 'channel.'),
    ...(Array.isArray(users)
      ? EMULATED_KEYS.filter((key) => users.some((user) => user[key] !== undefined)).map(
          (key) => `users[].${key}`,
        )
      : given(['motion'], users, 'users.')),
    ...given(['sensors'], scenario, ''),
  ];
  if (unused.length === 0) return [];
  return [
    `${unused.join(', ')} ${unused.length === 1 ? 'describes' : 'describe'} emulated users and ` +
      `${unused.length === 1 ? 'is' : 'are'} not used on ${board.port}, where the air decides`,
  ];
}

/** Pilots that the hardware cannot form over the band. */
function beamsThatFallApart({ pilots }: Realisability): string[] {
  const apart = pilots.filter(({ fallsApart }) => fallsApart);
  if (apart.length === 0) return [];
  const worst = apart.reduce((a, b) => (b.meanGainLossDb > a.meanGainLossDb ? b : a));
  return [
    `${apart.length} of ${pilots.length} pilots fall apart over the band: ${worst.key} loses ` +
      `${worst.meanGainLossDb.toFixed(1)} dB on average`,
  ];
}

interface Place {
  readonly id: string;
  readonly angleRad: number;
  readonly rangeM: number;
}

function placeOf([xM, yM]: PlaceM) {
  return { angleRad: Math.atan2(yM, xM), rangeM: Math.hypot(xM, yM) };
}

function degrees(angleRad: number): string {
  return `${((angleRad * 180) / Math.PI).toFixed(1)}°`;
}
