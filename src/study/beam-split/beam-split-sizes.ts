/** What a beam-split study keeps and computes. */
import { pilotsOf } from '../common/scheme-pilots.js';
import { kept, MOST_CELLS_DRAWN, operations, type Size, sum } from '../common/study-sizes.js';
import type { BeamSplitStudy } from './beam-split-file.js';

export function beamSplitSizes({ array, pilots, scheme, directions, rings }: BeamSplitStudy): Size[] {
  const cells = directions * rings;
  const numPilots = sum(pilots ?? [pilotsOf(scheme)], (count) => count);
  return [
    { what: 'The number of cells', keys: 'directions × rings', size: cells, most: MOST_CELLS_DRAWN },
    kept(
      'What the maps show',
      'directions × rings × numbers of pilots × 2',
      2 * cells * (pilots?.length ?? 1),
    ),
    operations(
      'directions × rings × subcarriers × all pilots',
      cells * array.subcarriers * Math.max(1, numPilots),
    ),
  ];
}
