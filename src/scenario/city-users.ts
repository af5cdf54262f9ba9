/** Users of a synthetic city, as one sector's array sees them: where they stand, and the ways that waves go to them. */
import type { PlaceM } from '../array/antenna-array.js';
import type { LinearArray } from '../array/linear-array.js';
import { PlanarArray } from '../array/planar-array.js';
import { type CityUser, drawCityScene } from '../channel/city/scene.js';
import type { Path } from '../channel/paths.js';
import { BeamloopError } from '../core/errors.js';
import { Random } from '../core/random.js';

/** To each side of boresight. */
const HALF_SECTOR_RAD = Math.PI / 3;

export interface UserOfCity {
  readonly id: string;
  readonly position: PlaceM;
  readonly paths: readonly Path[];
}

/**
 * Some users of a city around the array, drawn by the scenario's seed: those within 60 degrees of its boresight.
 *
 * @param citySeed draws the city itself.
 * @throws SCENARIO_INVALID for an array that stands on the ground or is linear, and where the sector has fewer users.
 */
export function drawUsersOfCity(
  citySeed: number,
  count: number,
  array: LinearArray | PlanarArray,
  seed: number,
): UserOfCity[] {
  if (!(array instanceof PlanarArray) || !(array.frame.heightM > 0)) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: 'A city has its base station above the street, and the array has no height',
      where: 'users.city',
      todo: 'Give rows, columns and height of the array, such as height: 20 m',
    });
  }
  const { wavelengthM, frame } = array;
  const { users } = drawCityScene(citySeed, { wavelengthM, baseHeightM: frame.heightM });
  const seen = users.filter(({ positionM: [xM, yM] }) => {
    const turned = Math.atan2(yM, xM) - frame.boresightRad;
    return Math.abs(Math.atan2(Math.sin(turned), Math.cos(turned))) <= HALF_SECTOR_RAD;
  });
  if (seen.length < count) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `City ${citySeed} has ${seen.length} users within 60 deg of the array's boresight, and ${count} are asked for`,
      where: 'users.count',
      todo: `Give ${seen.length} or fewer, another boresight, or another city`,
    });
  }
  const random = new Random(seed, 'city users');
  return Array.from({ length: count }, (_, k) => {
    const other = k + random.integer(seen.length - k);
    [seen[k], seen[other]] = [seen[other]!, seen[k]!];
    return { id: `ue${k + 1}`, position: seen[k]!.positionM, paths: pathsOf(seen[k]!) };
  });
}

/** With powers that sum to 1, as those of drawn channels: the SNR is that of a pilot of unit norm. */
function pathsOf({ paths }: CityUser): Path[] {
  const scale = 1 / Math.sqrt(paths.reduce((sum, { gain }) => sum + gain * gain, 0));
  return paths.map(({ gain, imageM }) => ({ gain: { re: scale * gain, im: 0 }, positionM: imageM }));
}
