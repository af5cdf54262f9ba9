import { z } from 'zod';
import { PlanarCodebook, type PlanarIndex } from '../../codebook/planar.js';
import { BeamloopError } from '../../core/errors.js';
import { planarEstimate } from '../planar-estimate.js';
import { strongest } from '../polar-estimate.js';
import type { Scheme } from '../scheme.js';
import { builtIn } from '../scheme-definition.js';
import { narrowband } from '../scheme-factory.js';

interface Options {
  readonly first: number;
  readonly candidates: 4 | 9;
  readonly wideBeams: 'whole-array' | 'sub-array';
}

/**
 * The best of a coarse grid, then stage by stage the best of a grid twice as fine in both angles, of the beams that are nearest to the
 * winner before: its 4 children, or the 9 on and around it.
 *
 * @param stages grids, the coarsest first and the codebook itself last.
 */
function* planarHierarchical(stages: readonly PlanarCodebook[], candidates: 4 | 9): Scheme {
  const [first] = stages as readonly [PlanarCodebook];
  let tried = Array.from({ length: first.numCodewords }, (_, column) => first.indexOf(column));
  for (const [stage, codebook] of stages.entries()) {
    const { mean: powers } = yield tried.map((index) => codebook.codeword(index));
    const winner = tried[strongest(powers)]!;
    const finer = stages[stage + 1];
    if (finer === undefined) return planarEstimate(codebook, winner);
    tried = candidatesOf(winner, finer, candidates);
  }
  throw new Error('a search without stages');
}

/** Child (0, 0) of a beam of the grid of angles points where the beam itself does. */
function candidatesOf(
  { azimuthIndex, elevationIndex }: PlanarIndex,
  { numAzimuths, numElevations }: PlanarCodebook,
  candidates: 4 | 9,
): PlanarIndex[] {
  const steps = candidates === 4 ? [0, 1] : [-1, 0, 1];
  return steps.flatMap((azimuth) =>
    steps.flatMap((elevation): PlanarIndex[] => {
      const index = {
        azimuthIndex: 2 * azimuthIndex - 1 + azimuth,
        elevationIndex: 2 * elevationIndex - 1 + elevation,
      };
      const isThere =
        index.azimuthIndex >= 1 &&
        index.elevationIndex >= 1 &&
        index.azimuthIndex <= numAzimuths &&
        index.elevationIndex <= numElevations;
      return isThere ? [index] : [];
    }),
  );
}

/** @throws BAD_ARGUMENT unless the grid is the first one, doubled a few times. */
function stagesOf(last: PlanarCodebook, { first, wideBeams }: Options): PlanarCodebook[] {
  const { array, numAzimuths, numElevations, spread } = last;
  const numDoublings = Math.log2(numAzimuths / first);
  if (numAzimuths !== numElevations || !Number.isInteger(numDoublings) || numDoublings < 0) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `planar-hierarchical cannot go from ${first} x ${first} beams to ${numAzimuths} x ${numElevations} by doubling both`,
      todo: `Give beams: [${4 * first}, ${4 * first}] of the array, or another 'first' of the scheme`,
    });
  }
  return Array.from({ length: numDoublings + 1 }, (_, stage) => {
    if (stage === numDoublings) return last;
    const num = first * 2 ** stage;
    // As many elements as the grid has beams: half a beam's width then reaches to the next one.
    const active = [Math.min(num, array.columns), Math.min(num, array.rows)] as const;
    return new PlanarCodebook(array, {
      ...{ numAzimuths: num, numElevations: num, spread },
      ...(wideBeams === 'sub-array' && { active }),
    });
  });
}

export const planarHierarchicalScheme = builtIn({
  name: 'planar-hierarchical',
  title: 'Planar hierarchical',
  source: 'hierarchical search over grids of two angles, HC4 and HC9',
  pilots: 'first², then up to 4 (or 9) log2(X / first)',
  colour: null,
  needs: 'planar array',
  options: {
    /** Azimuths and elevations of the coarsest grid. */
    first: z.int().min(1).max(64).default(4),
    /** Beams of each finer grid: the children of the best, or all around it. */
    candidates: z.union([z.literal(4), z.literal(9)]).default(4),
    /** How the beams of coarser grids are made: of all elements, or widened by switching elements off, which needs amplitudes. */
    wideBeams: z.enum(['whole-array', 'sub-array']).default('whole-array'),
  },
  rules: null,
  label: (_, changed) => changed(),
  build: (options, codebook) => {
    const stages = stagesOf(codebook, options);
    return narrowband(() => planarHierarchical(stages, options.candidates));
  },
  refinement: 'after the first batch',
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
