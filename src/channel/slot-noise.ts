/** Noise of a measured slot. One rule for emulated UEs and for studies that stand in for them. */
import type { ComplexVector } from '../core/complex.js';
import { Random } from '../core/random.js';
import { drawNoise } from './channel.js';

/**
 * |signal + noise|^2 on every subcarrier. The noise is drawn from (seed, UE, slot) alone, subcarrier by subcarrier, so
 * what was measured before changes nothing.
 *
 * @param signal null where nothing is radiated.
 * @returns linear, shape [numSubcarriers], rounded to float32 as UEs report it.
 */
export function noisyPowers(
  signal: ComplexVector | null,
  numSubcarriers: number,
  noiseVariance: number,
  seed: number,
  ueId: string,
  slot: number,
): Float32Array {
  const random = new Random(seed, 'noise', ueId, slot);
  const powers = new Float32Array(numSubcarriers);
  for (let m = 0; m < numSubcarriers; m++) {
    const noise = drawNoise(noiseVariance, random);
    powers[m] = ((signal?.re[m] ?? 0) + noise.re) ** 2 + ((signal?.im[m] ?? 0) + noise.im) ** 2;
  }
  return powers;
}
