/** From the sections of a rate study to places, users and schemes. */
import { type FocalPoint, focalPointOf } from '../../array/focal-point.js';
import { drawPosition } from '../../channel/paths.js';
import { Random } from '../../core/random.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import { withPilots } from '../common/scheme-pilots.js';
import type { RateStudy } from './rate-file.js';
import { type Hardware, hardwareOf } from './rate-hardware.js';

/** Users at one distance or all over the sector, in front of one board. */
export interface RatePlace {
  /** Null where the file names no board. */
  readonly hardware: Hardware | null;
  readonly hardwareIndex: number;
  /** [smallest, largest], m; equal at one distance. */
  readonly distanceM: readonly [number, number];
  readonly numUsers: number;
}

/** One scheme with one number of pilots. */
export interface RateScheme {
  /** Its name in the study file. */
  readonly id: string;
  readonly choice: SchemeChoice;
}

/** Boards in the order of the file, each with all distances. */
export function ratePlaces(study: RateStudy): RatePlace[] {
  const { users, array } = study;
  const distances = users.distance?.map((distanceM) => [distanceM, distanceM] as const) ?? [
    array.sector.distanceM,
  ];
  return hardwareOf(study).flatMap((hardware, hardwareIndex) =>
    distances.map((distanceM) => ({ hardware, hardwareIndex, distanceM, numUsers: users.count })),
  );
}

/**
 * User `number` (from 1) at a place. Places of one study have the same users but for their distance, so that curves over
 * distance differ by distance alone.
 */
export function rateUser(study: RateStudy, { distanceM }: RatePlace, number: number): FocalPoint {
  const { maxAngleRad } = study.array.sector;
  const region = { distanceM, angleRad: [-maxAngleRad, maxAngleRad] as const };
  return focalPointOf(drawPosition(region, new Random(study.seed, 'user', number)));
}

/** Schemes in the order of the file, each with all its numbers of pilots. */
export function rateSchemes({ schemes, pilots }: RateStudy): RateScheme[] {
  return Object.entries(schemes).flatMap(([id, choice]): RateScheme[] => {
    const counts = pilots[id];
    if (counts === undefined) return [{ id, choice }];
    return counts.map((count) => ({ id, choice: withPilots(choice, count, `pilots.${id}`) }));
  });
}
