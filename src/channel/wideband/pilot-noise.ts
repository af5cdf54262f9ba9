/**
 * Noise of one pilot on the subcarriers of a band. It depends on its keys, the pilot's key and the subcarrier alone: the
 * same whichever scheme sends the pilot and whichever subcarriers are asked for (docs/model.md eq. 71).
 */
import type { ComplexVector } from '../../core/complex.js';
import { Random } from '../../core/random.js';

/** Subcarriers whose noise is drawn together: making a stream costs as much as several draws. */
const BLOCK = 32;

/**
 * Circular complex noise of variance 1 on subcarriers first .. end - 1.
 *
 * @param out shape [numSubcarriers]; only the subcarriers asked for are written.
 * @param keys of the random stream: seed, user, …
 */
export function drawPilotNoise(
  out: ComplexVector,
  first: number,
  end: number,
  pilotKey: string,
  ...keys: readonly (number | string)[]
): void {
  for (let block = Math.floor(first / BLOCK); block * BLOCK < end; block++) {
    const random = new Random(...keys, pilotKey, block);
    for (let m = block * BLOCK; m < Math.min(end, (block + 1) * BLOCK); m++) {
      const re = random.normal() * Math.SQRT1_2;
      const im = random.normal() * Math.SQRT1_2;
      if (m < first) continue;
      out.re[m] = re;
      out.im[m] = im;
    }
  }
}
