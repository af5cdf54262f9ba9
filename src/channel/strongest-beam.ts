import type { PlanarCodebook, PlanarIndex } from '../codebook/planar.js';
import { codewordWeights } from '../codebook/weights.js';
import { transposeProduct } from '../core/complex.js';
import { channelVector } from './channel.js';
import type { Path } from './paths.js';

/** The beam of a planar array with the largest |h^T w| at the carrier (docs/model.md eq. 47); of equals the first column. */
export function strongestBeam(codebook: PlanarCodebook, paths: readonly Path[]): PlanarIndex {
  const { array, numCodewords } = codebook;
  const h = channelVector(array, paths);
  let best = 0;
  let bestPower = -1;
  for (let column = 0; column < numCodewords; column++) {
    const { re, im } = transposeProduct(h, codewordWeights(codebook.codewordAt(column), array.carrierHz));
    const power = re * re + im * im;
    if (power > bestPower) {
      best = column;
      bestPower = power;
    }
  }
  return codebook.indexOf(best);
}
