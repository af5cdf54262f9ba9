/** The users of a planar array: directions in its own frame, and the codewords that were found. */
import type { PlanarArray } from '../../../array/planar-array.js';
import type { Row } from '../../../record/schema.js';
import { degrees, metres, NOTHING } from '../../drawing/number-format.js';
import type { TableCell } from '../../page/blocks.js';
import type { RunData } from '../run-data.js';
import { trueSeen } from './planar-run.js';

/** Titles of the columns that tell where a user is, and where it was found. */
export const SEEN_TITLES = [
  { title: 'True azimuth', align: 'right' },
  { title: 'Found', align: 'right' },
  { title: 'True elevation', align: 'right' },
  { title: 'Found', align: 'right' },
  { title: 'True distance', align: 'right' },
] as const;

export function seenCells(run: RunData, array: PlanarArray, user: Row<'users'>): TableCell[] {
  const estimate = run.estimates.get(user.ue);
  const truth = trueSeen(array, user);
  return [
    truth === null ? NOTHING : degrees(truth.azimuthRad),
    estimate === undefined ? NOTHING : degrees(estimate.angleRad),
    truth === null ? NOTHING : degrees(truth.elevationRad),
    estimate === undefined ? NOTHING : degrees(estimate.elevationRad),
    truth === null ? NOTHING : metres(truth.distanceM),
  ];
}
