/** Diverging degree over virtual focal points, for arrays of several sizes (the paper's Fig. 8). */

import type { PointM } from '../../array/linear-array.js';
import { smallest } from '../../core/extremes.js';
import { describeArray } from '../common/file-sections.js';
import { percent } from '../common/format.js';
import type { HeatFigure, StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { boundingRegion, divergingStrengths, mean, ROUNDING } from './diverging.js';
import type { DegreePattern } from './pattern-file.js';

/** Focal points come in three sets: close to the array, further away, and where range reduction leaves them (the paper's eq. 15). */
type FocalSet = 'all' | 'closer than D/2' | 'from D/2' | 'after range reduction';

export function runDegree(study: DegreePattern): StudyResult {
  const { focalColumns, focalRows } = study;
  const columns = Array.from({ length: focalColumns }, (_, k) => (k + 0.5) / focalColumns - 1);
  const heights = Array.from({ length: focalRows }, (_, k) => 3 * ((k + 0.5) / focalRows - 0.5));
  const maps = study.elements.map((numElements) => {
    const array = buildArray(study.array, numElements);
    const points = boundingRegion(array, study.gridPoints);
    // Mirrored focal points have mirrored patterns: the lower half of the plane is enough.
    const lower = heights.filter((y) => y <= 0);
    const grid: PointM[] = lower.flatMap((y) =>
      columns.map((x) => [x * array.apertureM, y * array.apertureM] as const),
    );
    const strengths = divergingStrengths(array, grid, points);
    const degreeAt = (row: number, column: number) => {
      const mirrored = Math.min(row, heights.length - 1 - row);
      return strengths[mirrored * columns.length + column]!.divergingDegree;
    };
    return {
      numElements,
      degrees: heights.map((_, row) => columns.map((__, column) => degreeAt(row, column))),
    };
  });
  const cells = maps.flatMap(({ numElements, degrees }) =>
    heights.flatMap((y, row) =>
      columns.map((x, column) => ({ numElements, x, y, degree: degrees[row]![column]! })),
    ),
  );
  const sets: readonly [FocalSet, (x: number, y: number) => boolean][] = [
    ['all', () => true],
    ['closer than D/2', (x, y) => Math.hypot(x, y) < 0.5],
    ['from D/2', (x, y) => Math.hypot(x, y) >= 0.5],
    ['after range reduction', isAfterRangeReduction],
  ];
  const rows = study.elements.flatMap((numElements) =>
    sets.map(([focalPoints, holds]) => {
      const degrees = cells
        .filter((cell) => cell.numElements === numElements && holds(cell.x, cell.y))
        .map((cell) => cell.degree);
      return {
        numElements,
        focalPoints,
        numFocalPoints: degrees.length,
        meanDivergingDegree: degrees.length > 0 ? mean(degrees) : null,
        leastDivergingDegree: degrees.length > 0 ? smallest(degrees) : null,
      };
    }),
  );
  return studyResult(study, ['numElements', 'focalPoints'], {
    settings: [
      ['Elements', study.elements.join('; ')],
      ...describeArray(study.array),
      ['Virtual focal points', `${focalColumns} x ${focalRows} over [-D, 0] x [-1.5 D, 1.5 D]`],
      ['Grid', `${study.gridPoints} x ${study.gridPoints} cells`],
    ],
    rows,
    tables: [
      {
        title: 'Diverging degree',
        columns: [
          { title: 'Elements', align: 'right' },
          { title: 'Virtual focal points', align: 'left' },
          { title: 'Mean', align: 'right' },
          { title: 'Least', align: 'right' },
        ],
        rows: rows.map((row) => [
          String(row.numElements),
          row.focalPoints,
          row.meanDivergingDegree === null ? '-' : percent(row.meanDivergingDegree),
          row.leastDivergingDegree === null ? '-' : percent(row.leastDivergingDegree),
        ]),
      },
    ],
    figures: maps.map(
      ({ numElements, degrees }): HeatFigure => ({
        kind: 'heat',
        title: `1 - diverging degree, ${numElements} elements`,
        caption:
          "Over the position of the virtual focal point, in apertures. The array is the line at x = 0; the paper's eq. 15 bounds the other area.",
        x: { label: 'x / D', scale: 'linear' },
        y: { label: 'y / D', scale: 'linear' },
        xs: columns,
        ys: heights,
        values: degrees.map((list) => list.map((degree) => 1 - degree)),
        valueLabel: '1 - diverging degree',
        outlines: [
          {
            name: 'Left by range reduction',
            points: [
              [-1, Math.sqrt(3) - 0.5],
              [-1 / Math.sqrt(3), 0.5],
              [-1 / Math.sqrt(3), -0.5],
              [-1, 0.5 - Math.sqrt(3)],
            ],
          },
          {
            name: 'Array',
            points: [
              [0, -0.5],
              [0, 0.5],
            ],
          },
        ],
      }),
    ),
  });
}

/** The paper's eq. 15, in apertures. */
export function isAfterRangeReduction(x: number, y: number): boolean {
  const root3 = Math.sqrt(3);
  return x <= -1 / root3 + ROUNDING && Math.abs(y) <= -root3 * x - 0.5 + ROUNDING;
}
