/**
 * Noise of many places, such as the subcarriers of a pilot or the codewords of a codebook. It depends on its keys and the
 * place alone: the same whoever asks for it and whichever places are asked for (docs/model.md eq. 74).
 */
import type { ComplexVector } from '../core/complex.js';
import { Random } from '../core/random.js';

/** Places whose noise is drawn together: making a stream costs as much as several draws. */
export const NOISE_BLOCK = 32;

/**
 * Circular complex noise of variance 1 at places first .. end - 1.
 *
 * @param out shape [places]; only the places asked for are written.
 * @param keys of the random stream: seed, user, pilot, …
 */
export function drawBlockNoise(
  out: ComplexVector,
  first: number,
  end: number,
  ...keys: readonly (number | string)[]
): void {
  for (let block = Math.floor(first / NOISE_BLOCK); block * NOISE_BLOCK < end; block++) {
    const random = new Random(...keys, block);
    for (let k = block * NOISE_BLOCK; k < Math.min(end, (block + 1) * NOISE_BLOCK); k++) {
      const re = random.normal() * Math.SQRT1_2;
      const im = random.normal() * Math.SQRT1_2;
      if (k < first) continue;
      out.re[k] = re;
      out.im[k] = im;
    }
  }
}
