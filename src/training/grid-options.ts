/** Options of schemes that go through distance rings of their own: which rings, and how many pilots of theirs. */
import { z } from 'zod';
import { ringRangeOf, type Sector } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { evenRings, polarRings } from '../codebook/rainbow.js';
import { BeamloopError } from '../core/errors.js';
import { plural } from '../core/plural.js';

/** `polar`: the rings of the polar codebook down to the nearest distance; a number: so many, evenly spaced. */
export const rings = z.union([z.literal('polar'), z.int().min(1).max(65_535)]).default('polar');

/** Stops after the first so many of its pilots; all unless given. */
export const firstPilots = z.int().min(1).max(10_000_000).optional();

export function ringsOf(choice: 'polar' | number, array: LinearArray, sector: Sector): Float64Array {
  return choice === 'polar' ? polarRings(array, sector.distanceM[0]) : evenRings(ringRangeOf(sector), choice);
}

/** @throws BAD_ARGUMENT when there are not so many. */
export function firstOf<T>(numPilots: number | undefined, all: readonly T[], name: string): readonly T[] {
  if (numPilots === undefined) return all;
  if (numPilots <= all.length) return all.slice(0, numPilots);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${name} has ${plural(all.length, 'pilot')} here; ${numPilots} are asked for`,
    todo: `Ask for at most ${all.length}`,
  });
}

export function ringsAndPilotsLabel(options: {
  readonly rings: 'polar' | number;
  readonly pilots?: number | undefined;
}): string[] {
  return [
    ...(options.rings === 'polar' ? [] : [plural(options.rings, 'even ring')]),
    ...(options.pilots === undefined ? [] : [`first ${plural(options.pilots, 'pilot')}`]),
  ];
}
