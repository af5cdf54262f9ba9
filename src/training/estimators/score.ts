/** How well measured powers and power gains that a point would give fit each other (docs/model.md eq. 67). */
import type { Powers } from '../../sounding/powers.js';

/** `plain`: <z, D>; `normalised`: over ||D||; `debiased`: over ||D||, with the noise floor taken off z first. */
export type Score = 'plain' | 'normalised' | 'debiased';

/** Taken off every power before it is held against gains. */
export function biasOf(score: Score, { noiseFloor }: Powers): number {
  return score === 'debiased' ? noiseFloor : 0;
}

export function scoreOf(score: Score, powers: Powers, gains: ArrayLike<number>): number {
  const { perSubcarrier } = powers;
  const bias = biasOf(score, powers);
  let product = 0;
  let energy = 0;
  for (let k = 0; k < gains.length; k++) {
    const gain = gains[k]!;
    product += (perSubcarrier[k]! - bias) * gain;
    energy += gain * gain;
  }
  return score === 'plain' ? product : product / Math.sqrt(energy);
}
