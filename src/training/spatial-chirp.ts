import type { ChirpCodebook } from '../codebook/chirp.js';
import { polarEstimate, strongest } from './polar-estimate.js';
import type { Scheme } from './scheme.js';

/**
 * Spatial-chirp search (Shi et al. 2024) as Li, Xu and Zhang 2025 describe it and count its pilots: every cell of a coarse grid
 * of directions and slopes, then the four quarters of the strongest cell, tier after tier. 4 pilots per tier after the first.
 */
export function* spatialChirp(codebook: ChirpCodebook): Scheme {
  const { polar, numTiers } = codebook;
  let cells = Array.from({ length: codebook.numDirections(0) }, (_, i) =>
    Array.from({ length: codebook.numSlopes(0) }, (__, j) => ({ direction: i + 1, slope: j + 1 })),
  ).flat();
  for (let tier = 0; ; tier++) {
    const { mean: powers } = yield cells.map(({ direction, slope }) =>
      codebook.codeword(tier, direction, slope),
    );
    const { direction, slope } = cells[strongest(powers)]!;
    if (tier === numTiers) {
      const ring = codebook.nearestRing(tier, slope);
      return polarEstimate(polar, { ring, angleIndex: direction }, direction);
    }
    cells = [2 * direction - 1, 2 * direction].flatMap((nextDirection) =>
      [2 * slope - 1, 2 * slope].map((nextSlope) => ({ direction: nextDirection, slope: nextSlope })),
    );
  }
}
