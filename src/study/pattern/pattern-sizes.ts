/** What a pattern study keeps and computes. */
import { largest } from '../../core/extremes.js';
import { schemeOf } from '../../training/registry.js';
import { drawn, kept, MOST_CELLS_DRAWN, operations, rows, type Size, sum } from '../common/study-sizes.js';
import type { PatternStudy, RingPattern } from './pattern-file.js';

export function patternSizes(study: PatternStudy): Size[] {
  switch (study.pattern) {
    case 'diverging': {
      const cells = sum(study.gridPoints, (side) => side ** 2);
      const most = largest(study.gridPoints) ** 2;
      return [
        drawn(study.drawnPoints),
        // A cell takes its place, as two numbers and an object, and its amplitude.
        kept('What the cells take', 'gridPoints × gridPoints × 10', 10 * most),
        operations('elements × all cells', study.array.elements * (cells + study.drawnPoints ** 2)),
      ];
    }
    case 'diverging-degree': {
      const focalPoints = study.focalColumns * Math.ceil(study.focalRows / 2);
      const cells = focalPoints * study.gridPoints ** 2;
      return [
        kept('What the cells take', 'focalColumns × focalRows / 2 × gridPoints × gridPoints', cells),
        operations(
          'elements × (cells + 20 000 focal points)',
          sum(study.elements, (count) => count) * (cells + 20_000 * focalPoints),
        ),
      ];
    }
    case 'twin':
      return [
        drawn(study.drawnPoints),
        operations(
          'elements × drawnPoints × drawnPoints × 10',
          10 * study.array.elements * study.drawnPoints ** 2,
        ),
      ];
    case 'ring':
      return ringSizes(study);
    case 'lemma':
      return [
        rows('places', study.places.length),
        operations('elements × places × 20 000', 20_000 * study.array.elements * study.places.length),
      ];
    case 'cumulative': {
      const numUsers = Object.keys(study.users).length;
      return [
        {
          what: 'What curves show',
          keys: 'elements × users',
          size: study.array.elements * numUsers,
          most: MOST_CELLS_DRAWN,
        },
      ];
    }
    case 'regions': {
      const numSectors = 2 ** study.level;
      const numChosen = Math.min(numSectors, study.sectors?.length ?? Infinity) * study.rangeReduction.length;
      return [
        rows('sectors × rings', numChosen * study.rings.length),
        operations('sectors × sectors × 2 000', 2000 * numSectors * numChosen),
      ];
    }
  }
}

/** Beams of the schemes, each of as many elements, all received in every direction. */
function ringSizes({ array, codebook, schemes, levels, drawnLevel, directions, ring }: RingPattern): Size[] {
  const { elements } = array;
  const beams = sum(schemes, (choice) => {
    const { coarseBeams } = schemeOf(choice);
    switch (coarseBeams?.kind) {
      case 'sweep':
        return elements;
      case 'tiers':
        // At the last tier there are two directions for every element, each with so many slopes.
        return 4 * elements * 2 ** Math.floor(Math.log2(elements) / 2);
      case 'levels': {
        const all = 2 ** Math.min(Math.max(levels, drawnLevel) + 1, Math.ceil(Math.log2(elements)) + 1);
        return all * coarseBeams.numPerSector(codebook.rings);
      }
      case undefined:
        return 0;
    }
  });
  return [
    rows('rings × schemes × levels', ring.length * schemes.length * levels),
    kept('What beams take', 'elements × beams of the schemes', elements * beams),
    operations('rings × directions × elements × beams', ring.length * directions * elements * beams),
  ];
}
