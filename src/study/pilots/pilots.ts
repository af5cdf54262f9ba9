/** Studies of kind `pilots`: how many pilots each scheme sends, by array size. */
import { z } from 'zod';
import { polarPointM } from '../../array/linear-array.js';
import { DirectEvaluator } from '../../channel/direct-evaluator.js';
import type { Codeword } from '../../codebook/codeword.js';
import { powersOf } from '../../sounding/powers.js';
import { createScheme, schemeOf, schemeSchema } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import { schemeLabel, schemeTitle } from '../../training/scheme-label.js';
import {
  arraySchema,
  codebookSchema,
  describeCodebook,
  frontAngleSchema,
  headingShape,
  numElementsSchema,
  paperShape,
} from '../common/file-sections.js';
import { degrees } from '../common/format.js';
import type { StudyResult, StudyRow, Table } from '../common/result.js';
import { buildArray, buildPolar } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';

const counts = z.array(z.int().nullable());

export const pilotsSchema = z.strictObject({
  kind: z.literal('pilots'),
  ...headingShape,
  array: arraySchema.omit({ elements: true }),
  codebook: codebookSchema,
  elements: z.array(numElementsSchema).nonempty(),
  schemes: z.array(schemeSchema).nonempty(),
  /** Direction of the user whose pilots are counted; near the edge of the range some are not sent. */
  angle: frontAngleSchema.prefault('10 deg'),
  paper: z
    .strictObject({
      ...paperShape,
      /** The paper's counts in the order of `elements`; null where it gives none. */
      pilots: z
        .array(
          z.strictObject({
            scheme: schemeSchema,
            coarse: counts.optional(),
            refinement: counts.optional(),
            total: counts,
          }),
        )
        .default([]),
    })
    .optional(),
});

export type PilotsStudy = z.output<typeof pilotsSchema>;

interface PilotsRow extends StudyRow {
  readonly scheme: string;
  readonly numElements: number;
  /** Pilots before the last batch and in it; null for a scheme that does not refine. */
  readonly coarsePilots: number | null;
  readonly refinementPilots: number | null;
  readonly totalPilots: number;
  /** False when elements are switched off or weighted, which takes more than one RF chain. */
  readonly constantEnvelope: boolean;
  readonly paperCoarsePilots: number | null;
  readonly paperRefinementPilots: number | null;
  readonly paperTotalPilots: number | null;
  /** How many of the paper's counts for this row are not ours; null when it gives none. */
  readonly countsOff: number | null;
}

export function runPilots(study: PilotsStudy): StudyResult {
  const rows = study.elements.flatMap((numElements, k) =>
    study.schemes.map((choice) => {
      const paper = study.paper?.pilots.find(({ scheme }) => schemeLabel(scheme) === schemeLabel(choice));
      const ours = countPilots(study, choice, numElements);
      const theirs = {
        paperCoarsePilots: paper?.coarse?.[k] ?? null,
        paperRefinementPilots: paper?.refinement?.[k] ?? null,
        paperTotalPilots: paper?.total[k] ?? null,
      };
      return { ...ours, ...theirs, countsOff: numCountsOff(ours, theirs) } satisfies PilotsRow;
    }),
  );
  return studyResult(study, ['scheme', 'numElements'], {
    settings: [
      ['Elements', study.elements.join('; ')],
      ...describeCodebook(study.array, study.codebook),
      ['User', `${degrees(study.angle)} deg from broadside, line of sight, no noise`],
    ],
    rows,
    tables: [pilotsTable(rows)],
    figures: [
      {
        kind: 'lines',
        title: 'Pilots by array size',
        caption: 'Pilots that one user costs, coarse search and refinement together.',
        x: { label: 'Elements', scale: 'log' },
        y: { label: 'Pilots', scale: 'log' },
        series: study.schemes.map((choice) => ({
          name: schemeLabel(choice),
          points: rows
            .filter((row) => row.scheme === schemeLabel(choice))
            .map((row) => ({ x: row.numElements, y: row.totalPilots })),
        })),
      },
    ],
  });
}

function numCountsOff(
  ours: Pick<PilotsRow, 'coarsePilots' | 'refinementPilots' | 'totalPilots'>,
  theirs: Pick<PilotsRow, 'paperCoarsePilots' | 'paperRefinementPilots' | 'paperTotalPilots'>,
): number | null {
  const pairs = [
    [ours.coarsePilots, theirs.paperCoarsePilots],
    [ours.refinementPilots, theirs.paperRefinementPilots],
    [ours.totalPilots, theirs.paperTotalPilots],
  ].filter(([, paper]) => paper !== null);
  return pairs.length === 0 ? null : pairs.filter(([own, paper]) => own !== paper).length;
}

/** Trains one user without noise and counts. */
function countPilots(study: PilotsStudy, choice: SchemeChoice, numElements: number) {
  const polar = buildPolar(buildArray(study.array, numElements), study.codebook);
  const evaluator = new DirectEvaluator(polar);
  // Well inside the near field; how many pilots are sent does not depend on the distance.
  const userM = polarPointM(20 * polar.array.apertureM, study.angle);
  evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: userM }]);
  const receivedPower = (pilot: Codeword) => {
    const { re, im } = evaluator.receive(pilot);
    return re * re + im * im;
  };

  const batchSizes: number[] = [];
  let constantEnvelope = true;
  const scheme = createScheme(choice, polar).start();
  let step = scheme.next();
  while (!step.done) {
    batchSizes.push(step.value.length);
    constantEnvelope &&= step.value.every(({ amplitude }) => amplitude === null);
    step = scheme.next(powersOf(Float64Array.from(step.value, receivedPower), 1));
  }
  const totalPilots = batchSizes.reduce((sum, size) => sum + size, 0);
  const refinementPilots = numRefinementPilots(choice, batchSizes);
  return {
    scheme: schemeLabel(choice),
    numElements,
    coarsePilots: refinementPilots === null ? null : totalPilots - refinementPilots,
    refinementPilots,
    totalPilots,
    constantEnvelope,
  };
}

/** Null for a scheme that does not refine. */
function numRefinementPilots(choice: SchemeChoice, batchSizes: readonly number[]): number | null {
  const { refinement } = schemeOf(choice);
  if (refinement === null) return null;
  if (refinement === 'last batch') return batchSizes.at(-1)!;
  return batchSizes.slice(1).reduce((sum, size) => sum + size, 0);
}

function pilotsTable(rows: readonly PilotsRow[]): Table {
  const number = (value: number | null) => (value === null ? '/' : String(value));
  return {
    title: 'Pilots per user',
    columns: [
      { title: 'Scheme', align: 'left' },
      { title: 'Elements', align: 'right' },
      { title: 'Coarse', align: 'right' },
      { title: 'Refinement', align: 'right' },
      { title: 'Total', align: 'right' },
      { title: 'Paper', align: 'right' },
      { title: 'Amplitudes', align: 'left' },
    ],
    rows: rows.map((row) => [
      schemeTitle(row.scheme),
      String(row.numElements),
      number(row.coarsePilots),
      number(row.refinementPilots),
      String(row.totalPilots),
      number(row.paperTotalPilots),
      row.constantEnvelope ? 'constant' : 'switched',
    ]),
  };
}
