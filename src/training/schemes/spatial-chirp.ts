import { ChirpCodebook } from '../../codebook/chirp.js';
import { polarEstimate, strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

/**
 * Spatial-chirp search, reconstructed from what Li, Xu and Zhang 2025 say of that of Shi et al. 2024 and from its numbers of
 * pilots: every direction of a coarse grid with one slope, then the four quarters of the strongest cell, tier after tier. How
 * much it finds is in docs/study.md.
 */
function* spatialChirp(codebook: ChirpCodebook): Scheme {
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
      const angleIndex = codebook.nearestAngle(tier, direction);
      return polarEstimate(polar, { ring, angleIndex }, angleIndex);
    }
    cells = [2 * direction - 1, 2 * direction].flatMap((nextDirection) =>
      [2 * slope - 1, 2 * slope].map((nextSlope) => ({ direction: nextDirection, slope: nextSlope })),
    );
  }
}

export const spatialChirpScheme = builtIn({
  name: 'spatial-chirp',
  // The paper tells less than it takes to build it.
  title: 'Spatial chirp (reconstructed)',
  source: 'Shi et al. 2024, as told by Li, Xu and Zhang 2025',
  pilots: 'one per direction of a coarse grid, then 4 per tier',
  colour: 'red',
  needs: 'carrier',
  options: {},
  rules: null,
  label: (_, changed) => changed(),
  build: (_, polar) => {
    const chirps = new ChirpCodebook(polar);
    return narrowband(() => spatialChirp(chirps));
  },
  // The first tier is its coarse search, as the paper counts.
  refinement: 'after the first batch',
  coarseBeams: { kind: 'tiers', codebookOf: (polar) => new ChirpCodebook(polar) },
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
