/** Sweeps of users as they are measured: with noise, of each slot its own. */
import type { Random } from '../../../core/random.js';
import { interpolate, relativeLevels } from './power-map.js';
import type { SweepSet } from './sweep-set.js';

/**
 * Mean received power of each beam of the coarse sweep.
 *
 * @param snrDb of a pilot of unit norm on a channel whose elements have a mean square of 1; Infinity: no noise.
 * @param random draws the noise, user after user.
 * @returns [users, coarse].
 */
export function sweptPowers(
  { coarse, numCoarse, numReceived }: SweepSet,
  users: readonly number[],
  snrDb: number,
  random: Random,
): Float64Array {
  const scale = Math.sqrt(10 ** (-snrDb / 10) / 2);
  const powers = new Float64Array(users.length * numCoarse);
  for (const [row, user] of users.entries()) {
    for (let beam = 0; beam < numCoarse; beam++) {
      let sum = 0;
      let at = (user * numCoarse + beam) * numReceived * 2;
      for (let k = 0; k < numReceived; k++, at += 2) {
        const re = coarse[at]! + (scale === 0 ? 0 : scale * random.normal());
        const im = coarse[at + 1]! + (scale === 0 ? 0 : scale * random.normal());
        sum += re * re + im * im;
      }
      powers[row * numCoarse + beam] = sum / numReceived;
    }
  }
  return powers;
}

/**
 * As pictures.
 *
 * @param powers [users, coarse].
 * @returns [users, mapSize, mapSize].
 */
export function mapsOf(powers: Float64Array, numCoarse: number, mapSize: number): Float32Array {
  const numUsers = powers.length / numCoarse;
  const side = Math.sqrt(numCoarse);
  const levels = new Float32Array(numCoarse);
  const maps = new Float32Array(numUsers * mapSize * mapSize);
  for (let user = 0; user < numUsers; user++) {
    relativeLevels(powers.subarray(user * numCoarse, (user + 1) * numCoarse), levels);
    interpolate(levels, 0, side, maps, user * mapSize * mapSize, mapSize);
  }
  return maps;
}
