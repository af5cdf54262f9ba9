/** How a calibration is shown: progress on standard error, what came of it on standard output. */
import type { CalibrationOutcome } from '../campaign/calibration/calibration-outcome.js';
import type { BeamGain } from '../campaign/calibration/focus-proof.js';
import type { Progress } from '../campaign/campaign-parts.js';
import { plural } from '../core/plural.js';
import { campaignProgress } from './campaign-output.js';
import { type CommandContext, printJson, warn } from './command.js';
import { formatTable } from './text-table.js';

const DEGREES = 180 / Math.PI;

/** As of a campaign; UEs are heard by, and not trained. */
export function calibrationProgress(context: CommandContext, json: boolean): Progress {
  const { finished: _, ...progress } = campaignProgress(context, json);
  return { ...progress, finished: () => {} };
}

/** @param written where the table is. */
export function printCalibration(
  context: CommandContext,
  json: boolean,
  outcome: CalibrationOutcome,
  written: { readonly table: string; readonly report: string | null },
): void {
  if (json) {
    const { table: _, ...rest } = outcome;
    printJson(context.stdout, { ...rest, ...written });
    return;
  }
  const { stdout, columns } = context;
  warn(context, outcome.warnings);
  const table = {
    columns: [
      { title: '', align: 'left' as const },
      { title: '', align: 'left' as const },
    ],
    rows: calibrationLines(outcome),
  };
  stdout.write(`${formatTable(table, columns)}\n`);
  stdout.write(`Table: ${written.table}\n`);
  stdout.write(`Recording: ${outcome.folder}\n`);
  if (written.report !== null) stdout.write(`Report: ${written.report}\n`);
}

/** Elements are counted from 1 in front of people. */
export function calibrationLines(outcome: CalibrationOutcome): [what: string, text: string][] {
  const { check, truth, dead, stuck, before, after, ues } = outcome;
  const degrees = (rad: number) => `${(rad * DEGREES).toFixed(2)}°`;
  const named = (elements: readonly number[]) => elements.map((n) => n + 1).join(', ');
  return [
    ['procedure', `${outcome.procedure}, ${plural(outcome.numSlots, 'slot')}, ${plural(outcome.numElements, 'element')}`],
    ...ues.map(({ ue, snrDb }): [string, string] => [`UE ${ue}`, `${snrDb.toFixed(1)} dB (pilot of unit norm, as measured)`]),
    ['phase errors found', `${degrees(outcome.foundErrorRad)} rms`],
    [
      'left in the table',
      `${degrees(outcome.expectedErrorRad)} rms by noise, element ${outcome.widestElement + 1} within ${degrees(outcome.widestRad)} (95 %, the widest)`,
    ],
    ['bound', `${degrees(outcome.boundRad)} rms: no unbiased estimate from these slots is better`],
    ['gain before', `${gainText(before)} against all elements in phase`],
    ['gain after', gainText(after)],
    [
      'do not follow',
      dead.length + stuck.length === 0
        ? 'none'
        : [dead.length > 0 ? `elements ${named(dead)}` : '', stuck.length > 0 ? `stuck: ${named(stuck)}` : ''].filter(Boolean).join('; '),
    ],
    [
      'check',
      check.drifted
        ? `NOT as the table says: off by about ${degrees(check.driftRad)} rms (${plural(check.numSlots, 'slot')})`
        : `as the table says (${plural(check.numSlots, 'slot')} of other codes)`,
    ],
    ...(truth === null
      ? []
      : [
          [
            'against the truth',
            `${degrees(truth.rmsRad)} rms over ${plural(truth.numElements, 'element')}, element ${truth.worstElement + 1} off by ${degrees(truth.worstRad)} (the most); the board is emulated`,
          ] as [string, string],
        ]),
  ];
}

function gainText({ gainDb, intervalDb }: BeamGain): string {
  return `${gainDb.toFixed(2)} ± ${intervalDb.toFixed(2)} dB`;
}
