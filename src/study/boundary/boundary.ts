/** Studies of kind `boundary`: how much of the near field lies within an angle of broadside. */
import { z } from 'zod';
import { type LinearArray, polarPointM } from '../../array/linear-array.js';
import { nearFieldAreaFraction, nearFieldBoundaryM } from '../../array/near-field.js';
import { DIRECTION } from '../../core/bounds.js';
import { within } from '../../core/settings-quantity.js';
import {
  arraySchema,
  describeArray,
  headingShape,
  numElementsSchema,
  paperShape,
} from '../common/file-sections.js';
import { degrees, percent } from '../common/format.js';
import type { LineFigure, StudyResult, StudyRow, Table } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';

export const boundarySchema = z
  .strictObject({
    kind: z.literal('boundary'),
    ...headingShape,
    array: arraySchema.omit({ elements: true }),
    elements: z.array(numElementsSchema).nonempty(),
    angles: z.array(within({ ...DIRECTION, least: 0 })).nonempty(),
    paper: z
      .strictObject({
        ...paperShape,
        /** The paper's percentages, one list per angle in the order of `elements`. */
        percent: z.array(z.array(z.number())),
      })
      .optional(),
  })
  .refine(
    ({ paper, angles, elements }) =>
      paper === undefined ||
      (paper.percent.length === angles.length &&
        paper.percent.every((list) => list.length === elements.length)),
    { path: ['paper', 'percent'], error: 'must have one list per angle with one number per array' },
  );

export type BoundaryStudy = z.output<typeof boundarySchema>;

interface BoundaryRow extends StudyRow {
  readonly numElements: number;
  readonly angleRad: number;
  /** By the exact boundary, where the farthest element's phase is off by pi/8. */
  readonly areaFraction: number;
  /** By the ring 2 D^2 / lambda cos^2, which does not depend on the number of elements. */
  readonly areaFractionCosineSquared: number;
  /** The exact boundary at this angle over the ring N D cos^2 (Observation 5.1); null at 90 degrees, where the ring is 0. */
  readonly boundaryOverRing: number | null;
  readonly paperAreaFraction: number | null;
  /** Absolute; null without a number in the paper. */
  readonly difference: number | null;
}

export function runBoundary(study: BoundaryStudy): StudyResult {
  const rows: BoundaryRow[] = study.angles.flatMap((angleRad, a) =>
    study.elements.map((numElements, n) => {
      const array = buildArray(study.array, numElements);
      const areaFraction = nearFieldAreaFraction(array, angleRad);
      const paperPercent = study.paper?.percent[a]?.[n];
      const paperAreaFraction = paperPercent === undefined ? null : paperPercent / 100;
      return {
        numElements,
        angleRad,
        areaFraction,
        areaFractionCosineSquared: nearFieldAreaFraction(array, angleRad, 'cosine-squared'),
        boundaryOverRing:
          angleRad < Math.PI / 2 ? nearFieldBoundaryM(array, angleRad) / ringM(array, angleRad) : null,
        paperAreaFraction,
        difference: paperAreaFraction === null ? null : Math.abs(areaFraction - paperAreaFraction),
      };
    }),
  );
  return studyResult(study, ['numElements', 'angleRad'], {
    settings: [['Elements', study.elements.join('; ')], ...describeArray(study.array)],
    rows,
    tables: [boundaryTable(rows)],
    figures: [
      {
        kind: 'lines',
        title: 'Near-field area within an angle of broadside',
        caption: 'Share of the near field whose direction is within the angle on the x axis.',
        x: { label: 'Angle (deg)', scale: 'linear' },
        y: { label: 'Share of the area', scale: 'linear' },
        series: study.elements.flatMap((numElements) => {
          const own = rows.filter((row) => row.numElements === numElements);
          const x = (row: BoundaryRow) => (row.angleRad * 180) / Math.PI;
          return [
            {
              name: `${numElements} elements`,
              points: own.map((row) => ({ x: x(row), y: row.areaFraction })),
            },
            ...(study.paper === undefined
              ? []
              : [
                  {
                    name: `${numElements} elements, paper`,
                    points: own.map((row) => ({ x: x(row), y: row.paperAreaFraction! })),
                    reference: true,
                  },
                ]),
          ];
        }),
      },
      boundaryFigure(study),
    ],
  });
}

/** N D cos^2 theta. */
function ringM({ numElements, apertureM }: LinearArray, angleRad: number): number {
  return numElements * apertureM * Math.cos(angleRad) ** 2;
}

/** Boundaries and rings in the plane, in N D, in which the rings of all arrays are one. */
function boundaryFigure(study: BoundaryStudy): LineFigure {
  const curve = (distance: (angleRad: number) => number) =>
    Array.from({ length: 181 }, (_, k) => {
      // Not beside the array, where the ring is a point.
      const angleRad = ((k - 90) * Math.PI) / 180.001;
      const [x, y] = polarPointM(distance(angleRad), angleRad);
      return { x, y };
    });
  return {
    kind: 'lines',
    plane: true,
    title: 'Boundary of the near field',
    caption: 'Where the farthest element is pi/8 off, and the polar ring N D cos^2, in units of N D.',
    x: { label: 'x / (N D)', scale: 'linear' },
    y: { label: 'y / (N D)', scale: 'linear' },
    series: [
      ...study.elements.map((numElements) => {
        const array = buildArray(study.array, numElements);
        const unitM = numElements * array.apertureM;
        return {
          name: `${numElements} elements`,
          points: curve((angleRad) => Math.max(0, nearFieldBoundaryM(array, angleRad)) / unitM),
        };
      }),
      { name: 'Ring N D cos^2', points: curve((angleRad) => Math.cos(angleRad) ** 2), reference: true },
    ],
  };
}

function boundaryTable(rows: readonly BoundaryRow[]): Table {
  return {
    title: 'Share of the near field within an angle of broadside',
    columns: [
      { title: 'Angle (deg)', align: 'right' },
      { title: 'Elements', align: 'right' },
      { title: 'Exact boundary', align: 'right' },
      { title: 'cos^2 ring', align: 'right' },
      { title: 'Boundary / ring', align: 'right' },
      { title: 'Paper', align: 'right' },
      { title: 'Difference', align: 'right' },
    ],
    rows: rows.map((row) => [
      degrees(row.angleRad),
      String(row.numElements),
      percent(row.areaFraction),
      percent(row.areaFractionCosineSquared),
      row.boundaryOverRing === null ? '-' : row.boundaryOverRing.toFixed(4),
      row.paperAreaFraction === null ? '-' : percent(row.paperAreaFraction),
      row.difference === null ? '-' : percent(row.difference),
    ]),
  };
}
